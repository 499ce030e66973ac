import type { TokenSymbol } from '../market-data.ts'

/** What a crash is made of. Falls are parts of the price, `0.48` for 48 %. */
export type CrashShape = {
  /** Ether from its peak to its trough. Fitted: 0.587 (May 2021), 0.517 (June 2022), 0.345 (November 2022). */
  readonly drop: number
  /** From the peak to the trough. Fitted: 266, 285 and 129 hours. */
  readonly hours: number
  /** The worst day, which ends at the trough. Fitted: 0.328, 0.274, 0.253 in 24 hours. */
  readonly worstDay: number
  /** The worst four hours, at its end. Fitted: 0.238, 0.262, 0.159. */
  readonly worstHours: number
  /** Part of the fall that is regained a day later, and kept. Fitted: 0.26, 0.26, 0.36. */
  readonly rebound: number
  /** Standard deviation of an hour's move, before the fall and in it. Fitted: 0.015, 0.009, 0.006; 0.032, 0.039, 0.022. */
  readonly calm: number
  readonly wild: number
  /**
   * How much of ether's fall (in logarithms) another asset shares. Fitted over the same windows: bitcoin 0.61, 0.78, 0.71;
   * LINK 1.13, 0.50, 0.72.
   */
  readonly shares: Readonly<Partial<Record<TokenSymbol, number>>>
  /** Correlation of the hourly moves around it with ether's. Fitted: bitcoin 0.70, 0.93, 0.89; LINK 0.56, 0.55, 0.80. */
  readonly correlations: Readonly<Partial<Record<TokenSymbol, number>>>
  /** What staked ether is worth of what it stands for, at the worst. Fitted: 0.896, 0.931, 0.980. */
  readonly stakedLow: number
  /** A dollar that wavers. Fitted: 0.978, 0.972, 0.989. */
  readonly dollarLow: number
}

/** Between the three crashes; no price of theirs is in it. */
export const crashShape: CrashShape = {
  drop: 0.48,
  hours: 220,
  worstDay: 0.28,
  worstHours: 0.21,
  rebound: 0.3,
  calm: 0.008,
  wild: 0.028,
  shares: { WETH: 1, WBTC: 0.7, LINK: 0.8, ORPHAN: 1.1 },
  correlations: { WBTC: 0.85, LINK: 0.65, ORPHAN: 0.3 },
  stakedLow: 0.935,
  dollarLow: 0.975,
}
