import type { Address } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { MarketId, PositionId } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Wei } from '#core/numbers.ts'
import type { View } from '#core/world.ts'
import { type DecideSettings, decide } from '../engine/decide.ts'
import type { Mirror } from '../engine/mirror.ts'
import { positionsOf } from '../engine/verdict-record.ts'
import { plainly } from '../scene/scene.ts'

/** A position below the line at the range's end that nobody has taken. */
export type Standing = {
  readonly key: string
  readonly position: PositionId
  readonly market: MarketId
  readonly owner: Address | null
  /** `null` where the earlier state could not be asked for. */
  readonly wasBelow: true | null
  /** What a keeper would do about it now: `act`, or the reason why not; `null` where there is nothing to take. */
  readonly verdict: string | null
  readonly detail: string
  /** In wei, after gas and tip, of the plan there was. */
  readonly net: Wei | null
}

/** Below the line in the block after the view's, and by the protocol's own word already at the earlier view. */
export async function leftStanding(
  mirror: Mirror,
  next: Block,
  earlier: View | null,
  settings: DecideSettings,
): Promise<readonly Standing[]> {
  const words = wordsOf(mirror, next, settings)
  const found: Standing[] = []
  for (const { key, module } of mirror.modules.strategies) {
    const scene = mirror.sceneOf(key, plainly(next, 'head'))
    for (const position of [...scene.book.positions()]) {
      if (!module.judge(scene, position).liquidatable) continue
      const wasBelow = earlier === null ? null : await askEarlier(mirror, key, earlier, position)
      if (wasBelow === false) continue
      const { id, market, owner } = position
      const { verdict = null, detail = '', net = null } = words.get(id) ?? {}
      found.push({ key, position: id, market, owner, wasBelow, verdict, detail, net })
    }
  }
  return found.sort((a, b) => Number((b.net ?? 0n) - (a.net ?? 0n) > 0n) || -1)
}

type Words = Pick<Standing, 'verdict' | 'detail' | 'net'>

function wordsOf(mirror: Mirror, next: Block, settings: DecideSettings): ReadonlyMap<PositionId, Words> {
  const { plans, skips } = decide(
    mirror,
    plainly(next, 'head'),
    settings,
    () => undefined,
    () => null,
  )
  return new Map([
    ...skips.flatMap(({ positions, reason, detail, plan }) =>
      positions.map((id): [PositionId, Words] => [id, { verdict: reason, detail, net: plan?.sum.net ?? null }]),
    ),
    ...plans.flatMap((plan) =>
      positionsOf({ do: 'act', plan }).map((id): [PositionId, Words] => [
        id,
        { verdict: 'act', detail: '', net: plan.sum.net },
      ]),
    ),
  ])
}

/** A node without old states answers none: then it is not known. */
async function askEarlier(
  mirror: Mirror,
  key: string,
  earlier: View,
  position: Parameters<Mirror['modules']['strategies'][number]['module']['probe']>[2],
): Promise<boolean | null> {
  const of = mirror.modules.strategies.find((one) => one.key === key)
  try {
    return of === undefined ? null : (await of.module.probe(earlier, mirror.books.shelf(key), position)).liquidatable
  } catch (error) {
    if (error instanceof KeeperError) return null
    throw error
  }
}
