import { least } from '#core/numbers.ts'

/**
 * What an adapter answers, from the answers of the contracts it asks (`parts`), from what moves without an oracle
 * (`rates`), and from what never changes (`constants`); in the adapter's own integers, divisions rounded down. 0 or less
 * is no price, by the adapters' own word.
 */
export type Formula = (
  parts: readonly bigint[],
  rates: readonly bigint[],
  constants: readonly bigint[],
  timestamp: number,
) => bigint

/** By it an adapter's record names its formula. */
export type FormulaName = 'capo' | 'price-cap' | 'vault' | 'peg' | 'median'

const isAny = (values: readonly bigint[]): boolean => values.some((value) => value <= 0n)

/**
 * Base × ratio, the ratio capped by a line that rises from a snapshot. Rates: ratio, snapshot ratio, snapshot's second,
 * growth a second; constant: the ratio's decimals. Source: Aave's PriceCapAdapterBase.latestAnswer.
 */
const capo: Formula = (
  [base = 0n],
  [ratio = 0n, snapshot = 0n, since = 0n, growth = 0n],
  [decimals = 0n],
  timestamp,
) =>
  isAny([base, ratio]) ? 0n : (base * least(ratio, snapshot + growth * (BigInt(timestamp) - since))) / 10n ** decimals

/** A price with a lid. Rate: the cap. Source: Aave's PriceCapAdapterStable. */
const priceCap: Formula = ([base = 0n], [cap = 0n]) => least(base, cap)

/** Base × what a share is worth of it; rate: that, of 1e18 shares. */
const vault: Formula = ([base = 0n], [ratio = 0n]) => (base * ratio) / 10n ** 18n

/** Asset/peg × peg/base; constants: decimals, denominator. Source: CLSynchronicityPriceAdapterPegToBase. */
const peg: Formula = (parts, _rates, [decimals = 0n, denominator = 1n]) =>
  isAny(parts) ? 0n : (parts.reduce((product, part) => product * part, 1n) * 10n ** decimals) / denominator

/** The middle one, or half the sum of the two there are. */
const median: Formula = (parts) => {
  const sorted = [...parts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const [low = 0n, high = 0n] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2n
}

export const formulas: Readonly<Record<FormulaName, Formula>> = { capo, 'price-cap': priceCap, vault, peg, median }

/** 10⁷⁷ is the largest power of ten in 256 bits. */
const decimalsMost = 77n

/**
 * Whether the adapter itself could answer with these constants. Anybody can write a contract that looks like an adapter
 * and names a power of ten beyond all memory, or nothing to divide by.
 */
export const isComputable = (name: FormulaName, [decimals = 0n, denominator = 1n]: readonly bigint[]): boolean =>
  name !== 'capo' && name !== 'peg' ? true : decimals <= decimalsMost && denominator !== 0n

/** Whose answer moves by time alone. */
export const isTimed = (name: FormulaName): boolean => name === 'capo'

export type MorphoFactors = {
  readonly baseVault: bigint
  readonly baseFeeds: readonly bigint[]
  readonly quoteVault: bigint
  readonly quoteFeeds: readonly bigint[]
  readonly scale: bigint
}

/**
 * Collateral in units of the loan, 1e36: feeds and vaults that are not there count as 1. Rounds down, as its mulDiv does.
 * `null` where a feed is negative, for which the oracle reverts. Source: MorphoChainlinkOracleV2.price.
 */
export function morphoPrice({ baseVault, baseFeeds, quoteVault, quoteFeeds, scale }: MorphoFactors): bigint | null {
  if ([...baseFeeds, ...quoteFeeds].some((answer) => answer < 0n)) return null
  const product = (values: readonly bigint[]): bigint => values.reduce((all, one) => all * one, 1n)
  const under = quoteVault * product(quoteFeeds)
  return under === 0n ? null : (scale * baseVault * product(baseFeeds)) / under
}
