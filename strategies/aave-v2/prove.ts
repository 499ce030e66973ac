import { Interface } from 'ethers'
import { aaveV2Oracle, aaveV2Pool } from '#abis/aave-v2.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Book, Market } from '#core/book.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { View } from '#core/world.ts'
import { type AaveScene, accountData } from './account-data.ts'
import { figuresOf } from './judge.ts'
import { decodeAccountData, sameFigures } from './probe.ts'
import type { PoolRead } from './read-pool.ts'
import type { AaveMarket, AavePosition, Account, Pool } from './records.ts'

const pool = new Interface(aaveV2Pool)
const oracle = new Interface(aaveV2Oracle)
/** Accounts whose figures are compared, at most. */
const sampleSize = 40

/**
 * The pool, told whether our figures of a sample of accounts are its own. Accounts that hold an asset with rules of its
 * own prove nothing, and are left out. Without a sample the revision alone decides.
 */
export async function prove(view: View, read: PoolRead, positions: readonly AavePosition[]): Promise<Market<Pool>> {
  const { pool: market, reserves } = read
  const { pool: to } = market.data
  const step = Math.max(1, Math.floor(positions.length / sampleSize))
  const sample = positions.filter((_, at) => at % step === 0).slice(0, sampleSize)
  if (sample.length === 0) return market
  const prices = await readPrices(
    view,
    market.data,
    reserves.map(({ data }) => data),
  )
  const told = await view.call(
    sample.map(({ owner }) => ({ to, data: pool.encodeFunctionData('getUserAccountData', [owner]) as Hex })),
  )
  const scene = sceneOf(view, read, prices)
  let compared = 0
  const agrees = sample.every(({ data }, at) => {
    const found = accountData(scene, market.data, data)
    const answer = decodeAccountData(told[at] ?? null)
    if ('missing' in found && found.missing === 'rules') return true
    compared += 1
    return 'missing' in found ? answer.reverts === true : sameFigures(figuresOf(found), answer)
  })
  const reproduces = compared === 0 ? market.data.reproduces : agrees
  return { ...market, data: { ...market.data, reproduces } }
}

async function readPrices(
  view: View,
  { oracle: to }: Pool,
  asked: readonly { readonly asset: Address; readonly feed: FeedId }[],
): Promise<ReadonlyMap<FeedId, Reading>> {
  const answers = await view.call(
    asked.map(({ asset }) => ({ to, data: oracle.encodeFunctionData('getAssetPrice', [asset]) as Hex })),
  )
  return new Map(
    asked.map(({ feed }, at) => {
      const answer = answers[at] ?? null
      return [feed, answer === null ? null : { value: BigInt(answer), updatedAt: view.block.timestamp }]
    }),
  )
}

/** Just enough of a scene to judge accounts by: its book holds the markets alone. */
function sceneOf(view: View, { pool, reserves }: PoolRead, prices: ReadonlyMap<FeedId, Reading>): AaveScene {
  const markets = new Map<string, Market<AaveMarket>>([pool, ...reserves].map((one) => [one.id, one]))
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
