import type { Address } from '#core/address.ts'
import type { Book, Dirty, Market, MarketId, Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import { prove } from './prove.ts'
import { readAccounts } from './read-accounts.ts'
import { readPool } from './read-pool.ts'
import { readReserves } from './read-reserves.ts'
import { type AaveMarket, type Account, isPool, isReserve, type Pool, type Reserve, userOfId } from './records.ts'

type AavePatch = Patch<AaveMarket, Account>
type AaveBook = Book<AaveMarket, Account>

/**
 * What logs cannot carry, at the view's block: a dirty pool with all its reserves, a dirty reserve alone, dirty accounts
 * in two rounds of calls. An account that owes nothing any more is dropped.
 */
export async function refresh(view: View, book: AaveBook, dirty: Dirty): Promise<readonly AavePatch[]> {
  const patches: AavePatch[] = []
  for (const market of [...book.markets()].filter(isPool)) {
    const isDirty = dirty.markets.includes(market.id)
    const reread = isDirty
      ? await refreshPool(view, book, market)
      : { pool: market, reserves: reservesOf(book, market), patches: [] }
    patches.push(...reread.patches)
    if (!isDirty) patches.push(...(await refreshReserves(view, book, market, dirty.markets)))
    const users = dirty.positions.filter((id) => id.startsWith(`${market.data.pool}/`)).map(userOfId)
    if (users.length > 0) patches.push(...(await refreshAccounts(view, reread.pool, reread.reserves, users)))
  }
  return patches
}

const reservesOf = (book: AaveBook, { data }: Market<Pool>): readonly Market<Reserve>[] =>
  data.slots.flatMap((id) => {
    const market = id === null ? undefined : book.market(id)
    return isReserve(market) ? [market] : []
  })

async function refreshPool(
  view: View,
  book: AaveBook,
  market: Market<Pool>,
): Promise<{ pool: Market<Pool>; reserves: readonly Market<Reserve>[]; patches: readonly AavePatch[] }> {
  const before = market.data
  const read = await readPool(
    view,
    before.provider,
    before.emodes.map(({ id }) => id),
  )
  const pool =
    read.pool.data.revision === before.revision
      ? { ...read.pool, data: { ...read.pool.data, rounding: before.rounding, proven: before.proven } }
      : await prove(view, read, await readAccounts(view, read.pool, read.reserves, sampleOf(book, market.id)))
  const kept = new Set<MarketId>(read.reserves.map(({ id }) => id))
  const gone = before.slots.filter((id): id is MarketId => id !== null && !kept.has(id))
  return {
    pool,
    reserves: read.reserves,
    patches: [
      ...[pool, ...read.reserves].map((one): AavePatch => ({ op: 'put-market', market: one })),
      ...gone.map((id): AavePatch => ({ op: 'drop-market', id })),
    ],
  }
}

function sampleOf(book: AaveBook, market: MarketId): readonly Address[] {
  const users = [...book.positionsOf(market)].flatMap(({ owner }) => (owner === null ? [] : [owner]))
  return users.slice(0, 200)
}

async function refreshReserves(
  view: View,
  book: AaveBook,
  market: Market<Pool>,
  ids: readonly MarketId[],
): Promise<readonly AavePatch[]> {
  const assets = reservesOf(book, market)
    .filter(({ id }) => ids.includes(id))
    .map(({ data }) => data.asset)
  if (assets.length === 0) return []
  const read = await readReserves(view, market.data.pool, market.data.oracle, assets)
  return read.map((one) => ({ op: 'put-market', market: one.market }))
}

async function refreshAccounts(
  view: View,
  pool: Market<Pool>,
  reserves: readonly Market<Reserve>[],
  users: readonly Address[],
): Promise<readonly AavePatch[]> {
  const found = await readAccounts(view, pool, reserves, [...new Set(users)])
  const owing = new Set(found.map(({ id }) => id))
  return [
    ...found.map((position): AavePatch => ({ op: 'put-position', position })),
    ...users.flatMap((user): AavePatch[] => {
      const id = `${pool.data.pool}/${user}` as (typeof found)[number]['id']
      return owing.has(id) ? [] : [{ op: 'drop-position', id }]
    }),
  ]
}
