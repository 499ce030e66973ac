import { Interface } from 'ethers'
import { uniswapV3FactoryAbi, uniswapV3PoolAbi } from '#abis/uniswap-v3.ts'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Book, type Folded, marketId, nothingFolded } from '#core/book.ts'
import { withLiquidity } from '#core/concentrated/with-liquidity.ts'
import { type Pool, poolMarket } from './pool.ts'

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
