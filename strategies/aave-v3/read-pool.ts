import { Interface } from 'ethers'
import { aaveV3Pool, aaveV3Provider } from '#abis/aave-v3.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Market, MarketId } from '#core/book.ts'
import { epochOf } from '#core/epoch.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'
import { priceFeed } from './feeds.ts'
import { readReserves } from './read-reserves.ts'
import { type EMode, type Pool, poolId, type Reserve } from './records.ts'
import { provenRevisions, roundingOfRevision } from './rounding.ts'

const provider = new Interface(aaveV3Provider)
const pool = new Interface(aaveV3Pool)

export type PoolRead = { readonly pool: Market<Pool>; readonly reserves: readonly Market<Reserve>[] }

/**
 * A deployment's shared state at the view's block, in a number of calls that depends on its reserves and categories
 * alone. @throws `bad-answer` when the provider names no pool.
 */
export async function readPool(view: View, providerAddress: Address, emodeIds: readonly number[]): Promise<PoolRead> {
  const names = ['getPool', 'getPoolConfigurator', 'getPriceOracle', 'getPriceOracleSentinel']
  const parts = await view.call(
    names.map((name) => ({ to: providerAddress, data: provider.encodeFunctionData(name) as Hex })),
  )
  const [poolAddress, configurator, oracle] = parts.map((answer) =>
    answer === null ? ZERO_ADDRESS : addressOfWord(answer),
  )
  const sentinel = parts[3] === null || parts[3] === undefined ? ZERO_ADDRESS : addressOfWord(parts[3])
  if (poolAddress === undefined || configurator === undefined || oracle === undefined || poolAddress === ZERO_ADDRESS) {
    throw new KeeperError(
      'bad-answer',
      `${providerAddress} names no pool: is it a PoolAddressesProvider of this chain?`,
    )
  }
  const [revisionAnswer, list, ...modes] = await view.call([
    { to: poolAddress, data: pool.encodeFunctionData('POOL_REVISION') as Hex },
    { to: poolAddress, data: pool.encodeFunctionData('getReservesList') as Hex },
    ...emodeIds.flatMap((id): Read[] => [
      { to: poolAddress, data: pool.encodeFunctionData('getEModeCategoryData', [id]) as Hex },
      { to: poolAddress, data: pool.encodeFunctionData('getEModeCategoryCollateralBitmap', [id]) as Hex },
    ]),
  ])
  const assets = (pool.decodeFunctionResult('getReservesList', listed(list, poolAddress))[0] as string[]).map(
    (asset) => asset.toLowerCase() as Address,
  )
  const reserves = await readReserves(view, poolAddress, oracle, assets)
  const emodes = emodeIds.map((id, at) => emodeOf(id, modes[at * 2], modes[at * 2 + 1], oracle, reserves))
  const revision = revisionAnswer === null || revisionAnswer === undefined ? 0 : Number(BigInt(revisionAnswer))
  const data: Pool = {
    kind: 'pool',
    provider: providerAddress,
    pool: poolAddress,
    configurator,
    oracle,
    sentinel: sentinel === ZERO_ADDRESS ? null : sentinel,
    revision,
    rounding: roundingOfRevision(revision),
    proven: provenRevisions.includes(revision),
    slots: slotsOf(reserves.map(({ market }) => market)),
    emodes,
  }
  const markets = reserves.map(({ market }) => market)
  return { pool: { id: poolId(poolAddress), epoch: epochOfPool(data, markets), data }, reserves: markets }
}

function listed(list: Hex | null | undefined, poolAddress: Address): Hex {
  if (list === null || list === undefined || list === '0x') {
    throw new KeeperError('bad-answer', `${poolAddress} lists no reserves: is it an Aave V3 pool of this chain?`)
  }
  return list
}

function slotsOf(reserves: readonly Market<Reserve>[]): readonly (MarketId | null)[] {
  const length = reserves.reduce((longest, { data }) => Math.max(longest, data.slot + 1), 0)
  return Array.from({ length }, (_, slot) => reserves.find(({ data }) => data.slot === slot)?.id ?? null)
}

/** From 3.2 on a category has a bitmap; before, each reserve names its one category. */
function emodeOf(
  id: number,
  answer: Hex | null | undefined,
  bitmap: Hex | null | undefined,
  oracle: Address,
  reserves: readonly { readonly market: Market<Reserve>; readonly emode: number }[],
): EMode {
  if (answer === null || answer === undefined) {
    return { id, thresholdBps: 0n, bonusBps: 0n, collateralBitmap: 0n, feed: null, priceSource: null }
  }
  const [category] = pool.decodeFunctionResult('getEModeCategoryData', answer)
  const priceSource = (category.priceSource as string).toLowerCase() as Address
  const named = priceSource !== ZERO_ADDRESS
  return {
    id,
    thresholdBps: category.liquidationThreshold as bigint,
    bonusBps: category.liquidationBonus as bigint,
    collateralBitmap:
      bitmap === null || bitmap === undefined || bitmap === '0x'
        ? reserves.reduce((bits, { market, emode }) => bits | (emode === id ? 1n << BigInt(market.data.slot) : 0n), 0n)
        : BigInt(bitmap),
    feed: named ? priceFeed(oracle, priceSource) : null,
    priceSource: named ? priceSource : null,
  }
}

/** Everything the screen's weights hold: units, feeds, who is in which category. */
const epochOfPool = (data: Pool, reserves: readonly Market<Reserve>[]): number =>
  epochOf(
    ...data.emodes.flatMap((one) => [one.id, one.collateralBitmap, one.feed]),
    ...reserves.map(({ epoch }) => epoch),
  )
