import type { Miss } from '#core/miss.ts'
import type { Rec } from '#core/plain.ts'
import type { Outcome } from '#core/receipt.ts'

/** A miss as the journal keeps it: one flat record, found by its position and the winner's transaction. */
export type MissRecord = Omit<Miss, 'outcome'> & Outcome

export const missRecord = ({ outcome, ...miss }: Miss): MissRecord & Rec => ({ ...miss, ...outcome })
