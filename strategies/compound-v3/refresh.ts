import type { Address } from '#core/address.ts'
import type { Dirty, Market, Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import { readAccounts } from './read-accounts.ts'
import { readComet, readStocks, readTotals } from './read-comet.ts'
import {
  accountId,
  type Comet,
  type CometBook,
  type CometMarket,
  type CometRecord,
  cometIn,
  isStock,
  isStockId,
  subjectOf,
  totalsId,
} from './records.ts'

type CometPatch = Patch<CometMarket, CometRecord>

/**
 * What logs cannot carry, at the view's block: a dirty Comet with its totals and stocks, dirty totals, stocks and
 * accounts alone. An account that owes nothing any more is dropped.
 */
export async function refresh(view: View, book: CometBook, dirty: Dirty): Promise<readonly CometPatch[]> {
  const known = cometIn(book)
  if (known === undefined) return []
  const { comet } = known.data
  const isDirty = dirty.markets.includes(known.id)
  const market = isDirty ? await readComet(view, comet) : known
  const [accounts, stocks] = [false, true].map((isOne) =>
    dirty.positions.filter((id) => isStockId(id) === isOne).map(subjectOf),
  ) as [Address[], Address[]]
  const all = [
    ...(isDirty || dirty.markets.includes(totalsId(comet)) ? [putTotals(view, market)] : []),
    refreshStocks(view, book, market, isDirty ? market.data.assets.map(({ asset }) => asset) : stocks),
    refreshAccounts(view, market.data, [...new Set(accounts)]),
  ]
  return [...(isDirty ? [{ op: 'put-market' as const, market }] : []), ...(await Promise.all(all)).flat()]
}

const putTotals = async (view: View, { data }: Market<Comet>): Promise<readonly CometPatch[]> => [
  { op: 'put-market', market: await readTotals(view, data) },
]

/** Of an asset that is no collateral any more nothing can be bought. */
async function refreshStocks(
  view: View,
  book: CometBook,
  { id, data }: Market<Comet>,
  assets: readonly Address[],
): Promise<readonly CometPatch[]> {
  const isAsset = (one: Address): boolean => data.assets.some(({ asset }) => asset === one)
  const read = await readStocks(view, data.comet, assets.filter(isAsset))
  const gone = [...book.positionsOf(id)].filter((one) => isStock(one) && !isAsset(one.data.asset))
  return [
    ...read.map((position): CometPatch => ({ op: 'put-position', position })),
    ...gone.map((one): CometPatch => ({ op: 'drop-position', id: one.id })),
  ]
}

async function refreshAccounts(view: View, comet: Comet, accounts: readonly Address[]): Promise<readonly CometPatch[]> {
  const found = await readAccounts(view, comet, accounts)
  const owing = new Set(found.map(({ id }) => id))
  return [
    ...found.map((position): CometPatch => ({ op: 'put-position', position })),
    ...accounts
      .map((one) => accountId(comet.comet, one))
      .filter((id) => !owing.has(id))
      .map((id): CometPatch => ({ op: 'drop-position', id })),
  ]
}
