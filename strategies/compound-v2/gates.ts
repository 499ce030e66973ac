import { WAD } from '#core/numbers.ts'
import type { GateReason } from '#core/opportunity.ts'
import type { Held } from './account-data.ts'
import type { Hub } from './records.ts'

export type Gate = { readonly reason: GateReason; readonly detail: string }

/** What is seized beyond what is repaid, before the protocol takes its share. */
export const bonusBps = ({ incentive }: Held): bigint => (incentive > WAD ? (incentive - WAD) / 10n ** 14n : 0n)

/** What either market forbids. */
export function pairGate(hub: Hub, debt: Held, collateral: Held): Gate | null {
  const paused = (of: Held, what: string): Gate => ({ reason: 'paused', detail: `${what} in ${of.of.data.cToken}` })
  if (debt.of.data.pausesLiquidation) return paused(debt, 'liquidation')
  if (debt.of.data.pausesRepayment) return paused(debt, 'repaying')
  if (collateral.of.data.pausesSeizure) return paused(collateral, 'seizing')
  if (hub.liquidator !== null && collateral.of.data.pausesTransfer) return paused(collateral, 'transfers')
  return null
}
