import type { Block } from '#core/block.ts'
import type { Book, Market } from '#core/book.ts'
import type { Exposure, Term } from '#core/feed.ts'
import { indicesAt } from './indices-at.ts'
import { type AaveMarket, type AavePosition, type Account, isPool, isReserve } from './records.ts'

/** Slots of a reserve's indices. */
const debtSlot = 0
const supplySlot = 1

/**
 * One line, in wei: Σ supply · price · (index · threshold) − Σ debt · price · index, less what the pool's own rounding may
 * take: two units of the asset, and two wei, for each holding, and one at the end. So the line is never above what exact
 * integers find. Floats, for the screen. A stable debt grows by no index that is followed: such accounts, few and none
 * new, are proven always.
 */
export function exposure(book: Book<AaveMarket, Account>, position: AavePosition): Exposure {
  const pool = book.market(position.market)
  if (!isPool(pool)) return 'always'
  const terms: Term[] = []
  for (const { slot, supply, debt, stable } of position.data.balances) {
    const id = pool.data.slots[slot]
    const market = id === undefined ? undefined : book.market(id)
    if (!isReserve(market) || stable !== null) return 'always'
    const { unit, feed } = market.data
    const of = { feed, market: market.id }
    const counted = Math.max(0, Number(supply) - 2) / Number(unit)
    if (counted > 0) terms.push({ ...of, weight: counted, slot: supplySlot })
    if (debt > 0n) terms.push({ ...of, weight: -(Number(debt) + 2) / Number(unit), slot: debtSlot })
  }
  return [{ terms, allowance: 2 * position.data.balances.length + 1 }]
}

/**
 * Of a reserve: the borrow index at the block's timestamp, and the liquidity index times the threshold; 1 at the start.
 * The pool averages thresholds to whole bps: so they are one lower here. Of a pool: none.
 */
export function indices(block: Block, { data }: Market<AaveMarket>): readonly number[] {
  if (data.kind !== 'reserve') return []
  const at = indicesAt(data, block.timestamp)
  const threshold = Math.max(0, Number(data.thresholdBps) - 1) / 1e4
  return [Number(at.borrow) / 1e27, (Number(at.liquidity) / 1e27) * threshold]
}
