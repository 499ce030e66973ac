export const yearSeconds = 31_536_000

/** Sigmas between a price and a line within a time: `d = |ln(p ÷ p*)| ÷ (σ · √T)`. `sigma` a year, as 0.8. */
export const distance = (price: number, line: number, sigma: number, seconds: number): number =>
  Math.abs(Math.log(price / line)) / (sigma * Math.sqrt(seconds / yearSeconds))

/** That a price without drift touches a line so many sigmas away within the time: `2 Φ(−d)`. */
export const hitProbability = (sigmas: number): number => erfc(sigmas / Math.SQRT2)

/** Off by less than 1.2e-7 of itself. Source: Numerical Recipes, 6.2, `erfcc`; for x ≥ 0. */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2)
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ]
  return t * Math.exp(-x * x + terms.reduceRight((sum, term) => sum * t + term, 0))
}
