import { Interface } from 'ethers'
import { aaveV2Oracle, aaveV2Pool, aaveV2Provider } from '#abis/aave-v2.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { epochOf } from '#core/epoch.ts'
import { KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { filled, readReserves } from './read-reserves.ts'
import { type Pool, poolId, type Reserve } from './records.ts'

const provider = new Interface(aaveV2Provider)
const pool = new Interface(aaveV2Pool)
const oracleInterface = new Interface(aaveV2Oracle)
/** The package's own; another is believed only where it reproduces a sample of accounts. */
const packageRevision = 2

export type PoolRead = { readonly pool: Market<Pool>; readonly reserves: readonly Market<Reserve>[] }

/**
 * A deployment's shared state at the view's block, in a number of calls that depends on its reserves alone.
 * @throws `bad-answer` when the provider names no pool.
 */
export async function readPool(view: View, providerAddress: Address): Promise<PoolRead> {
  const names = ['getLendingPool', 'getLendingPoolConfigurator', 'getLendingPoolCollateralManager', 'getPriceOracle']
  const parts = await view.call(
    names.map((name) => ({ to: providerAddress, data: provider.encodeFunctionData(name) as Hex })),
  )
  const [at, configurator, manager, oracle] = parts.map((answer) => (filled(answer) ? addressOfWord(answer) : null))
  if (!at || !configurator || !manager || !oracle || at === ZERO_ADDRESS) {
    throw new KeeperError(
      'bad-answer',
      `${providerAddress} names no pool: is it a LendingPoolAddressesProvider of this chain?`,
    )
  }
  const ask = (name: string) => ({ to: at, data: pool.encodeFunctionData(name) as Hex })
  const base = (name: string) => ({ to: oracle, data: oracleInterface.encodeFunctionData(name) as Hex })
  const [revisionAnswer, paused, list, ...bases] = await view.call([
    ...['LENDINGPOOL_REVISION', 'paused', 'getReservesList'].map(ask),
    ...['WETH', 'BASE_CURRENCY'].map(base),
  ])
  if (!filled(list) || !filled(paused)) {
    throw new KeeperError('bad-answer', `${at} lists no reserves: is it an Aave V2 pool of this chain?`)
  }
  const assets = (pool.decodeFunctionResult('getReservesList', list)[0] as string[]).map(
    (asset) => asset.toLowerCase() as Address,
  )
  const unpriced = bases.filter(filled).map(addressOfWord)
  const reserves = await readReserves(view, { pool: at, oracle, unpriced }, assets)
  const revision = filled(revisionAnswer) ? Number(BigInt(revisionAnswer)) : 0
  const data: Pool = {
    kind: 'pool',
    provider: providerAddress,
    pool: at,
    configurator,
    manager,
    oracle,
    revision,
    reproduces: revision === packageRevision,
    isPaused: BigInt(paused) !== 0n,
    slots: [...reserves].sort((a, b) => a.data.slot - b.data.slot).map(({ id }) => id),
  }
  return { pool: { id: poolId(at), epoch: epochOf(...reserves.map(({ epoch }) => epoch)), data }, reserves }
}
