import { mulDivUp } from '#core/numbers.ts'

const Q96 = 96n
const PIPS = 1_000_000n
const WORD = 1n << 256n
const divUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

export type SwapStep = {
  readonly sqrtNext: bigint
  readonly taken: bigint
  readonly given: bigint
  readonly fee: bigint
}

/**
 * One step of an exact-input swap inside one range of constant liquidity: Uniswap's SwapMath and SqrtPriceMath with
 * their rounding, and their way round overflow. `taken` is without the fee. `remaining` of `null` goes to the target.
 */
export function swapStep(
  sqrt: bigint,
  sqrtTarget: bigint,
  liquidity: bigint,
  remaining: bigint | null,
  feePips: bigint,
): SwapStep {
  const down = sqrt >= sqrtTarget
  const whole = down ? amount0(sqrtTarget, sqrt, liquidity, true) : amount1(sqrt, sqrtTarget, liquidity, true)
  const lessFee = remaining === null ? whole : (remaining * (PIPS - feePips)) / PIPS
  const sqrtNext =
    lessFee >= whole
      ? sqrtTarget
      : down
        ? sqrtAfterAmount0(sqrt, liquidity, lessFee)
        : sqrt + (lessFee << Q96) / liquidity
  const given = down ? amount1(sqrtNext, sqrt, liquidity, false) : amount0(sqrt, sqrtNext, liquidity, false)
  if (remaining === null || sqrtNext === sqrtTarget)
    return { sqrtNext, taken: whole, given, fee: divUp(whole * feePips, PIPS - feePips) }
  const taken = down ? amount0(sqrtNext, sqrt, liquidity, true) : amount1(sqrt, sqrtNext, liquidity, true)
  return { sqrtNext, taken, given, fee: remaining - taken }
}

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
