import type { Block } from '#core/block.ts'
import type { Book, Market } from '#core/book.ts'
import type { Exposure, Term } from '#core/feed.ts'
import { factorsIn } from './account-data.ts'
import { accrued, exchangeRate, slotIn } from './accrue.ts'
import { type Account, type CompoundMarket, type CompoundPosition, hubId, isCToken, isHub } from './records.ts'

/** Slots of a market's indices: debt, then supply by e-mode, from none (0) on. */
const debtSlot = 0
const supplySlot = (pool: number): number => 1 + pool

/**
 * One line, in usd wad: Σ tokens · price · (stored exchange rate · threshold) − Σ debt · price · accrued index. Supply by
 * what is stored and debt by what it has grown to is the least that any choice of markets to accrue leaves, so the line
 * is never above what exact integers find. Whole units lost to rounding are two a term.
 */
export function exposure(book: Book<CompoundMarket, Account>, position: CompoundPosition): Exposure {
  const { holdings, pool, vai } = position.data
  // Not judged at all: VAI's interest is told by no log.
  if (vai > 0n) return []
  const terms: Term[] = []
  for (const { market: id, tokens, principal, index, isForced } of holdings) {
    const market = book.market(id)
    if (!isCToken(market)) return 'always'
    const { feed, isForced: ofAll } = market.data
    if (principal > 0n) {
      if (isForced || ofAll) return 'always'
      terms.push({ weight: -Number(principal + 2n) / Number(index), feed, market: id, slot: debtSlot })
    }
    if (tokens > 0n) terms.push({ weight: Number(tokens), feed, market: id, slot: supplySlot(pool) })
  }
  return [{ terms, allowance: 2 * holdings.length }]
}

/** Of a market: its borrow index at the block, wad less the price's 18 decimals; then its stored exchange rate by threshold, in each e-mode. */
export function indices(
  book: Book<CompoundMarket, Account>,
  block: Block,
  market: Market<CompoundMarket>,
): readonly number[] {
  if (!isCToken(market)) return []
  const { data } = market
  const told = [Number(accrued(data, slotIn(data, block)).borrowIndex) / 1e18]
  const hub = book.market(hubId(data.comptroller))
  if (!isHub(hub)) return told
  const rate = Number(exchangeRate(data)) / 1e36
  for (const pool of [0, ...hub.data.pools.map(({ id }) => id)]) {
    while (told.length < supplySlot(pool)) told.push(0)
    told[supplySlot(pool)] = rate * (Number(factorsIn(hub.data, pool, data).threshold) / 1e18)
  }
  return told
}
