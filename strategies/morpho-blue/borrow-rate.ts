import { least, most, WAD } from '#core/numbers.ts'
import { exponential, LN2 } from './exponential.ts'
import { wDivDown } from './math.ts'

const year = 31_536_000n
/** Source: AdaptiveCurveIrm's ConstantsLib. Rates a second, wad. */
const steepness = 4n * WAD
const speedMost = (50n * WAD) / year
const targetUtilization = (9n * WAD) / 10n
const rateFirst = (4n * WAD) / 100n / year
const rateLeast = WAD / 1_000n / year
const rateMost = (2n * WAD) / year

/** What the model judges a market by; amounts as they were at its last update. */
export type Judged = {
  readonly totalSupplyAssets: bigint
  readonly totalBorrowAssets: bigint
  /** 0: the model has not met the market yet. */
  readonly rateAtTarget: bigint
}
export type Rate = { readonly average: bigint; readonly rateAtTarget: bigint }

/**
 * The average rate over the seconds since the market's last update, and where the rate at target then stands. Divisions
 * of signed numbers round towards zero, as Solidity's do. Source: AdaptiveCurveIrm._borrowRate.
 */
export function borrowRate(market: Judged, seconds: bigint): Rate {
  const error = errorOf(market)
  const start = market.rateAtTarget
  if (start === 0n) return { average: curve(rateFirst, error), rateAtTarget: rateFirst }
  const drift = speedOf(error) * seconds
  if (drift === 0n) return { average: curve(start, error), rateAtTarget: start }
  const end = drifted(start, drift)
  const average = (start + end + 2n * drifted(start, drift / 2n)) / 4n
  return { average: curve(average, error), rateAtTarget: end }
}

/** How far utilization is from its target: −1 where nothing is borrowed, 1 where all is; wad. */
function errorOf({ totalSupplyAssets, totalBorrowAssets }: Judged): bigint {
  const utilization = totalSupplyAssets === 0n ? 0n : wDivDown(totalBorrowAssets, totalSupplyAssets)
  const distance = utilization - targetUtilization
  return (distance * WAD) / (distance > 0n ? WAD - targetUtilization : targetUtilization)
}

/** By how much the exponent of the rate at target moves a second. */
const speedOf = (error: bigint): bigint => (speedMost * error) / WAD

function curve(rateAtTarget: bigint, error: bigint): bigint {
  const slope = error < 0n ? WAD - (WAD * WAD) / steepness : steepness - WAD
  return (((slope * error) / WAD + WAD) * rateAtTarget) / WAD
}

const drifted = (start: bigint, drift: bigint): bigint =>
  most(rateLeast, least((start * exponential(drift)) / WAD, rateMost))

/**
 * Seconds since the market's last update, up to `until`, at which the average rate jumps: the exponential is put together
 * of pieces that do not quite meet. Between them what is owed only grows. Sorted.
 */
export function jumps(market: Judged, until: bigint): readonly bigint[] {
  const speed = speedOf(errorOf(market))
  const pace = speed < 0n ? -speed : speed
  if (market.rateAtTarget === 0n || pace === 0n) return []
  const found: bigint[] = []
  for (let piece = 1n; ; piece += 1n) {
    const begins = piece * LN2 - LN2 / 2n
    const whole = (begins + pace - 1n) / pace
    if (whole > until) break
    found.push(whole, (2n * begins + pace - 1n) / pace)
  }
  return found.filter((at) => at <= until).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
