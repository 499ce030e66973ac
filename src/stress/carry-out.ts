import type { OwnedPatch, Patch } from '#core/book.ts'
import { isKeeperError } from '#core/error.ts'
import type { Leg, Plan, Step } from '#core/plan.ts'
import type { SceneSpec } from '#core/scene.ts'
import type { Mirror } from '../engine/mirror.ts'
import { createLaid, type Laid } from './laid.ts'

/**
 * Lays over the book what a plan leaves behind: its steps' records, on terms asked once more, since plans before it in
 * the same round may have moved the same market; and its pools after every swap. `specOf`: the scene with all that is
 * laid by then. @returns whether it could be done: else it reverts, as it would on the chain, and nothing is laid.
 */
export function carryOut(mirror: Mirror, plan: Plan, laid: Laid, specOf: (laid: Laid) => SceneSpec): boolean {
  const trial = createLaid(laid.patches())
  const did = (found: readonly OwnedPatch[] | null): boolean => {
    for (const { owner, patch } of found ?? []) trial.put(owner, [patch])
    return found !== null
  }
  const isDone =
    plan.steps.every((step) => did(leftBy(mirror, step, specOf(trial)))) &&
    plan.legs.every((leg) => did(soldThrough(mirror, leg, specOf(trial))))
  if (isDone) for (const { owner, patch } of trial.patches()) laid.put(owner, [patch])
  return isDone
}

function leftBy(mirror: Mirror, { opportunity, input }: Step, spec: SceneSpec): readonly OwnedPatch[] | null {
  const { market } = opportunity
  const found = mirror.modules.strategies.find(({ key }) => mirror.bookOf(key, spec).market(market) !== undefined)
  if (found === undefined) return null
  try {
    return ownedBy(found.key, found.module.terms(mirror.sceneOf(found.key, spec), opportunity, input).after)
  } catch (error) {
    if (isKeeperError(error, 'bad-argument')) return null
    throw error
  }
}

function soldThrough(mirror: Mirror, { venue, pool: at, sell }: Leg, spec: SceneSpec): readonly OwnedPatch[] | null {
  const known = [...mirror.admittedPools()].find(
    (one) => one.venue.name === venue && one.id.toLowerCase() === at.toLowerCase(),
  )
  const pool = known === undefined ? undefined : mirror.bookOf(known.key, spec).market(known.id)
  if (known === undefined || pool === undefined || sell.asset === 'native') return null
  const done = known.venue.module.sell(pool, sell.asset, sell.amount)
  return done === null ? null : ownedBy(known.key, [{ op: 'put-market', market: done.after }])
}

const ownedBy = (owner: string, patches: readonly Patch[]): readonly OwnedPatch[] =>
  patches.map((patch) => ({ owner, patch }))
