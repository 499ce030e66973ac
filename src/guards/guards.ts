import type { Bps, Wei } from '#core/numbers.ts'
import type { Plan } from '#core/plan.ts'
import type { Receipt } from '#core/receipt.ts'
import type { Submission } from '#core/world.ts'

export type Via = Submission['via']
export type Held = { readonly guard: string; readonly detail: string }
export type Limits = {
  readonly dailyLossWei: Wei
  readonly dailyGasWei: Wei
  readonly marketNotionalWei: Wei
  readonly maximumBonusMultiple: number
  readonly assumedBonusBps: Bps
}
export type GuardState = { readonly name: string; readonly sinceMs: number; readonly detail: string }

/**
 * What may stop the keeper from sending. Names: `kill`, `too-good:<market>` (any path, until an operator reopens);
 * `daily-loss`, `daily-gas`, `notional:<market>` (private and public sending only, until 24 hours have rolled on; on the
 * bundle path, where a revert costs nothing and a crash needs it most, they alert).
 */
export interface Guards {
  /** Nothing is awaited. `null`: go on. */
  readonly check: (plan: Plan, via: Via) => Held | null
  /** Why a market is left out of every plan; `null`: it is not. */
  readonly halts: (market: string) => GuardState | null
  /** Idempotent: told again after a reorg or a restart, a transaction counts once. */
  readonly record: (receipt: Receipt, via: Via) => Promise<void>
  readonly trip: (name: string, detail: string) => Promise<void>
  /** @throws `not-found` when no guard of that name is tripped. */
  readonly close: (name: string) => Promise<void>
  readonly state: () => readonly GuardState[]
  /** The part of each limit that the last 24 hours have used; of markets, where most was repaid. A float, for gauges. */
  readonly used: () => readonly { readonly guard: string; readonly part: number }[]
}
