import { mulDivUp } from '../numbers.ts'

const Q96 = 96n
const PIPS = 1_000_000n
const WORD = 1n << 256n
const divUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

/** `takes` has the fee in it. */
export type SwapStep = { readonly sqrtNext: bigint; readonly takes: bigint; readonly gives: bigint }

/**
 * One step of an exact-input swap inside one range of constant liquidity: Uniswap's SwapMath and SqrtPriceMath with
 * their rounding, and their way round overflow. A step that ends before the target takes all that remains. What leads
 * to the target is rounded up, so that a price short of it says that the target was not reached.
 */
export function swapStep(
  sqrt: bigint,
  sqrtTarget: bigint,
  liquidity: bigint,
  remaining: bigint,
  feePips: bigint,
): SwapStep {
  if (liquidity === 0n) return wholeStep(sqrt, sqrtTarget, liquidity, feePips)
  const down = sqrt >= sqrtTarget
  const lessFee = (remaining * (PIPS - feePips)) / PIPS
  const sqrtNext = down ? sqrtAfterAmount0(sqrt, liquidity, lessFee) : sqrt + (lessFee << Q96) / liquidity
  const isShort = down ? sqrtNext > sqrtTarget : sqrtNext < sqrtTarget
  if (isShort || (sqrtNext !== sqrtTarget && lessFee < takenBetween(sqrt, sqrtTarget, liquidity)))
    return { sqrtNext, takes: remaining, gives: givenBetween(sqrt, sqrtNext, liquidity) }
  return wholeStep(sqrt, sqrtTarget, liquidity, feePips)
}

/** A step to its target. */
export function wholeStep(sqrt: bigint, sqrtTarget: bigint, liquidity: bigint, feePips: bigint): SwapStep {
  const taken = takenBetween(sqrt, sqrtTarget, liquidity)
  const fee = divUp(taken * feePips, PIPS - feePips)
  return { sqrtNext: sqrtTarget, takes: taken + fee, gives: givenBetween(sqrt, sqrtTarget, liquidity) }
}

const takenBetween = (from: bigint, to: bigint, liquidity: bigint): bigint =>
  from >= to ? amount0(to, from, liquidity, true) : amount1(from, to, liquidity, true)
const givenBetween = (from: bigint, to: bigint, liquidity: bigint): bigint =>
  from >= to ? amount1(to, from, liquidity, false) : amount0(from, to, liquidity, false)

/**
 * The least a step must take, without the fee, to give at least `given` (which the range has), its rounding turned round.
 * Down it gives ⌊L(√P − √P′)/2⁹⁶⌋, so that √P′ ≤ √P − ⌈given·2⁹⁶/L⌉, and √P′ = ⌈N√P/(N + x√P)⌉ with N = L·2⁹⁶; up it
 * gives ⌊⌊NΔ/(√P + Δ)⌋/√P⌋, so that Δ(N − given·√P) ≥ given·P, and Δ = ⌊x·2⁹⁶/L⌋. `null` where the contract's way round
 * overflow rounds otherwise.
 */
export function leastIn(sqrt: bigint, liquidity: bigint, given: bigint, down: boolean): bigint | null {
  const numerator = liquidity << Q96
  if (!down) return divUp(divUp(given * sqrt * sqrt, numerator - given * sqrt) * liquidity, 1n << Q96)
  const moved = divUp(given << Q96, liquidity)
  const taken = divUp(numerator * moved, (sqrt - moved) * sqrt)
  return numerator + taken * sqrt < WORD ? taken : null
}

/** Rounded up, so that the price never moves too far. */
function sqrtAfterAmount0(sqrt: bigint, liquidity: bigint, added: bigint): bigint {
  if (added === 0n) return sqrt
  const numerator = liquidity << Q96
  const product = added * sqrt
  if (product < WORD && numerator + product < WORD) return mulDivUp(numerator, sqrt, numerator + product)
  return divUp(numerator, numerator / sqrt + added)
}

/** Token 0 between two prices, `lower` ≤ `upper`. */
function amount0(lower: bigint, upper: bigint, liquidity: bigint, up: boolean): bigint {
  const numerator = liquidity << Q96
  const range = upper - lower
  return up ? divUp(mulDivUp(numerator, range, upper), lower) : (numerator * range) / upper / lower
}

/** Token 1 between two prices, `lower` ≤ `upper`. */
function amount1(lower: bigint, upper: bigint, liquidity: bigint, up: boolean): bigint {
  const product = liquidity * (upper - lower)
  return up ? divUp(product, 1n << Q96) : product >> Q96
}
