import { Interface, keccak256 } from 'ethers'
import { uniswapV4ManagerAbi } from '#abis/uniswap-v4.ts'
import type { Address, Hex } from '#core/address.ts'
import { callData } from '#core/call-data.ts'
import type { Tick } from '#core/concentrated/ranged.ts'
import { bitsOf, wordPositions } from '#core/concentrated/tick-bitmap.ts'
import { sqrtAtTick } from '#core/concentrated/tick-price.ts'
import { KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { type Pool, type PoolKey, poolIdOf } from './pool.ts'

/** Which pools of two tokens are looked at. */
export type Tier = { readonly fee: number; readonly tickSpacing: number }

const extsload = new Interface(uniswapV4ManagerAbi).getFunction('extsload')?.selector as Hex
/** Slots in one call: a hundred such calls go in one, and must fit the gas of an `eth_call`. */
const slotsMax = 64
/** Where the manager keeps its pools, and in each of them what (v4-core, StateLibrary). */
const poolsSlot = 6n
const at = { liquidity: 3n, ticks: 4n, bitmap: 5n } as const

/** Every pool that may join two of the tokens, one of them `fresh`. */
export function keysOf(
  tokens: readonly Address[],
  tiers: readonly Tier[],
  fresh: ReadonlySet<Address> = new Set(tokens),
): readonly PoolKey[] {
  const sorted = [...new Set(tokens)].sort()
  return sorted.flatMap((token0, i) =>
    sorted
      .slice(i + 1)
      .filter((token1) => fresh.has(token0) || fresh.has(token1))
      .flatMap((token1) => tiers.map(({ fee, tickSpacing }) => ({ token0, token1, feePips: fee, tickSpacing }))),
  )
}

/**
 * The whole state of those pools that are initialised, in three rounds of calls: price, fees and liquidity; the words of
 * the tick bitmap; the ticks these name.
 * @throws `bad-answer` (retryable) where the manager answers in a shape that is not Uniswap's.
 */
export async function readPools(view: View, manager: Address, keys: readonly PoolKey[]): Promise<readonly Pool[]> {
  const asked = keys.map((key) => {
    const id = poolIdOf(key)
    return { key, id, state: BigInt(hashOf(BigInt(id), poolsSlot)) }
  })
  const heads = await load(
    view,
    manager,
    asked.flatMap(({ state }) => [state, state + at.liquidity]),
  )
  const found = asked.flatMap(({ key, id, state }, i) => {
    const slot0 = heads[2 * i] ?? 0n
    const sqrtPriceX96 = bits(slot0, 0n, 160)
    if (sqrtPriceX96 === 0n) return []
    const tick = Number(BigInt.asIntN(24, bits(slot0, 160n, 24)))
    const head = { sqrtPriceX96, tick, protocolFee: Number(bits(slot0, 184n, 24)), liquidity: heads[2 * i + 1] ?? 0n }
    return [{ state, pool: { ...key, id, ...head } }]
  })
  const words = found.flatMap(({ state, pool: { tickSpacing } }, pool) =>
    wordPositions(tickSpacing).map((position) => ({ pool, state, tickSpacing, position })),
  )
  const maps = await load(
    view,
    manager,
    words.map(({ state, position }) => hashOf(BigInt(position), state + at.bitmap)),
  )
  const initialised = words.flatMap(({ pool, state, tickSpacing, position }, i) =>
    bitsOf(maps[i] ?? 0n).map((bit) => ({ pool, state, index: (position * 256 + bit) * tickSpacing })),
  )
  const infos = await load(
    view,
    manager,
    initialised.map(({ state, index }) => hashOf(BigInt(index), state + at.ticks)),
  )
  const ticks = found.map((): Tick[] => [])
  initialised.forEach(({ pool, index }, i) => {
    const info = infos[i] ?? 0n
    const net = BigInt.asIntN(128, info >> 128n)
    ticks[pool]?.push({ index, gross: bits(info, 0n, 128), net, sqrt: sqrtAtTick(index) })
  })
  return found.map(({ pool }, i) => ({ ...pool, ticks: ticks[i] ?? [] }))
}

/** The manager's own storage, as it hands it out; many slots a call. */
async function load(view: View, manager: Address, slots: readonly bigint[]): Promise<readonly bigint[]> {
  const parts: (readonly bigint[])[] = []
  for (let from = 0; from < slots.length; from += slotsMax) parts.push(slots.slice(from, from + slotsMax))
  const answers = await view.call(
    parts.map((part) => ({ to: manager, data: callData(extsload, 32n, BigInt(part.length), ...part) })),
  )
  return parts.flatMap((part, i) => {
    const answer = answers[i]
    if (answer === null || answer === undefined || answer.length !== 2 + 64 * (part.length + 2))
      throw new KeeperError('bad-answer', `${manager} does not answer as Uniswap V4's PoolManager; leave it out`, {
        retryable: true,
      })
    return part.map((_, word) => BigInt(`0x${answer.slice(2 + 64 * (word + 2), 2 + 64 * (word + 3))}`))
  })
}

const bits = (word: bigint, from: bigint, count: number): bigint => BigInt.asUintN(count, word >> from)

/** Where a mapping at `slot` keeps what goes by `key`. */
const hashOf = (key: bigint, slot: bigint): bigint => BigInt(keccak256(callData('0x', key, slot)))
