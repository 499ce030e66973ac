import { type Wei, wei } from '#core/numbers.ts'
import type { Plan } from '#core/plan.ts'
import type { SceneSpec } from '#core/scene.ts'
import { type DecideSettings, exchangeOf } from '../engine/decide.ts'
import type { Mirror } from '../engine/mirror.ts'
import { spotWorth } from '../quote/spot-worth.ts'

/** What a plan's swaps get less than the pools' first prices would give for all of it, in wei; never below nothing. */
export function impactOf(mirror: Mirror, spec: SceneSpec, { legs }: Plan, { wrapped }: DecideSettings): Wei {
  const worth = spotWorth(
    exchangeOf(mirror, spec, wrapped),
    legs.flatMap(({ sell, buy }) => [sell.asset, buy.asset]),
  )
  const lost = legs.reduce(
    (sum, { sell, buy }) => sum + (worth(sell.asset, sell.amount) ?? 0n) - (worth(buy.asset, buy.amount) ?? 0n),
    0n,
  )
  return wei(lost > 0n ? lost : 0n)
}
