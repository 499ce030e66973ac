import type { Address } from '#core/address.ts'
import { type Market, marketId } from '#core/book.ts'
import { type Curve, emptyCurve } from '#core/curve.ts'
import { type Amount, amount as amountOf, mulDivUp } from '#core/numbers.ts'

export type Pair = {
  readonly address: Address
  readonly token0: Address
  readonly token1: Address
  readonly feePips: number
  readonly reserve0: bigint
  readonly reserve1: bigint
}
export const pairMarket = (pair: Pair): Market<Pair> => ({ id: marketId(pair.address), epoch: 0, data: pair })

const PIPS = 1_000_000n
const UINT112_MAX = 2n ** 112n - 1n

/** Uniswap V2's library formula, rounded down; `null` where the pair would revert. */
export function sellToPair(pair: Pair, token: Address, sold: Amount): { bought: Amount; after: Pair } | null {
  const zeroForOne = token === pair.token0
  const [reserveIn, reserveOut] = zeroForOne ? [pair.reserve0, pair.reserve1] : [pair.reserve1, pair.reserve0]
  const lessFee = sold * (PIPS - BigInt(pair.feePips))
  if (lessFee === 0n || reserveIn === 0n || reserveOut === 0n) return null
  const bought = (lessFee * reserveOut) / (reserveIn * PIPS + lessFee)
  const [after0, after1] = zeroForOne
    ? [pair.reserve0 + sold, pair.reserve1 - bought]
    : [pair.reserve0 - bought, pair.reserve1 + sold]
  if (bought === 0n || after0 > UINT112_MAX || after1 > UINT112_MAX) return null
  return { bought: amountOf(bought), after: { ...pair, reserve0: after0, reserve1: after1 } }
}

/** The same formula turned round, to the unit; `null` where the pair has not got so much. */
export function leastToBuyOf(pair: Pair, token: Address, bought: Amount): Amount | null {
  const zeroForOne = token === pair.token0
  const [reserveIn, reserveOut] = zeroForOne ? [pair.reserve0, pair.reserve1] : [pair.reserve1, pair.reserve0]
  if (bought === 0n || bought >= reserveOut || reserveIn === 0n) return null
  const lessFee = mulDivUp(bought, reserveIn * PIPS, reserveOut - bought)
  return amountOf(mulDivUp(lessFee, 1n, PIPS - BigInt(pair.feePips)))
}

/** One range without end: x·y constant, γ after fee. */
export function curveOfPair(pair: Pair, token: Address): Curve {
  const gamma = 1 - pair.feePips / 1e6
  const [r0, r1] = [Number(pair.reserve0), Number(pair.reserve1)]
  const [x, y] = token === pair.token0 ? [r0, r1] : [r1, r0]
  return x > 0 && y > 0 ? Float64Array.of(Math.sqrt((gamma * y) / x), 0, Math.sqrt((x * y) / gamma), 0, 0) : emptyCurve
}
