import type { Address } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { MarketId } from '#core/book.ts'
import { WAD } from '#core/numbers.ts'
import type { View } from '#core/world.ts'
import type { CompoundPatch } from './after.ts'
import type { CompoundConfig } from './config.ts'
import { accrueInterest, accrueInterestOld, borrow, repayBorrow } from './events.ts'
import { indexIn, owedIn } from './logged.ts'
import { type Debt, readAccounts } from './read-accounts.ts'
import { type HubRead, readHub } from './read-hub.ts'
import { tokenId } from './records.ts'

/** Users whose state is read in one go. */
const pageSize = 500

/** Comptroller and markets, then whoever owes anything by what borrowing and repaying left in the logs, page by page. */
export async function* bootstrap(config: CompoundConfig, view: View): AsyncIterable<readonly CompoundPatch[]> {
  const read = await readHub(view, config.comptroller)
  yield [read.hub, ...read.tokens].map((market): CompoundPatch => ({ op: 'put-market', market }))
  const owing = [...(await debtsOf(config, view, read))].map(([user, debts]) => ({ user, debts }))
  for (let from = 0; from < owing.length; from += pageSize) {
    const positions = await readAccounts(view, read.hub.data, owing.slice(from, from + pageSize))
    yield positions.map((position): CompoundPatch => ({ op: 'put-position', position }))
  }
}

/**
 * Who owes what, as it was when the debt last moved, with the market's index then. No view gives the two apart, and what
 * is owed at another index cannot be told to the unit without them.
 */
async function debtsOf(
  config: CompoundConfig,
  view: View,
  { tokens }: HubRead,
): Promise<ReadonlyMap<Address, ReadonlyMap<MarketId, Debt>>> {
  const addresses = tokens.map(({ data }) => data.cToken)
  const indices = new Map<Address, bigint>()
  const debts = new Map<Address, Map<MarketId, Debt>>()
  if (addresses.length === 0) return debts
  const topics = [[accrueInterest, accrueInterestOld, borrow, repayBorrow]]
  for await (const page of view.logs({ addresses, topics }, config.fromBlock))
    for (const log of page) keep(log, indices, debts)
  return debts
}

function keep(log: Log, indices: Map<Address, bigint>, debts: Map<Address, Map<MarketId, Debt>>): void {
  const index = indexIn(log)
  if (index !== null) {
    indices.set(log.address, index)
    return
  }
  const debt = owedIn(log)
  if (debt === null) return
  const { user, principal } = debt
  const own = debts.get(user) ?? new Map<MarketId, Debt>()
  if (principal === 0n) own.delete(tokenId(log.address))
  else own.set(tokenId(log.address), { principal, index: indices.get(log.address) ?? WAD })
  if (own.size === 0) debts.delete(user)
  else debts.set(user, own)
}
