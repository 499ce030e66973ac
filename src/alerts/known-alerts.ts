import type { Alert } from './alert.ts'

const second = 1_000
const minute = 60 * second

/**
 * What the keeper itself can know of the rules for Prometheus (`ops/prometheus/plimsoll.rules.yml`), as grave and after as
 * long: a test compares them. That it is down, starts again and again, is late, or that no keeper leads, only somebody
 * outside can tell.
 * `holdMs`: of what happens and is not a state, how long it counts as being so.
 */
export const knownAlerts = {
  PlimsollBlind: { severity: 'page', forMs: 30 * second },
  PlimsollUnsynced: { severity: 'page', forMs: 5 * minute },
  PlimsollLagging: { severity: 'warning', forMs: 5 * minute },
  PlimsollPendingSilent: { severity: 'warning', forMs: 0 },
  PlimsollNodeFailing: { severity: 'warning', forMs: 5 * minute },
  PlimsollGuardOpen: { severity: 'page', forMs: 0 },
  PlimsollLeaseFailing: { severity: 'page', forMs: minute },
  PlimsollLimitNear: { severity: 'warning', forMs: 0 },
  PlimsollLaneCannotAfford: { severity: 'page', forMs: minute },
  PlimsollLanePoor: { severity: 'warning', forMs: 15 * minute },
  PlimsollAttemptUnresolved: { severity: 'warning', forMs: 0 },
  PlimsollExecutorUnfit: { severity: 'page', forMs: 0 },
  PlimsollSinkProposed: { severity: 'page', forMs: 0 },
  PlimsollRelaysRefuse: { severity: 'warning', forMs: minute },
  PlimsollReverted: { severity: 'warning', forMs: 0, holdMs: 60 * minute },
  PlimsollLoss: { severity: 'warning', forMs: 0, holdMs: 60 * minute },
  PlimsollInexact: { severity: 'warning', forMs: 0, holdMs: 60 * minute },
  PlimsollQuarantined: { severity: 'warning', forMs: 0, holdMs: 60 * minute },
  PlimsollOverlooked: { severity: 'warning', forMs: 0, holdMs: 60 * minute },
  PlimsollJournalFailing: { severity: 'page', forMs: 0, holdMs: 10 * minute },
} as const satisfies Readonly<
  Record<string, { readonly severity: Alert['severity']; readonly forMs: number; readonly holdMs?: number }>
>

export type AlertName = keyof typeof knownAlerts
/** Those that are something that happened. */
export type EventName = {
  [K in AlertName]: (typeof knownAlerts)[K] extends { readonly holdMs: number } ? K : never
}[AlertName]
