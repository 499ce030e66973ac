import type { PositionId } from '#core/book.ts'
import type { GasUnits, Plan } from '#core/plan.ts'
import type { SceneSpec } from '#core/scene.ts'
import { type DecideSettings, decide, type Hold } from '../engine/decide.ts'
import type { Mirror } from '../engine/mirror.ts'
import { positionsOf } from '../engine/verdict-record.ts'

/** `reason`: why nothing would be done, also where a plan was worked out. */
export type Solution = { readonly plan: Plan | null; readonly reason: string | null; readonly detail: string }

/** What we would have done for these positions alone in a scene, however little it pays. `gasUnits`: as known by then. */
export function solve(
  mirror: Mirror,
  spec: SceneSpec,
  settings: DecideSettings,
  positions: ReadonlySet<string>,
  unread: ReadonlySet<PositionId>,
  gasUnits: GasUnits,
): Solution {
  const hold: Hold = (key, position) => {
    if (!positions.has(position)) return { reason: 'in-flight', detail: 'not asked about' }
    const isRead = !unread.has(position) && !mirror.isStale(key, position)
    return isRead ? null : { reason: 'being-reread', detail: 'changed within the block by what no log carries' }
  }
  const { plans, skips } = decide(mirror, spec, settings, gasUnits, hold)
  const [plan] = plans
  if (plan !== undefined) return { plan, reason: null, detail: '' }
  const about = skips.filter((skip) => positionsOf(skip).some((one) => positions.has(one)))
  const skip = about.find((one) => one.plan !== null) ?? about[0]
  if (skip === undefined) return { plan: null, reason: 'above-the-line', detail: 'not liquidatable by our figures' }
  return { plan: skip.plan, reason: skip.reason, detail: skip.detail }
}
