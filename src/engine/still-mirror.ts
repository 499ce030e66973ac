import type { MarketId, OwnedPatch } from '#core/book.ts'
import type { DataFees } from '#core/data-fees.ts'
import { Mirror } from './mirror.ts'

/** What a keeper's book has become since it was last told of, and what is beside the records. */
export type BookNews = {
  readonly patches: readonly OwnedPatch[]
  /** Those that are traded with, by whose they are. */
  readonly pools: readonly (readonly [string, MarketId])[]
  readonly dataFees: DataFees | null
}

/** A copy of a keeper's book in another thread: it is told what is there, and reads nothing. */
export class StillMirror extends Mirror {
  #traded: BookNews['pools'] = []
  #fees: DataFees | null = null

  take({ patches, pools, dataFees }: BookNews): void {
    for (const { owner, patch } of patches) this.books.apply(owner, [patch])
    this.#traded = pools
    this.#fees = dataFees
  }

  override *admittedPools(): ReturnType<Mirror['admittedPools']> {
    for (const [key, id] of this.#traded) {
      const venue = this.modules.venues.find((one) => one.key === key)
      if (venue !== undefined) yield { key, venue, id }
    }
  }

  override dataFees(): DataFees | null {
    return this.#fees
  }
}
