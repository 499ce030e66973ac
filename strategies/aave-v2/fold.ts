import type { Address, Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Book, type Folded, type Market, nothingFolded, type Patch } from '#core/book.ts'
import { most } from '#core/numbers.ts'
import * as events from './events.ts'
import {
  type AaveMarket,
  type Account,
  accountId,
  isPool,
  isReserve,
  type Pool,
  type Reserve,
  reserveId,
} from './records.ts'

type AaveBook = Book<AaveMarket, Account>
type AaveFolded = Folded<AaveMarket, Account>

/**
 * Rates, indices and cash are patched exactly. An account that a log touches is read again at the same block: its
 * scaled balance is not in the log. Parameters are rare: any of them has the pool and all its reserves read again.
 */
export function fold(book: AaveBook, log: Log): AaveFolded {
  if (log.topicCount === 0) return nothingFolded
  for (const market of book.markets()) {
    if (!isPool(market)) continue
    const { pool, configurator, oracle, provider } = market.data
    if (log.address === pool) return foldPool(book, market, log)
    if (log.address === configurator || log.address === oracle || log.address === provider) return rereadPool(market)
  }
  return log.topic(0) === events.balanceTransfer ? foldTransfer(book, log) : nothingFolded
}

function foldPool(book: AaveBook, market: Market<Pool>, log: Log): AaveFolded {
  const { pool } = market.data
  const topic = log.topic(0)
  if (topic === events.reserveDataUpdated) return foldReserveData(book, market, log)
  if (events.ofThePool.includes(topic)) return rereadPool(market)
  if (topic === events.liquidationCall) return foldLiquidation(book, pool, log)
  // Left unpaid as a debt no premium came in, and the log does not say so: the reserve is read again.
  if (topic === events.flashLoan)
    return { patches: [], dirty: { markets: [reserveId(pool, log.addressAt('topic', 3))], positions: [] } }
  return {
    patches: moveCash(book, pool, log.addressAt('topic', 1), cashChange(topic, log)),
    dirty: { markets: [], positions: touched(book, pool, log.addressAt('topic', 2), topic === events.borrow) },
  }
}

/** What the pool's cash gains by a log. */
function cashChange(topic: Hex, log: Log): bigint {
  if (topic === events.deposit) return log.word(1)
  if (topic === events.withdraw) return -log.word(0)
  if (topic === events.borrow) return -log.word(1)
  return topic === events.repay ? log.word(0) : 0n
}

/** Only accounts of the book, and new borrowers: suppliers without debt are none of ours. */
function touched(
  book: AaveBook,
  pool: Address,
  user: Address,
  borrows: boolean,
): readonly ReturnType<typeof accountId>[] {
  const id = accountId(pool, user)
  return borrows || book.position(id) !== undefined ? [id] : []
}

function foldReserveData(book: AaveBook, market: Market<Pool>, log: Log): AaveFolded {
  const reserve = book.market(reserveId(market.data.pool, log.addressAt('topic', 1)))
  if (!isReserve(reserve)) return rereadPool(market)
  const data: Reserve = {
    ...reserve.data,
    liquidityRate: log.word(0),
    variableBorrowRate: log.word(2),
    liquidityIndex: log.word(3),
    variableBorrowIndex: log.word(4),
    updatedAt: log.block.timestamp,
  }
  return { ...nothingFolded, patches: [{ op: 'put-market', market: { ...reserve, data } }] }
}

/** Paid out in aTokens, the collateral's reserve is not touched. */
function foldLiquidation(book: AaveBook, pool: Address, log: Log): AaveFolded {
  const collateral = log.addressAt('topic', 1)
  const debt = log.addressAt('topic', 2)
  const seized = log.word(3) !== 0n ? 0n : log.word(1)
  const patches =
    collateral === debt
      ? moveCash(book, pool, debt, log.word(0) - seized)
      : [...moveCash(book, pool, debt, log.word(0)), ...moveCash(book, pool, collateral, -seized)]
  return { patches, dirty: { markets: [], positions: touched(book, pool, log.addressAt('topic', 3), false) } }
}

function moveCash(book: AaveBook, pool: Address, asset: Address, by: bigint): readonly Patch<AaveMarket, Account>[] {
  const reserve = book.market(reserveId(pool, asset))
  if (!isReserve(reserve) || by === 0n) return []
  const data: Reserve = { ...reserve.data, cash: most(reserve.data.cash + by, 0n) }
  return [{ op: 'put-market', market: { ...reserve, data } }]
}

const rereadPool = (market: Market<Pool>): AaveFolded => ({
  patches: [],
  dirty: { markets: [market.id], positions: [] },
})

/** Both ends: the amount is in units of the asset here, where V3's is scaled, but neither is needed. */
function foldTransfer(book: AaveBook, log: Log): AaveFolded {
  for (const market of book.markets()) {
    if (!isReserve(market) || market.data.aToken !== log.address) continue
    const pool = market.id.slice(0, 42) as Address
    const positions = [1, 2].flatMap((topic) => touched(book, pool, log.addressAt('topic', topic), false))
    return { patches: [], dirty: { markets: [], positions } }
  }
  return nothingFolded
}
