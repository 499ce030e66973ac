import type { Address } from '#core/address.ts'
import type { Market, MarketId, Patch } from '#core/book.ts'
import { toText } from '#core/plain.ts'
import type { Venue } from '#core/venue.ts'
import type { View } from '#core/world.ts'
import type { Books } from '../book/books.ts'
import type { Module } from './modules.ts'

export type Progress = (what: string, count: number) => void

export type PoolParts = {
  readonly books: Books
  readonly venues: readonly Module<Venue>[]
  /** Between two blocks: pools that time moves are read as they will be in the next. */
  readonly blockSeconds: number
  /** Takes what is new into the book. @returns all that was read. */
  readonly adopt: (key: string, patches: readonly Patch[], isCurrent: boolean) => readonly Market[]
}

/** New tokens looked for with one head: anybody makes them. */
export const freshMost = 16
/** Pairs to ask for grow with the square of the tokens, and anybody makes tokens: hubs and the oldest are enough. */
const besideMost = 256

/** Those beyond are looked for beside them, so many at a time. */
const besideEach = 64

/** Which tokens to look for beside which: new ones beside all, and where there are many, beside the first of them. */
function pairings(found: readonly Address[], fresh: ReadonlySet<Address>) {
  const [first, beyond] = [found.slice(0, besideMost), found.slice(besideMost).filter((token) => fresh.has(token))]
  const parts = [{ tokens: first, fresh: new Set(first.filter((token) => fresh.has(token))) }]
  for (let from = 0; from < beyond.length; from += besideEach) {
    const some = beyond.slice(from, from + besideEach)
    parts.push({ tokens: [...first, ...some], fresh: new Set(some) })
  }
  return parts.filter((part) => part.fresh.size > 0)
}

/** Which pools there are, and which of them answered one exact quote as their own arithmetic says. */
export class Pools {
  readonly #parts: PoolParts
  readonly #admitted = new Map<string, Set<MarketId>>()
  /** Tokens that were looked for beside each other. */
  readonly #paired = new Set<Address>()

  constructor(parts: PoolParts) {
    this.#parts = parts
  }

  /**
   * Exits first, and again for what they lead to: it may be wrapped itself. Pairs of tokens that were looked for together
   * are not asked for again, but for `isAnew`; and a token is looked for beside the first so many alone.
   * @returns every token there is a way from, and which of them are new: `settle` once all is done for these.
   */
  async find(
    view: View,
    tokens: ReadonlySet<Address>,
    progress: Progress,
    isCurrent: () => boolean,
    isAnew = false,
  ): Promise<{ readonly found: readonly Address[]; readonly fresh: readonly Address[] }> {
    const { venues } = this.#parts
    const exits = venues.filter(({ module }) => module.isTimed)
    const found = new Set(isAnew ? tokens : [...tokens, ...exits.flatMap((exit) => this.#tokensOf(exit))])
    const fresh = (): Set<Address> => new Set([...found].filter((token) => isAnew || !this.#paired.has(token)))
    const look = async (venue: Module<Venue>): Promise<void> => {
      const seen = this.seenBy(venue.module, view)
      for (const { tokens: beside, fresh: some } of pairings([...found], fresh())) {
        const pools = this.#parts.adopt(venue.key, await venue.module.discover(seen, beside, some), isCurrent())
        await this.#admit(seen, venue, pools)
        if (venue.module.isTimed) for (const pool of pools) for (const one of venue.module.tokens(pool)) found.add(one)
      }
      progress(`pools of ${venue.name}`, this.#admitted.get(venue.key)?.size ?? 0)
    }
    for (let known = 0; exits.length > 0 && known < found.size; ) {
      known = found.size
      for (const exit of exits) await look(exit)
    }
    for (const venue of venues) if (!venue.module.isTimed) await look(venue)
    return { found: [...found], fresh: [...fresh()] }
  }

  /** All that there is for these tokens was looked for. */
  settle(tokens: readonly Address[]): void {
    for (const token of tokens) this.#paired.add(token)
  }

  /** Everything is looked for again. @returns the tokens that need not be: none. */
  forget(): Set<Address> {
    this.#paired.clear()
    return new Set()
  }

  #tokensOf({ key, module }: Module<Venue>): readonly Address[] {
    return [...this.#parts.books.shelf(key).markets()].flatMap((pool) => [...module.tokens(pool)])
  }

  *admitted(): Iterable<{ readonly key: string; readonly venue: Module<Venue>; readonly id: MarketId }> {
    for (const venue of this.#parts.venues)
      for (const id of this.#admitted.get(venue.key) ?? []) yield { key: venue.key, venue, id }
  }

  /** Reads again what time moves. @returns whether anything changed; nothing has where the book has moved on. */
  async rereadTimed(view: View, isCurrent: () => boolean): Promise<boolean> {
    let hasChanged = false
    for (const { key, module } of this.#parts.venues) {
      const book = this.#parts.books.shelf(key)
      const before = module.isTimed ? new Map([...book.markets()].map(({ id, data }) => [id, toText(data)])) : new Map()
      if (before.size === 0) continue
      const patches = await module.refresh(this.seenBy(module, view), book, {
        markets: [...before.keys()],
        positions: [],
      })
      if (!isCurrent()) return false
      const changed = patches.filter(
        (patch) => patch.op === 'put-market' && before.get(patch.market.id) !== toText(patch.market.data),
      )
      this.#parts.books.apply(key, changed)
      hasChanged ||= changed.length > 0
    }
    return hasChanged
  }

  seenBy({ isTimed }: { readonly isTimed?: true }, view: View): View {
    return isTimed ? view.ahead(this.#parts.blockSeconds) : view
  }

  /** Compared as they were read: the book may have moved on since. */
  async #admit(view: View, { key, module }: Module<Venue>, pools: readonly Market[]): Promise<void> {
    const admitted = this.#admitted.get(key) ?? new Set()
    this.#admitted.set(key, admitted)
    for (const pool of pools) if (!admitted.has(pool.id) && (await module.admits(view, pool))) admitted.add(pool.id)
  }
}
