import { mulDivDown, mulDivUp } from '#core/numbers.ts'

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
 * their rounding, and their way round overflow. `taken` is without the fee.
 */
export function swapStep(
  sqrt: bigint,
  sqrtTarget: bigint,
  liquidity: bigint,
  remaining: bigint,
  feePips: bigint,
): SwapStep {
  const down = sqrt >= sqrtTarget
  const lessFee = mulDivDown(remaining, PIPS - feePips, PIPS)
  const whole = down ? amount0(sqrtTarget, sqrt, liquidity, true) : amount1(sqrt, sqrtTarget, liquidity, true)
  const reached = lessFee >= whole
  const sqrtNext = reached
    ? sqrtTarget
    : down
      ? sqrtAfterAmount0(sqrt, liquidity, lessFee)
      : sqrt + (lessFee << Q96) / liquidity
  const atTarget = sqrtNext === sqrtTarget
  const taken = atTarget
    ? whole
    : down
      ? amount0(sqrtNext, sqrt, liquidity, true)
      : amount1(sqrt, sqrtNext, liquidity, true)
  const given = down ? amount1(sqrtNext, sqrt, liquidity, false) : amount0(sqrt, sqrtNext, liquidity, false)
  const fee = atTarget ? mulDivUp(taken, feePips, PIPS - feePips) : remaining - taken
  return { sqrtNext, taken, given, fee }
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
  return up ? divUp(mulDivUp(numerator, range, upper), lower) : mulDivDown(numerator, range, upper) / lower
}

/** Token 1 between two prices, `lower` ≤ `upper`. */
function amount1(lower: bigint, upper: bigint, liquidity: bigint, up: boolean): bigint {
  const product = liquidity * (upper - lower)
  return up ? divUp(product, 1n << Q96) : product >> Q96
}
