import { sqrtAtTick, tickAtSqrt } from '#core/concentrated/tick-price.ts'
import morpho from '../flash/morpho/index.ts'
import { type Address, address } from '../src/core/address.ts'
import type { Book } from '../src/core/book.ts'
import { amount } from '../src/core/numbers.ts'
import type { Lender, PoolEntry } from '../src/quote/exchange.ts'
import v2 from '../venues/uniswap-v2/index.ts'
import { type Pair, pairMarket } from '../venues/uniswap-v2/pair.ts'
import v3 from '../venues/uniswap-v3/index.ts'
import { type Pool, poolMarket } from '../venues/uniswap-v3/pool.ts'

/** Tokens, pools and lenders as records alone, without a chain. */
export const token = (index: number): Address => address(`0x${(index + 1).toString(16).padStart(40, '0')}`)
const unused = (): never => {
  throw new Error('not of this record')
}

const v2Venue = v2.create(v2.config.parse({ factory: token(900) }))
const v3Venue = v3.create(v3.config.parse({ factory: token(901), quoter: token(902), fromBlock: 0 }))
let addresses = 10_000

export function pairOf(a: Address, b: Address, reserveA: bigint, reserveB: bigint, feePips = 3_000): PoolEntry {
  addresses += 1
  const [token0, token1, reserve0, reserve1] = a < b ? [a, b, reserveA, reserveB] : [b, a, reserveB, reserveA]
  const pair: Pair = { address: token(addresses), token0, token1, feePips, reserve0, reserve1 }
  return { venue: 'uniswap-v2', module: v2Venue as never, pool: pairMarket(pair) }
}

/** One position of liquidity over `width` ticks to either side of the price (b per a), in ranges of several depths. */
export function poolOf(
  a: Address,
  b: Address,
  price: number,
  ranges: readonly { width: number; liquidity: bigint }[],
  feePips = 3_000,
): PoolEntry {
  addresses += 1
  const [token0, token1, price1] = a < b ? [a, b, price] : [b, a, 1 / price]
  const spacing = feePips === 500 ? 10 : feePips === 10_000 ? 200 : 60
  const sqrtPriceX96 = BigInt(Math.floor(Math.sqrt(price1) * 2 ** 96))
  const tick = tickAtSqrt(sqrtPriceX96)
  const net = new Map<number, bigint>()
  let liquidity = 0n
  for (const range of ranges) {
    const middle = Math.round(tick / spacing)
    const steps = Math.max(1, Math.round(range.width / spacing))
    for (const [at, sign] of [
      [middle - steps, 1n],
      [middle + steps, -1n],
    ] as const)
      net.set(at * spacing, (net.get(at * spacing) ?? 0n) + sign * range.liquidity)
    liquidity += range.liquidity
  }
  const ticks = [...net]
    .sort(([x], [y]) => x - y)
    .map(([index, one]) => ({ index, gross: one < 0n ? -one : one, net: one, sqrt: sqrtAtTick(index) }))
  const state: Pool = {
    address: token(addresses),
    token0,
    token1,
    feePips,
    tickSpacing: spacing,
    sqrtPriceX96,
    tick,
    liquidity,
    ticks,
  }
  return { venue: 'uniswap-v3', module: v3Venue as never, pool: poolMarket(state) }
}

/** Lends everything, for nothing or for a fee in bps (rounded up). */
export function lenderOf(feeBps = 0n): Lender {
  const module = morpho.create({ morpho: token(903) })
  const book: Book = { market: unused, markets: () => [], position: unused, positions: () => [], positionsOf: () => [] }
  return {
    source: 'morpho',
    module: {
      ...module,
      lends: (_book: Book, _asset: Address, wanted: bigint) => ({
        lender: token(903),
        fee: amount((wanted * feeBps + 9_999n) / 10_000n),
      }),
    } as never,
    book,
  }
}
