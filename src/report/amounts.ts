const one = 10n ** 18n

/** Wei as ether, six digits behind the point, for people: never to compute with. */
export function ether(wei: string): string {
  const units = BigInt(wei)
  const sign = units < 0n ? '-' : ''
  const positive = units < 0n ? -units : units
  const micro = (positive + 500_000_000_000n) / 1_000_000_000_000n
  if (micro === 0n) return positive === 0n ? '0' : `${sign}<0.000001`
  return `${sign}${grouped(String(micro / 1_000_000n))}.${String(micro % 1_000_000n).padStart(6, '0')}`
}

/** Wei as ether, to the last digit. */
export function wholeEther(wei: string): string {
  const units = BigInt(wei)
  if (units === 0n) return '0'
  const positive = units < 0n ? -units : units
  return `${units < 0n ? '-' : ''}${grouped(String(positive / one))}.${String(positive % one).padStart(18, '0')}`
}

/** For plots alone. */
export const drawn = (wei: string): number => Number(BigInt(wei)) / 1e18

/** Digits in threes. */
export const grouped = (units: string): string => units.replace(/\B(?=(\d{3})+$)/g, ',')

/** Basis points as per cent, as they are. */
export const percent = (bps: number): string => `${(bps / 100).toFixed(2).replace(/\.?0+$/, '')} %`

/** `2026-05-28 14:03:11`, UTC. */
export const time = (timestamp: number): string =>
  new Date(timestamp * 1_000).toISOString().slice(0, 19).replace('T', ' ')

/** `1 act`, `2 acts`. */
export const counted = (count: number, word: string): string =>
  `${grouped(String(count))} ${count === 1 ? word : word.endsWith('s') ? `${word}es` : `${word}s`}`

export const total = (amounts: readonly string[]): string =>
  amounts.reduce((sum, each) => sum + BigInt(each), 0n).toString()
