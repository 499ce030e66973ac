import { Interface } from 'ethers'
import { uniswapV4ManagerAbi } from '#abis/uniswap-v4.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Book, type Folded, marketId, nothingFolded } from '#core/book.ts'
import { withLiquidity } from '#core/concentrated/with-liquidity.ts'
import type { Tier } from './discover.ts'
import { type Pool, putAll } from './pool.ts'

const abi = new Interface(uniswapV4ManagerAbi)
const topicOf = (name: string): Hex => abi.getEvent(name)?.topicHash as Hex
export const topics = {
  initialize: topicOf('Initialize'),
  liquidity: topicOf('ModifyLiquidity'),
  swap: topicOf('Swap'),
  protocolFee: topicOf('ProtocolFeeUpdated'),
} as const
const int = (value: bigint): bigint => BigInt.asIntN(256, value)

/** Every change of a pool's price, liquidity, ticks and fees is in the manager's logs: patches, never dirt. */
export function foldLog(book: Book<Pool>, manager: Address, tiers: readonly Tier[], log: Log): Folded<Pool, never> {
  if (log.address !== manager || log.topicCount < 2) return nothingFolded
  if (log.topic(0) === topics.initialize) return foldInitialize(book, tiers, log)
  const pool = book.market(marketId(log.topic(1)))?.data
  if (pool === undefined) return nothingFolded
  const after = poolAfter(pool, log)
  return after === null ? nothingFolded : put(after)
}

function poolAfter(pool: Pool, log: Log): Pool | null {
  switch (log.topic(0)) {
    case topics.swap:
      return { ...pool, sqrtPriceX96: log.word(2), liquidity: log.word(3), tick: Number(int(log.word(4))) }
    case topics.liquidity:
      return withLiquidity(pool, Number(int(log.word(0))), Number(int(log.word(1))), int(log.word(2)))
    case topics.protocolFee:
      return { ...pool, protocolFee: Number(log.word(0)) }
    default:
      return null
  }
}

/** A new pool of a kind that is looked at, between two tokens that are traded already: no hooks, a fee that stays. */
function foldInitialize(book: Book<Pool>, tiers: readonly Tier[], log: Log): Folded<Pool, never> {
  const [feePips, tickSpacing] = [Number(log.word(0)), Number(int(log.word(1)))]
  if (log.addressAt('data', 2) !== ZERO_ADDRESS) return nothingFolded
  if (!tiers.some((tier) => tier.fee === feePips && tier.tickSpacing === tickSpacing)) return nothingFolded
  const [token0, token1] = [addressOfWord(log.topic(2)), addressOfWord(log.topic(3))]
  const tokens = new Set<Address>()
  for (const { data } of book.markets()) tokens.add(data.token0).add(data.token1)
  if (!tokens.has(token0) || !tokens.has(token1)) return nothingFolded
  const price = { sqrtPriceX96: log.word(3), tick: Number(int(log.word(4))) }
  const rest = { protocolFee: 0, liquidity: 0n, ticks: [] }
  return put({ id: log.topic(1), token0, token1, feePips, tickSpacing, ...price, ...rest })
}

const put = (pool: Pool): Folded<Pool, never> => ({ patches: putAll([pool]), dirty: { markets: [], positions: [] } })
