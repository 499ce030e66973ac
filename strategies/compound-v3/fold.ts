import { type Address, type Hex, wordOfAddress } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Folded, type Market, nothingFolded, type Patch, type PositionId } from '#core/book.ts'
import * as events from './events.ts'
import {
  accountId,
  type Comet,
  type CometBook,
  type CometMarket,
  type CometRecord,
  cometIn,
  isStock,
  isTotals,
  type Stock,
  stockId,
  totalsId,
} from './records.ts'

type CometFolded = Folded<CometMarket, CometRecord>
type CometPatch = Patch<CometMarket, CometRecord>

/**
 * Balances and collateral totals are patched exactly. Amounts of base are told as present values, of which no principal
 * can be made with certainty: accounts and totals are read again at the same block.
 */
export function fold(book: CometBook, log: Log): CometFolded {
  const market = cometIn(book)
  if (market === undefined || log.topicCount === 0) return nothingFolded
  const { comet, base, assets } = market.data
  if (log.address === comet) return foldOwn(book, market, log)
  if (log.topic(0) === events.rewardClaimed) return reread([totalsId(comet)])
  if (log.topic(0) !== events.transfer || log.topicCount < 3) return nothingFolded
  const own = wordOfAddress(comet)
  const units = log.word(0)
  const change = (log.topic(2) === own ? units : 0n) - (log.topic(1) === own ? units : 0n)
  const isCollateral = assets.some(({ asset }) => asset === log.address)
  return {
    ...nothingFolded,
    patches: [
      ...(log.address === base ? moveCash(book, comet, change) : []),
      ...(isCollateral ? moveStock(book, comet, log.address, { balance: change }) : []),
    ],
  }
}

function foldOwn(book: CometBook, { id, data }: Market<Comet>, log: Log): CometFolded {
  const { comet } = data
  const topic = log.topic(0)
  const totals = totalsId(comet)
  const account = (index: number): Address => log.addressAt('topic', index)
  if (topic === events.upgraded) return reread([id, totals])
  if (topic === events.pauseAction) return reread([totals])
  if (topic === events.withdraw) return reread([totals], [accountId(comet, account(1))])
  if (topic === events.supply || topic === events.absorbDebt) return reread([totals], known(book, comet, [account(2)]))
  if (topic === events.transfer) return foldTransfer(book, comet, log)
  if (topic === events.absorbCollateral) return foldCollateral(book, comet, [account(2)], account(3), -log.word(0))
  if (topic === events.supplyCollateral) return foldCollateral(book, comet, [account(2)], account(3), log.word(0))
  if (topic === events.withdrawCollateral) return foldCollateral(book, comet, [account(1)], account(3), -log.word(0))
  if (topic === events.transferCollateral) return foldCollateral(book, comet, [account(1), account(2)], account(3), 0n)
  return nothingFolded
}

/** Whose supply is burnt may have come to owe; whose is minted owes nothing any more. */
function foldTransfer(book: CometBook, comet: Address, log: Log): CometFolded {
  const [from, to] = [log.addressAt('topic', 1), log.addressAt('topic', 2)]
  const isBurn = BigInt(log.topic(1)) !== 0n
  return reread([totalsId(comet)], isBurn ? [accountId(comet, from)] : known(book, comet, [to]))
}

function foldCollateral(
  book: CometBook,
  comet: Address,
  accounts: readonly Address[],
  asset: Address,
  ofUsers: bigint,
): CometFolded {
  return {
    patches: moveStock(book, comet, asset, { ofUsers }),
    dirty: { markets: [], positions: known(book, comet, accounts) },
  }
}

/** Accounts without debt are none of ours. */
const known = (book: CometBook, comet: Address, accounts: readonly Address[]): readonly PositionId[] =>
  accounts.map((one) => accountId(comet, one)).filter((id) => book.position(id) !== undefined)

const reread = (markets: CometFolded['dirty']['markets'], positions: readonly PositionId[] = []): CometFolded => ({
  patches: [],
  dirty: { markets, positions },
})

function moveCash(book: CometBook, comet: Hex, by: bigint): readonly CometPatch[] {
  const totals = book.market(totalsId(comet))
  if (!isTotals(totals) || by === 0n) return []
  return [{ op: 'put-market', market: { ...totals, data: { ...totals.data, cash: totals.data.cash + by } } }]
}

function moveStock(
  book: CometBook,
  comet: Address,
  asset: Address,
  { balance = 0n, ofUsers = 0n }: Partial<Pick<Stock, 'balance' | 'ofUsers'>>,
): readonly CometPatch[] {
  const stock = book.position(stockId(comet, asset))
  if (!isStock(stock) || (balance === 0n && ofUsers === 0n)) return []
  const data = { ...stock.data, balance: stock.data.balance + balance, ofUsers: stock.data.ofUsers + ofUsers }
  return [{ op: 'put-position', position: { ...stock, data } }]
}
