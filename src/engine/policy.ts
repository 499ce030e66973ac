import type { Bps, Wei } from '#core/numbers.ts'
import type { Rec } from '#core/plain.ts'
import type { ExecutionSettings } from '../execution/job.ts'
import type { CareSettings } from './care.ts'
import type { DecideSettings } from './decide.ts'

/** What an operator may change while a keeper runs. */
export type Policy = Pick<ExecutionSettings, 'tipShareBps' | 'minimumNet' | 'simulates' | 'lateMs'> & {
  readonly care: CareSettings
}

/** The command that brings it: an input like any other, so that it has its place among heads. */
export const policyCommand = (policy: Policy): Rec => ({ policy })

/** The settings a keeper looks at with every plan. */
export type Governed = {
  readonly execution: ExecutionSettings
  readonly decide: DecideSettings
  readonly care: CareSettings
}

/** Puts a policy in force: from the next scene on. @returns whether the command brought one. */
export function govern({ execution, decide, care }: Governed, { policy }: Rec): boolean {
  if (policy === undefined) return false
  const { care: tended, ...next } = policy as unknown as Policy
  const tip: Bps = execution.via === 'bundle' ? next.tipShareBps : (0n as Bps)
  const net: Wei = next.minimumNet
  Object.assign(execution, next)
  Object.assign(decide, { tipShareBps: tip, minimumNet: net })
  Object.assign(care, tended)
  return true
}
