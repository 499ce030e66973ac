import type { Address } from '#core/address.ts'
import type { Book, Dirty, Market, Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import { prove } from './prove.ts'
import { readAccounts } from './read-accounts.ts'
import { type PoolRead, readPool } from './read-pool.ts'
import { type AaveMarket, type Account, accountId, isPool, isReserve, type Pool, userOfId } from './records.ts'

type AavePatch = Patch<AaveMarket, Account>
type AaveBook = Book<AaveMarket, Account>

/**
 * What logs cannot carry, at the view's block: a dirty pool or reserve with all the pool's reserves (both are rare), dirty
 * accounts in two rounds of calls. An account that is not marked as a borrower any more is dropped.
 */
export async function refresh(view: View, book: AaveBook, dirty: Dirty): Promise<readonly AavePatch[]> {
  const patches: AavePatch[] = []
  for (const market of [...book.markets()].filter(isPool)) {
    const isOf = (id: string): boolean => id === market.id || id.startsWith(`${market.data.pool}/`)
    const isDirty = dirty.markets.some(isOf)
    const read = isDirty ? await reread(view, book, market) : { pool: market, reserves: reservesOf(book, market) }
    if (isDirty)
      patches.push(...[read.pool, ...read.reserves].map((one): AavePatch => ({ op: 'put-market', market: one })))
    const users = dirty.positions.filter(isOf).map(userOfId)
    if (users.length > 0) patches.push(...(await refreshAccounts(view, read, users)))
  }
  return patches
}

const reservesOf = (book: AaveBook, { data }: Market<Pool>): PoolRead['reserves'] =>
  data.slots.flatMap((id) => {
    const market = book.market(id)
    return isReserve(market) ? [market] : []
  })

/** What was proven of a revision holds until it is replaced. */
async function reread(view: View, book: AaveBook, { id, data: before }: Market<Pool>): Promise<PoolRead> {
  const read = await readPool(view, before.provider)
  if (read.pool.data.revision === before.revision) {
    const data = { ...read.pool.data, reproduces: before.reproduces }
    return { ...read, pool: { ...read.pool, data } }
  }
  const users = [...book.positionsOf(id)].flatMap(({ owner }) => (owner === null ? [] : [owner])).slice(0, 200)
  return { ...read, pool: await prove(view, read, await readAccounts(view, read.pool, read.reserves, users)) }
}

async function refreshAccounts(
  view: View,
  { pool, reserves }: PoolRead,
  users: readonly Address[],
): Promise<readonly AavePatch[]> {
  const found = await readAccounts(view, pool, reserves, [...new Set(users)])
  const owing = new Set(found.map(({ id }) => id))
  return [
    ...found.map((position): AavePatch => ({ op: 'put-position', position })),
    ...users.flatMap((user): AavePatch[] => {
      const id = accountId(pool.data.pool, user)
      return owing.has(id) ? [] : [{ op: 'drop-position', id }]
    }),
  ]
}
