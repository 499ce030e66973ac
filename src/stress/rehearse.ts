import { positionsOf } from '../engine/verdict-record.ts'
import { settle, startOf } from './cascade.ts'
import { evaluate } from './evaluate.ts'
import type { Model } from './model.ts'
import { nothingToTake, type Rehearsed, type Stranded } from './report.ts'
import type { Scenario } from './shock.ts'

/** As shares of 1. */
const drops = [0.1, 0.2, 0.4]

/**
 * If all that the shocks name fell so far at once: whom could keepers not liquidate, and why? Settled as any step of a
 * fall is; who was acted on is not stranded, even where some debt is left. Nothing where the shocks name nothing.
 */
export function rehearse(model: Model, scenario: Scenario): readonly Rehearsed[] {
  if (scenario.shocks.length === 0) return []
  return drops.map((drop) => {
    const fall = { ...scenario, shocks: scenario.shocks.map(({ name }) => ({ name, share: -drop })) }
    const { sunk } = evaluate(model, fall, 1)
    const { plans, skips } = settle(model, fall, 1, startOf())
    const acted = new Set(plans.flatMap(({ plan }) => positionsOf({ do: 'act', plan })))
    const words = new Map(skips.flatMap((skip) => skip.positions.map((id) => [id, skip] as const)))
    const stranded = sunk.flatMap(({ position, protocol, debt }): readonly Stranded[] => {
      if (acted.has(position.id)) return []
      const { reason, detail } = words.get(position.id) ?? { reason: nothingToTake, detail: '' }
      return [{ position: position.id, owner: position.owner, protocol, debtUsd: debt, reason, detail }]
    })
    return { drop, liquidatable: sunk.length, stranded: stranded.sort((a, b) => b.debtUsd - a.debtUsd) }
  })
}
