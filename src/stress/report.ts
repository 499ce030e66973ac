import type { Shock } from './shock.ts'

/** All amounts are dollars, floats, at the prices of the step: for people, never to act by. */
export type StepReport = {
  /** How much of the shocks has come, 0 to 1. */
  readonly part: number
  /** Debt of all below the line at these prices in the book as it was, before anybody acted. */
  readonly liquidatableUsd: number
  /** Positions of it. */
  readonly liquidatable: number
  /** In this step alone. */
  readonly liquidatedUsd: number
  readonly seizedUsd: number
  readonly plans: number
  readonly rounds: number
  /** False where it still moved after the most rounds that are looked at. */
  readonly isSettled: boolean
  /** Debt still below the line when it has settled, by why it is left. */
  readonly leftUsd: Readonly<Record<string, number>>
  /** Of it, what nobody takes because it does not pay: too small, too dear, the exit taken by others. */
  readonly unprofitableUsd: number
  /** Debt beyond collateral: of those still there, and what liquidations have left unpaid so far. */
  readonly badDebtUsd: number
  /** Below the line, and worse off by every further liquidation: loan to value times what is seized per repaid, ≥ 1. */
  readonly toxic: readonly string[]
  /** Of tokens that liquidations have pushed: price by now over what the shocks alone make of it. */
  readonly pushed: Readonly<Record<string, number>>
}

/** Who would fall first and heaviest. */
export type Borrower = {
  readonly owner: string
  readonly positions: readonly string[]
  readonly protocols: readonly string[]
  /** Once all that falls has fallen. */
  readonly debtUsd: number
  /** The first step's part at which one of them is below the line. */
  readonly part: number
}

/** A position that nobody could liquidate if prices fell so far at once. */
export type Stranded = {
  readonly position: string
  readonly owner: string | null
  readonly protocol: string
  readonly debtUsd: number
  readonly reason: string
  readonly detail: string
}
export type Rehearsed = { readonly drop: number; readonly liquidatable: number; readonly stranded: readonly Stranded[] }

export type StressReport = {
  readonly block: number
  readonly shocks: readonly Shock[]
  readonly depegs: readonly Shock[]
  readonly baseFeeWei: bigint
  readonly recovery: number
  readonly deviation: number
  readonly positions: number
  readonly steps: readonly StepReport[]
  readonly borrowers: readonly Borrower[]
  readonly rehearsals: readonly Rehearsed[]
  /** Feeds that no shock can reach, since they price no one token: they stand still. */
  readonly still: readonly string[]
}

/** The reason of somebody below the line of whom no verdict speaks: no collateral is left, for one. */
export const nothingToTake = 'nothing-to-take'
