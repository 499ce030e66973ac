import { BPS } from '#core/numbers.ts'

/** How few win how much, in bps of the whole, rounded down. */
export type Concentration = {
  readonly top1Bps: bigint
  readonly top3Bps: bigint
  /** Herfindahl-Hirschman index: shares in percent, squared and summed, 10,000 where one has all. */
  readonly hhi: bigint
}

/** Of what each won, in one unit; nothing where nobody won anything. */
export function concentrationOf(won: readonly bigint[]): Concentration | null {
  const total = won.reduce((sum, one) => sum + one, 0n)
  if (total <= 0n) return null
  const largest = [...won].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  const share = (those: readonly bigint[]): bigint => (those.reduce((sum, one) => sum + one, 0n) * BPS) / total
  return {
    top1Bps: share(largest.slice(0, 1)),
    top3Bps: share(largest.slice(0, 3)),
    hhi: won.reduce((sum, one) => sum + one * one * BPS, 0n) / (total * total),
  }
}
