import type { Address } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { Book, Market } from '#core/book.ts'
import type { Exposure, Term } from '#core/feed.ts'
import { indicesAt } from './indices-at.ts'
import { type AaveMarket, type AavePosition, type Account, isPool, isReserve, poolId } from './records.ts'
import { roundings } from './rounding.ts'

/** Slots of a reserve's indices: debt, then supply by e-mode, from none (0) on. */
const debtSlot = 0
const supplySlot = (emode: number): number => 1 + emode

/**
 * One line, in base currency: Σ supply · price · (index · threshold) − Σ debt · price · index, less what the pool's own
 * rounding may take: two units of the asset, and two of base currency, for each holding, and one at the end. So the line
 * is never above what exact integers find. Floats, for the screen. Thresholds are in the indices: a change of one moves a
 * column, and no weight. A stable debt grows by no index that is followed: it is taken as ten per cent more than it was
 * when it was read.
 */
export function exposure(book: Book<AaveMarket, Account>, position: AavePosition): Exposure {
  const pool = book.market(position.market)
  if (!isPool(pool)) return 'always'
  const emode = pool.data.emodes.find(({ id }) => id === position.data.emode)
  const terms: Term[] = []
  for (const balance of position.data.balances) {
    const id = pool.data.slots[balance.slot] ?? null
    const market = id === null ? undefined : book.market(id)
    if (!isReserve(market)) return 'always'
    const { slot, unit: units, feed: own } = market.data
    const unit = Number(units)
    const inEMode = emode !== undefined && ((emode.collateralBitmap >> BigInt(slot)) & 1n) === 1n
    const feed = inEMode ? (emode.feed ?? own) : own
    const supply = Math.max(0, Number(balance.supply) - 2) / unit
    if (supply > 0) terms.push({ weight: supply, feed, market: market.id, slot: supplySlot(inEMode ? emode.id : 0) })
    if (balance.debt > 0n) {
      terms.push({ weight: -(Number(balance.debt) + 2) / unit, feed, market: market.id, slot: debtSlot })
    }
    if (balance.stable !== null) {
      terms.push({ weight: (-1.1 * Number(balance.stable.principal) - 2) / unit, feed, market: null, slot: 0 })
    }
  }
  return [{ terms, allowance: 2 * position.data.balances.length + 1 }]
}

/**
 * Of a reserve: the borrow index at the block's timestamp, then the liquidity index times the threshold, outside of
 * e-modes and in each, by its number; 1 at the start. Where thresholds are averaged to whole bps (before 3.5) they are
 * one lower. Of a pool: none.
 */
export function indices(book: Book<AaveMarket, Account>, block: Block, market: Market<AaveMarket>): readonly number[] {
  if (!isReserve(market)) return []
  const pool = book.market(poolId(market.id.slice(0, 42) as Address))
  const { emodes, rounding: name } = isPool(pool) ? pool.data : { emodes: [], rounding: null }
  // Any will do for floats where the pool's own is not known: nothing is judged then.
  const rounding = roundings[name ?? 'v3.5']
  const at = indicesAt(market.data, block.timestamp, rounding)
  const weighted = (bps: bigint): number => {
    const counted = rounding.ignoresZeroThreshold && market.data.thresholdBps === 0n ? 0 : Number(bps)
    return (Number(at.liquidity) / 1e27) * (Math.max(0, counted - (averages(name) ? 1 : 0)) / 1e4)
  }
  const told = [Number(at.borrow) / 1e27, weighted(market.data.thresholdBps)]
  for (const { id, thresholdBps } of emodes) {
    while (told.length < supplySlot(id)) told.push(0)
    told[supplySlot(id)] = weighted(thresholdBps)
  }
  return told
}

const averages = (name: string | null): boolean => name !== 'v3.5' && name !== 'v3.7'
