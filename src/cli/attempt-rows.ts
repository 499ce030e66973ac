import type { Rec } from '#core/plain.ts'
import type { Sum } from '#core/plan.ts'
import type { Entry } from '../journal/select.ts'
import { isUndone } from './undone-blocks.ts'

/** One plan that was to be sent, and what came of it. */
export type AttemptRow = {
  readonly atMs: number
  readonly plan: string
  readonly strategy: string
  readonly trigger: string
  readonly via: string
  readonly block: number
  readonly positions: readonly string[]
  /** Of each position. */
  readonly owners: readonly (string | null)[]
  readonly status: string
  readonly detail: string
  /** It was made upon a block that was reorganised away afterwards. */
  readonly isUndone: boolean
  readonly tx: string | null
  /** Wei of wrapped native; gas-free is before gas and tip. */
  readonly net: { readonly predicted: bigint; readonly actual: bigint | null }
}

/** Joins intents with what happened to them, in the order of the intents. */
export function attemptRows(entries: readonly Entry[]): readonly AttemptRow[] {
  const fates = new Map<string, Rec>()
  const receipts = new Map<string, Rec>()
  for (const { stream, record } of entries) {
    // That it is too deep to be undone changes nothing of what it is.
    if (stream === 'attempt' && record.status !== 'final') fates.set(String(record.plan), record)
    // What a reorg took away was not realised, until another receipt says so.
    if (stream === 'attempt' && record.status === 'unwound') receipts.delete(String(record.plan))
    if (stream === 'receipt') receipts.set(String(record.plan), receiptOf(record))
  }
  const undone = entries.filter(({ stream }) => stream === 'undone')
  return entries
    .filter(({ stream }) => stream === 'intent')
    .map((entry) => {
      const { atMs, record } = entry
      const plan = String(record.plan)
      const fate = fates.get(plan)
      const receipt = receipts.get(plan)
      return {
        atMs,
        plan,
        strategy: String(record.strategy),
        trigger: String(record.trigger),
        via: String(record.via),
        block: Number(record.block),
        positions: (record.steps as readonly Rec[]).map((step) => String(step.position)),
        owners: (record.steps as readonly Rec[]).map(({ owner }) => (typeof owner === 'string' ? owner : null)),
        status: isOpen(fate) ? 'open' : String(fate?.status),
        detail: String(fate?.detail ?? ''),
        isUndone: isUndone(entry, undone),
        tx: receipt === undefined ? null : String(receipt.transactionHash),
        net: {
          predicted: (record.sum as unknown as Sum).net,
          actual: receipt === undefined ? null : (receipt.actual as unknown as Sum).net,
        },
      }
    })
}

const isOpen = (fate: Rec | undefined): boolean =>
  fate === undefined || fate.status === 'sent' || fate.status === 'unwound'

/** A receipt's record may hold more beside it: how exact it was, the legs. */
export const receiptOf = (record: Rec): Rec => (record.receipt === undefined ? record : (record.receipt as Rec))
