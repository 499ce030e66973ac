import type { Plan, SkipReason } from '#core/plan.ts'
import type { Guards, Via } from './guards.ts'

/** What guards say of a plan and of a market, as a keeper asks it. */
export const wordOf = (guards: Guards, via: Via) => ({
  guard: (plan: Plan): { readonly reason: SkipReason; readonly detail: string } | null => {
    const held = guards.check(plan, via)
    if (held === null) return null
    const reason = held.guard.startsWith('too-good') ? 'too-good' : 'guard-open'
    return { reason, detail: `${held.guard}: ${held.detail}` }
  },
  halts: (market: string): { readonly reason: SkipReason; readonly detail: string } | null => {
    const held = guards.halts(market)
    if (held === null) return null
    const reason = held.name.startsWith('too-good') ? 'too-good' : 'guard-open'
    return { reason, detail: `${held.name}: ${held.detail}` }
  },
})
