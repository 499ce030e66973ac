import type { Address } from '#core/address.ts'
import type { Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { AaveConfig } from './config.ts'
import { borrow, debtMinted, eModeAdded } from './events.ts'
import { prove } from './prove.ts'
import { readAccounts } from './read-accounts.ts'
import { type PoolRead, readPool } from './read-pool.ts'
import type { AaveMarket, AavePosition, Account } from './records.ts'

/** Users whose state is read in one go. */
const pageSize = 500

/** Pool and reserves, then whoever ever borrowed and still owes, page by page; last the pool with its rounding proven. */
export async function* bootstrap(config: AaveConfig, view: View): AsyncIterable<readonly Patch<AaveMarket, Account>[]> {
  const { configurator } = (await readPool(view, config.addressesProvider, [])).pool.data
  const emodes = await emodeIds(config, view, configurator)
  const read = await readPool(view, config.addressesProvider, emodes)
  yield [read.pool, ...read.reserves].map((market) => ({ op: 'put-market', market }))
  const users = [...(await borrowers(config, view, read))]
  const all: AavePosition[] = []
  for (let from = 0; from < users.length; from += pageSize) {
    const positions = await readAccounts(view, read.pool, read.reserves, users.slice(from, from + pageSize))
    all.push(...positions)
    yield positions.map((position) => ({ op: 'put-position', position }))
  }
  yield [{ op: 'put-market', market: await prove(view, read, all) }]
}

/** Categories are named by the configurator's logs only. */
async function emodeIds(config: AaveConfig, view: View, configurator: Address): Promise<readonly number[]> {
  const ids = new Set<number>()
  for await (const page of view.logs({ addresses: [configurator], topics: [eModeAdded] }, config.fromBlock)) {
    for (const log of page) ids.add(Number(BigInt(log.topic(1))))
  }
  return [...ids].sort((a, b) => a - b)
}

/** `Borrow` and the variable debt tokens' `Mint` both name the one who owes second. */
async function borrowers(config: AaveConfig, view: View, read: PoolRead): Promise<ReadonlySet<Address>> {
  const addresses = [read.pool.data.pool, ...read.reserves.map(({ data }) => data.variableDebtToken)]
  const users = new Set<Address>()
  for await (const page of view.logs({ addresses, topics: [[borrow, debtMinted]] }, config.fromBlock)) {
    for (const log of page) users.add(log.addressAt('topic', 2))
  }
  return users
}
