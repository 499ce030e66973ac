import { Interface } from 'ethers'
import { aaveV3Oracle, aaveV3Pool } from '#abis/aave-v3.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Book, Market } from '#core/book.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { Figures } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { type AaveScene, accountData } from './account-data.ts'
import { figuresOf } from './judge.ts'
import { decodeAccountData, sameFigures } from './probe.ts'
import type { PoolRead } from './read-pool.ts'
import type { AaveMarket, AavePosition, Account, Pool } from './records.ts'
import { provenRevisions, type RoundingName, roundings } from './rounding.ts'

const pool = new Interface(aaveV3Pool)
const oracle = new Interface(aaveV3Oracle)
/** Accounts whose figures are compared, at most. */
const sampleSize = 40

/**
 * The pool with the rounding that reproduces its own figures of a sample of accounts: its revision's family first, then
 * any. It is proven only where its revision is one the fuzzer proves and the sample agrees; a fork may number its
 * revisions as it likes.
 */
export async function prove(
  view: View,
  { pool: market, reserves }: PoolRead,
  positions: readonly AavePosition[],
): Promise<Market<Pool>> {
  const step = Math.max(1, Math.floor(positions.length / sampleSize))
  const sample = positions.filter((_, at) => at % step === 0).slice(0, sampleSize)
  if (sample.length === 0) return market
  const [prices, told] = await Promise.all([
    readPrices(
      view,
      market.data,
      reserves.map(({ data }) => data),
    ),
    view.call(
      sample.map(({ owner }) => ({
        to: market.data.pool,
        data: pool.encodeFunctionData('getUserAccountData', [owner]) as Hex,
      })),
    ),
  ])
  const expected = told.map(decodeAccountData)
  const scene = sceneOf(view, market, reserves, prices)
  const reproduces = (rounding: RoundingName): boolean =>
    sample.every(({ data }, at) => agrees(scene, { ...market.data, rounding }, data, expected[at]))
  const own = market.data.rounding
  const order = [...(own === null ? [] : [own]), ...(Object.keys(roundings) as RoundingName[])]
  const found = order.find(reproduces) ?? null
  const proven = found !== null && found === own && provenRevisions.includes(market.data.revision)
  return { ...market, data: { ...market.data, rounding: found ?? own, proven } }
}

function agrees(scene: AaveScene, data: Pool, account: Account, told: Figures | undefined): boolean {
  const found = accountData(scene, data, account)
  if (told === undefined) return false
  return 'missing' in found ? told.reverts === true : sameFigures(figuresOf(found), told)
}

async function readPrices(
  view: View,
  data: Pool,
  reserves: readonly { readonly asset: Address; readonly feed: FeedId }[],
): Promise<ReadonlyMap<FeedId, Reading>> {
  const asked = [
    ...reserves.map(({ asset, feed }) => ({ asset, feed })),
    ...data.emodes.flatMap(({ priceSource, feed }) =>
      priceSource === null || feed === null ? [] : [{ asset: priceSource, feed }],
    ),
  ]
  const answers = await view.call(
    asked.map(({ asset }) => ({
      to: data.oracle,
      data: oracle.encodeFunctionData('getAssetPrice', [asset]) as Hex,
    })),
  )
  return new Map(
    asked.map(({ feed }, at) => {
      const answer = answers[at] ?? null
      return [feed, answer === null ? null : { value: BigInt(answer), updatedAt: view.block.timestamp }]
    }),
  )
}

/** Just enough of a scene to judge accounts by: its book holds the markets alone. */
function sceneOf(
  view: View,
  market: Market<Pool>,
  reserves: PoolRead['reserves'],
  prices: ReadonlyMap<FeedId, Reading>,
): AaveScene {
  const markets = new Map<string, Market<AaveMarket>>([market, ...reserves].map((one) => [one.id, one]))
  const book: Book<AaveMarket, Account> = {
    market: (id) => markets.get(id),
    markets: () => markets.values(),
    position: () => undefined,
    positions: () => [],
    positionsOf: () => [],
  }
  return {
    id: `${view.block.number}`,
    block: view.block,
    trigger: 'head',
    book,
    feed: (id) => prices.get(id) ?? null,
    before: [],
  }
}
