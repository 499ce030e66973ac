import type { Address } from '#core/address.ts'
import type { Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { AaveConfig } from './config.ts'
import { borrow } from './events.ts'
import { prove } from './prove.ts'
import { readAccounts } from './read-accounts.ts'
import { readPool } from './read-pool.ts'
import type { AaveMarket, AavePosition, Account } from './records.ts'

/** Users whose state is read in one go. */
const pageSize = 500

/** Pool and reserves, then whoever ever borrowed and is still marked so, page by page; last the pool with its figures proven. */
export async function* bootstrap(config: AaveConfig, view: View): AsyncIterable<readonly Patch<AaveMarket, Account>[]> {
  const read = await readPool(view, config.addressesProvider)
  yield [read.pool, ...read.reserves].map((market) => ({ op: 'put-market', market }))
  const users = [...(await borrowers(config, view, read.pool.data.pool))]
  const all: AavePosition[] = []
  for (let from = 0; from < users.length; from += pageSize) {
    const positions = await readAccounts(view, read.pool, read.reserves, users.slice(from, from + pageSize))
    all.push(...positions)
    yield positions.map((position) => ({ op: 'put-position', position }))
  }
  yield [{ op: 'put-market', market: await prove(view, read, all) }]
}

/** Debt cannot be transferred: every debtor was once named by a `Borrow`, a flash loan's too. */
async function borrowers(config: AaveConfig, view: View, pool: Address): Promise<ReadonlySet<Address>> {
  const users = new Set<Address>()
  for await (const page of view.logs({ addresses: [pool], topics: [borrow] }, config.fromBlock)) {
    for (const log of page) users.add(log.addressAt('topic', 2))
  }
  return users
}
