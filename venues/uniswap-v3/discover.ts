import { Interface } from 'ethers'
import { uniswapV3FactoryAbi, uniswapV3PoolAbi } from '#abis/uniswap-v3.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { callData } from '#core/call-data.ts'
import type { Tick } from '#core/concentrated/ranged.ts'
import { bitsOf, wordPositions } from '#core/concentrated/tick-bitmap.ts'
import { sqrtAtTick } from '#core/concentrated/tick-price.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'
import type { Pool } from './pool.ts'

const factoryAbi = new Interface(uniswapV3FactoryAbi)
const poolAbi = new Interface(uniswapV3PoolAbi)
const selector = (abi: Interface, name: string): Hex => abi.getFunction(name)?.selector as Hex
const getPool = selector(factoryAbi, 'getPool')
const heads = ['slot0', 'liquidity', 'tickSpacing'].map((name) => selector(poolAbi, name))
const tickBitmap = selector(poolAbi, 'tickBitmap')
const ticksCall = selector(poolAbi, 'ticks')
const word = (answer: Hex, index: number): bigint => BigInt(`0x${answer.slice(2 + index * 64, 66 + index * 64)}`)
const int = (value: bigint, bits = 256): bigint => BigInt.asIntN(bits, value)

/** What never changes of a pool. */
export type PoolKey = Pick<Pool, 'address' | 'token0' | 'token1' | 'feePips'>

/** Every pool of the factory joining two of the tokens, one of them `fresh`; `fees` in pips. One batch of calls. */
export async function findPools(
  view: View,
  factory: Address,
  tokens: readonly Address[],
  fees: readonly number[],
  fresh: ReadonlySet<Address> = new Set(tokens),
): Promise<readonly PoolKey[]> {
  const sorted = [...new Set(tokens)].sort()
  const keys = sorted.flatMap((token0, i) =>
    sorted
      .slice(i + 1)
      .filter((token1) => fresh.has(token0) || fresh.has(token1))
      .flatMap((token1) => fees.map((feePips) => ({ token0, token1, feePips }))),
  )
  const answers = await view.call(
    keys.map(({ token0, token1, feePips }) => read(factory, getPool, token0, token1, BigInt(feePips))),
  )
  return keys.flatMap((key, i) => {
    const found = answers[i]
    if (found === null || found === undefined || found.length < 66) return []
    const address = addressOfWord(found)
    return address === ZERO_ADDRESS ? [] : [{ address, ...key }]
  })
}

/** Fee tiers the factory has enabled, by its own logs; in pips. */
export async function feesEnabled(view: View, factory: Address, fromBlock: number): Promise<readonly number[]> {
  const fees = new Set<number>()
  const topic = factoryAbi.getEvent('FeeAmountEnabled')?.topicHash as Hex
  for await (const page of view.logs({ addresses: [factory], topics: [topic] }, fromBlock))
    for (const log of page) fees.add(Number(BigInt(log.topic(1))))
  return [...fees]
}

/**
 * The whole state of pools in three rounds of calls, however many there are: price and liquidity, the words of the
 * tick bitmap, the ticks these name.
 * @throws `bad-answer` (retryable) where a pool answers in a shape that is not Uniswap's.
 */
export async function readPools(view: View, keys: readonly PoolKey[]): Promise<readonly Pool[]> {
  const told = await view.call(keys.flatMap(({ address }) => heads.map((head) => read(address, head))))
  const pools = keys.map((key, i): Pool => {
    const [slot0, liquidity, spacing] = [0, 1, 2].map((part) => answerOf(told, i * 3 + part, key.address))
    return {
      ...key,
      sqrtPriceX96: word(slot0 ?? '0x', 0),
      tick: Number(int(word(slot0 ?? '0x', 1))),
      liquidity: word(liquidity ?? '0x', 0),
      tickSpacing: Number(int(word(spacing ?? '0x', 0))),
      ticks: [],
    }
  })
  const words = pools.flatMap(({ address, tickSpacing }, pool) =>
    wordPositions(tickSpacing).map((position) => ({ pool, address, position })),
  )
  const maps = await view.call(words.map(({ address, position }) => read(address, tickBitmap, BigInt(position))))
  const asked = words.flatMap(({ pool, address, position }, i) =>
    bitsOf(word(answerOf(maps, i, address), 0)).map((bit) => ({
      pool,
      address,
      index: (position * 256 + bit) * (pools[pool]?.tickSpacing ?? 1),
    })),
  )
  const answers = await view.call(asked.map(({ address, index }) => read(address, ticksCall, BigInt(index))))
  const ticks = pools.map((): Tick[] => [])
  asked.forEach(({ pool, address, index }, i) => {
    const answer = answerOf(answers, i, address)
    const tick = { index, gross: word(answer, 0), net: int(word(answer, 1)), sqrt: sqrtAtTick(index) }
    ticks[pool]?.push(tick)
  })
  return pools.map((pool, i) => ({ ...pool, ticks: (ticks[i] ?? []).sort((a, b) => a.index - b.index) }))
}

function answerOf(answers: readonly (Hex | null)[], index: number, from: Address): Hex {
  const answer = answers[index]
  if (answer === null || answer === undefined || answer.length < 66)
    throw new KeeperError('bad-answer', `${from} does not answer as a Uniswap V3 pool; leave it out of the factory's`, {
      retryable: true,
    })
  return answer
}

const read = (to: Address, name: Hex, ...words: readonly (Address | bigint)[]): Read => ({
  to,
  data: callData(name, ...words),
})
