import { WAD } from '#core/numbers.ts'

/** ln 2 and ln 1e-18, wad; above `most` the model answers one fixed number. Source: ExpLib. */
export const LN2 = 693_147_180_559_945_309n
const least = -41_446_531_673_892_822_312n
const most = 93_859_467_695_000_404_319n
const atMost = 57_716_089_161_558_943_949_701_069_502_944_508_345_128_422_502_756_744_429_568n

/** `e^x` as AdaptiveCurveIrm computes it, wad: by whole powers of two and two terms of the series for what is left over. */
export function exponential(x: bigint): bigint {
  if (x < least) return 0n
  if (x >= most) return atMost
  const half = LN2 / 2n
  // Nearest whole number of halvings or doublings; division rounds towards zero, as Solidity's does.
  const doublings = (x + (x < 0n ? -half : half)) / LN2
  const left = x - doublings * LN2
  const series = WAD + left + (left * left) / WAD / 2n
  return doublings >= 0n ? series << doublings : series >> -doublings
}
