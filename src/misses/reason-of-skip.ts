import type { MissReason } from '#core/miss.ts'
import type { SkipReason } from '#core/plan.ts'

/** What a skip was worth when somebody else did not skip. */
export const reasonOfSkip: Readonly<Record<SkipReason, MissReason>> = {
  paused: 'judged-closed',
  'grace-period': 'judged-closed',
  'reserve-lacks-cash': 'judged-closed',
  'feed-reverts': 'judged-closed',
  'sequencer-down': 'judged-closed',
  'not-for-sale': 'judged-closed',
  'unproven-revision': 'judged-closed',
  gated: 'judged-closed',
  'cool-off': 'held-back',
  quarantined: 'held-back',
  'being-reread': 'held-back',
  faulty: 'held-back',
  'no-route': 'no-way',
  'no-funding': 'no-way',
  unprofitable: 'judged-unprofitable',
  'guard-open': 'guard-open',
  'too-good': 'guard-open',
  'not-registered': 'not-sent',
  'crowded-out': 'not-sent',
  'gas-limit': 'not-sent',
  'lane-unfunded': 'not-sent',
  'lane-busy': 'not-sent',
  'too-late': 'not-sent',
  'in-flight': 'not-sent',
  'simulation-reverts': 'not-sent',
  'needs-bundle': 'not-sent',
  'standing-by': 'not-sent',
}
