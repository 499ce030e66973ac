import type { Address } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Book, type Folded, type Market, type MarketId, nothingFolded, type PositionId } from '#core/book.ts'
import { slotIn } from './accrue.ts'
import * as events from './events.ts'
import { addressArgument, indexIn, owedIn } from './logged.ts'
import {
  type Account,
  accountId,
  type CompoundMarket,
  type CompoundPosition,
  type CToken,
  type Hub,
  hubId,
  isCToken,
  isHub,
  noAccount,
  noHolding,
  tokenId,
  withHolding,
} from './records.ts'

type CompoundBook = Book<CompoundMarket, Account>
type CompoundFolded = Folded<CompoundMarket, Account>

/**
 * Debts are patched exactly: nothing but a log tells what they were when they last moved. A market that is touched is
 * read again, because no log tells its next rate; an account, because an isolated pool takes more from a borrower than
 * it tells. Parameters are rare: any of them has the comptroller and all markets read again.
 */
export function fold(book: CompoundBook, log: Log): CompoundFolded {
  const market = book.market(tokenId(log.address))
  if (isCToken(market)) return log.topicCount === 0 ? nothingFolded : foldToken(book, market, log)
  if (isHub(market)) return log.topicCount === 0 ? nothingFolded : foldHub(book, market, log)
  return foldBeside(book, log)
}

function foldToken(book: CompoundBook, market: Market<CToken>, log: Log): CompoundFolded {
  const { comptroller } = market.data
  const topic = log.topic(0)
  if (events.tokenParameterTopics.includes(topic)) return dirty([hubId(comptroller)], [])
  const index = indexIn(log)
  if (index !== null) {
    const data: CToken = { ...market.data, borrowIndex: index, accruedAt: slotIn(market.data, log.block) }
    return { ...dirty([market.id], []), patches: [{ op: 'put-market', market: { ...market, data } }] }
  }
  const debt = owedIn(log)
  if (debt !== null) return foldDebt(book, market, debt.user, debt.principal)
  if (topic !== events.transfer) return dirty([market.id], [])
  const users = [log.addressAt('topic', 1), log.addressAt('topic', 2)]
  return dirty([market.id], known(book, comptroller, users))
}

function foldDebt(book: CompoundBook, market: Market<CToken>, user: Address, principal: bigint): CompoundFolded {
  const { comptroller, borrowIndex } = market.data
  const id = accountId(comptroller, user)
  const before: CompoundPosition = book.position(id) ?? { id, market: hubId(comptroller), owner: user, data: noAccount }
  const holding = before.data.holdings.find((one) => one.market === market.id) ?? noHolding(market.id)
  const index = principal === 0n ? 0n : borrowIndex
  const holdings = withHolding(before.data.holdings, { ...holding, principal, index })
  const owes = holdings.some((one) => one.principal > 0n)
  const position = { ...before, data: { ...before.data, holdings } }
  return {
    ...dirty([market.id], owes ? [id] : []),
    patches: [owes ? { op: 'put-position', position } : { op: 'drop-position', id }],
  }
}

function foldHub(book: CompoundBook, { id, data }: Market<Hub>, log: Log): CompoundFolded {
  const topic = log.topic(0)
  const of = (user: Address): CompoundFolded => dirty([], known(book, data.comptroller, [user]))
  if (topic === events.marketEntered || topic === events.marketExited) return of(addressArgument(log, 1))
  if (topic === events.poolSelected || topic === events.forcedForUser) return of(log.addressAt('topic', 1))
  return dirty([id], [])
}

/** Venus' Liquidator and VAI controller, rate models, and gifts of the underlying to a market. */
function foldBeside(book: CompoundBook, log: Log): CompoundFolded {
  for (const market of book.markets()) {
    if (isHub(market) && market.data.liquidator === log.address) return foldLiquidator(book, market, log)
    if (isHub(market) && market.data.vai === log.address && log.topicCount > 0) {
      const user = addressArgument(log, log.topic(0) === events.mintVai ? 0 : 1)
      return dirty([], known(book, market.data.comptroller, [user]))
    }
  }
  const isGift = log.topicCount === 3 && log.topic(0) === events.transfer
  const given = isGift ? book.market(tokenId(log.addressAt('topic', 2))) : undefined
  const byModel = [...book.markets()].filter((one) => isCToken(one) && one.data.rateModel === log.address)
  return dirty([...(isCToken(given) ? [given.id] : []), ...byModel.map(({ id }) => id)], [])
}

function foldLiquidator(book: CompoundBook, { id, data }: Market<Hub>, log: Log): CompoundFolded {
  const topic = log.topicCount === 0 ? null : log.topic(0)
  if (topic === events.liquidatedThrough) return nothingFolded
  if (topic === events.restricted || topic === events.unrestricted)
    return dirty([], known(book, data.comptroller, [log.addressAt('topic', 1)]))
  return dirty([id], [])
}

const dirty = (markets: readonly MarketId[], positions: readonly PositionId[]): CompoundFolded => ({
  patches: [],
  dirty: { markets, positions },
})

/** Only accounts of the book: whoever owes nothing is none of ours. */
const known = (book: CompoundBook, comptroller: Address, users: readonly Address[]): readonly PositionId[] =>
  users.map((user) => accountId(comptroller, user)).filter((id) => book.position(id) !== undefined)
