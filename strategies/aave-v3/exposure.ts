import type { Block } from '#core/block.ts'
import type { Book, Market } from '#core/book.ts'
import type { Exposure, Term } from '#core/feed.ts'
import { indicesAt } from './indices-at.ts'
import { type AaveMarket, type AavePosition, type Account, isPool, isReserve, type Pool } from './records.ts'
import { roundings } from './rounding.ts'

const liquidity = 0
const borrow = 1

/**
 * One line, in base currency: Σ supply · threshold · price · index − Σ debt · price · index, less what the pool's own
 * rounding may take: a unit of the asset and one of base currency for each holding, and, where thresholds are averaged
 * to whole bps (before 3.5), one of those. So the line is never above what exact integers find. Floats, for the screen.
 * A stable debt grows by no index that is followed: it is taken as ten per cent more than it was when it was read.
 */
export function exposure(book: Book<AaveMarket, Account>, position: AavePosition): Exposure {
  const pool = book.market(position.market)
  if (!isPool(pool)) return [[]]
  const emode = pool.data.emodes.find(({ id }) => id === position.data.emode)
  const averages = pool.data.rounding !== 'v3.5' && pool.data.rounding !== 'v3.7'
  const base: Term = { weight: -2 * position.data.balances.length - 1, feed: null, market: null, slot: 0 }
  return [
    [
      base,
      ...position.data.balances.flatMap((balance): Term[] => {
        const id = pool.data.slots[balance.slot] ?? null
        const market = id === null ? undefined : book.market(id)
        if (!isReserve(market)) return []
        const { data: reserve } = market
        const inEMode = emode !== undefined && ((emode.collateralBitmap >> BigInt(reserve.slot)) & 1n) === 1n
        const feed = inEMode ? (emode.feed ?? reserve.feed) : reserve.feed
        const bps = Number(inEMode ? emode.thresholdBps : reserve.thresholdBps) - (averages ? 1 : 0)
        const unit = Number(reserve.unit)
        return [
          { weight: -2 / unit, feed, market: null, slot: 0 },
          { weight: (Number(balance.supply) / unit) * (bps / 1e4), feed, market: market.id, slot: liquidity },
          { weight: -Number(balance.debt) / unit, feed, market: market.id, slot: borrow },
          ...(balance.stable === null
            ? []
            : [{ weight: (-1.1 * Number(balance.stable.principal)) / unit, feed, market: null, slot: 0 }]),
        ].filter(({ weight }) => weight !== 0)
      }),
    ],
  ]
}

/** Of a reserve: liquidity and borrow index at the block's timestamp, 1 at the start. Of a pool: none. */
export function indices(book: Book<AaveMarket, Account>, block: Block, market: Market<AaveMarket>): readonly number[] {
  if (!isReserve(market)) return []
  const at = indicesAt(market.data, block.timestamp, roundingFor(book, market.data.slot, market.id))
  return [Number(at.liquidity) / 1e27, Number(at.borrow) / 1e27]
}

/** Any will do for floats; the pool's own where it is known. */
function roundingFor(book: Book<AaveMarket, Account>, slot: number, id: string): (typeof roundings)['v3.5'] {
  const owner = [...book.markets()].find((one): one is Market<Pool> => isPool(one) && one.data.slots[slot] === id)
  return roundings[owner?.data.rounding ?? 'v3.5']
}
