import type { Position } from '#core/book.ts'
import type { Scene } from '#core/scene.ts'
import { indicesAt } from '../../strategies/aave-v3/indices-at.ts'
import { type Account, isPool, isReserve } from '../../strategies/aave-v3/records.ts'
import { roundings } from '../../strategies/aave-v3/rounding.ts'

/**
 * A book as keepers have it that hold one in memory at all: an object for each account in a Map, BigInt throughout, and
 * a full scan for every price. Its arithmetic is Aave's of 3.5, written as they write it.
 */
export class Peer {
  readonly #accounts = new Map<string, Position<Account>>()

  put(position: Position<Account>): void {
    this.#accounts.set(position.id, position)
  }

  size(): number {
    return this.#accounts.size
  }

  ids(): Iterable<string> {
    return this.#accounts.keys()
  }

  /** Ids of all accounts below the line in a scene. */
  below(scene: Scene): readonly string[] {
    const reserves = reservesIn(scene)
    const found: string[] = []
    for (const { id, data } of this.#accounts.values()) {
      let weighted = 0n
      let debt = 0n
      for (const balance of data.balances) {
        const reserve = reserves[balance.slot] as PeerReserve
        if (balance.supply > 0n) {
          const value = (((balance.supply * reserve.liquidityIndex) / RAY) * reserve.price) / reserve.unit
          weighted += value * (data.emode === 1 && reserve.inEMode ? reserve.emodeBps : reserve.thresholdBps)
        }
        if (balance.debt > 0n) {
          const owed = (balance.debt * reserve.borrowIndex + RAY - 1n) / RAY
          debt += (owed * reserve.price + reserve.unit - 1n) / reserve.unit
        }
      }
      const health = debt === 0n ? null : (weighted * WAD + debt / 2n) / debt / 10_000n
      if (health !== null && health < WAD) found.push(id)
    }
    return found
  }
}

type PeerReserve = {
  readonly price: bigint
  readonly unit: bigint
  readonly liquidityIndex: bigint
  readonly borrowIndex: bigint
  readonly thresholdBps: bigint
  readonly emodeBps: bigint
  readonly inEMode: boolean
}
const RAY = 10n ** 27n
const WAD = 10n ** 18n

function reservesIn({ book, block, feed }: Scene): readonly PeerReserve[] {
  const markets = [...book.markets()] as unknown as Parameters<typeof isReserve>[0][]
  const emode = markets.find(isPool)?.data.emodes[0]
  return markets.filter(isReserve).map(({ data }) => {
    const at = indicesAt(data, block.timestamp, roundings['v3.5'])
    return {
      price: feed(data.feed)?.value ?? 0n,
      unit: data.unit,
      liquidityIndex: at.liquidity,
      borrowIndex: at.borrow,
      thresholdBps: data.thresholdBps,
      emodeBps: emode?.thresholdBps ?? 0n,
      inEMode: ((emode?.collateralBitmap ?? 0n) >> BigInt(data.slot)) % 2n === 1n,
    }
  })
}
