import { Interface } from 'ethers'
import { uniswapV3FactoryAbi, uniswapV3PoolAbi } from '#abis/uniswap-v3.ts'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Book, type Folded, marketId, nothingFolded } from '#core/book.ts'
import { ticksUpTo } from './place.ts'
import { type Pool, poolMarket, type Tick } from './pool.ts'
import { sqrtAtTick } from './tick-price.ts'

const topicOf = (abi: readonly string[], name: string): Hex => new Interface(abi).getEvent(name)?.topicHash as Hex
export const topics = {
  created: topicOf(uniswapV3FactoryAbi, 'PoolCreated'),
  initialize: topicOf(uniswapV3PoolAbi, 'Initialize'),
  mint: topicOf(uniswapV3PoolAbi, 'Mint'),
  burn: topicOf(uniswapV3PoolAbi, 'Burn'),
  swap: topicOf(uniswapV3PoolAbi, 'Swap'),
} as const
const int = (value: bigint): number => Number(BigInt.asIntN(256, value))

/** Every change of a pool's price, liquidity and ticks is in its logs: patches, never dirt. */
export function foldLog(book: Book<Pool>, factory: Address, log: Log): Folded<Pool, never> {
  if (log.topicCount === 0) return nothingFolded
  if (log.address === factory) return log.topic(0) === topics.created ? foldCreated(book, log) : nothingFolded
  const pool = book.market(marketId(log.address))?.data
  if (pool === undefined) return nothingFolded
  const after = poolAfter(pool, log)
  return after === null ? nothingFolded : put(after)
}

function poolAfter(pool: Pool, log: Log): Pool | null {
  switch (log.topic(0)) {
    case topics.swap:
      return { ...pool, sqrtPriceX96: log.word(2), liquidity: log.word(3), tick: int(log.word(4)) }
    case topics.initialize:
      return { ...pool, sqrtPriceX96: log.word(0), tick: int(log.word(1)) }
    case topics.mint:
      return withLiquidity(pool, int(BigInt(log.topic(2))), int(BigInt(log.topic(3))), log.word(1))
    case topics.burn:
      return withLiquidity(pool, int(BigInt(log.topic(2))), int(BigInt(log.topic(3))), -log.word(0))
    default:
      return null
  }
}

/** A position's liquidity changes its two ticks, and the pool's own where the price is between them. */
function withLiquidity(pool: Pool, lower: number, upper: number, delta: bigint): Pool {
  if (delta === 0n) return pool
  const within = lower <= pool.tick && pool.tick < upper
  return {
    ...pool,
    liquidity: within ? pool.liquidity + delta : pool.liquidity,
    ticks: withTick(withTick(pool.ticks, lower, delta, delta), upper, delta, -delta),
  }
}

function withTick(ticks: readonly Tick[], index: number, gross: bigint, net: bigint): readonly Tick[] {
  const at = ticksUpTo(ticks, index)
  const before = ticks[at - 1]
  const known = before?.index === index ? before : undefined
  const changed: Tick = {
    index,
    gross: (known?.gross ?? 0n) + gross,
    net: (known?.net ?? 0n) + net,
    sqrt: known?.sqrt ?? sqrtAtTick(index),
  }
  const head = ticks.slice(0, known === undefined ? at : at - 1)
  return changed.gross === 0n ? [...head, ...ticks.slice(at)] : [...head, changed, ...ticks.slice(at)]
}

/** A new pool between two tokens that are traded already; it has no price yet. */
function foldCreated(book: Book<Pool>, log: Log): Folded<Pool, never> {
  const token0 = addressOfWord(log.topic(1))
  const token1 = addressOfWord(log.topic(2))
  const tokens = new Set<Address>()
  for (const { data } of book.markets()) tokens.add(data.token0).add(data.token1)
  if (!tokens.has(token0) || !tokens.has(token1)) return nothingFolded
  return put({
    address: log.addressAt('data', 1),
    token0,
    token1,
    feePips: Number(BigInt(log.topic(3))),
    tickSpacing: int(log.word(0)),
    sqrtPriceX96: 0n,
    tick: 0,
    liquidity: 0n,
    ticks: [],
  })
}

const put = (pool: Pool): Folded<Pool, never> => ({
  patches: [{ op: 'put-market', market: poolMarket(pool) }],
  dirty: { markets: [], positions: [] },
})
