import type { Address } from '#core/address.ts'
import type { Call } from '../signer.ts'
import type { Holding, Loan } from './loan.ts'

/** Whole tokens. */
export type Liquidation = { readonly call: Call; readonly repays: number; readonly gas: number }
export type CloseFactor = 'full' | 'half'
/** A protocol, as those who use it see it. State is read with what waits in the mempool. */
export type Lending = {
  /** Whole tokens. */
  readonly open: (loan: Loan, holding: Holding) => readonly Call[]
  readonly topUp: (loan: Loan, tokens: number) => readonly Call[]
  readonly repay: (loan: Loan, tokens: number) => readonly Call[]
  readonly close: (loan: Loan, holding: Holding) => Promise<readonly Call[]>
  /** Where a liquidator's allowances go. */
  readonly spender: Address
  readonly isUnder: (loan: Loan) => Promise<boolean>
  /** As far as the protocol lets one go, or half of the debt whatever it lets; the ways to try, in order. */
  readonly liquidate: (loan: Loan, close: CloseFactor, holding: Holding) => Promise<readonly Liquidation[]>
  /** What it has now. */
  readonly holding: (loan: Loan, state: 'latest' | 'pending') => Promise<Holding>
}
