import type { Block } from '#core/block.ts'
import type { Position } from '#core/book.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { plainly } from '../scene/scene.ts'
import type { Mirror } from './mirror.ts'

/** A position whose judgement time alone changes, and the second at which it does. */
export type Crosser = {
  readonly at: number
  readonly key: string
  readonly module: Strategy
  readonly position: Position
}

/**
 * Whom interest carries over the line until `horizon`, if nothing else changes, and whom another gate or line of the
 * protocol's own awaits. One sweep of the screen at the horizon finds them, in floats: what is left above the line is
 * concave in time, so what is above it there has been above it all along. The strategy then gives the exact second. `above`:
 * only of those who are not below the line already.
 */
export function crossers(
  mirror: Mirror,
  next: Block,
  horizon: number,
  whom: 'all' | 'above' = 'all',
): readonly Crosser[] {
  return mirror.modules.strategies.flatMap(({ key, module }) => {
    const scene = mirror.sceneOf(key, plainly(next, 'interest'))
    // Prices stay as they are in the next block: what time does to them is a change of its own.
    const then = { ...scene, block: { ...next, timestamp: horizon } }
    const below = new Set(whom === 'all' ? [] : idsOf(mirror.candidates(key, scene)))
    return [...mirror.candidates(key, then).values()].flat().flatMap((position) => {
      if (below.has(position.id)) return []
      const at = secondOf(module, scene, position)
      return at === null || at > horizon ? [] : [{ at, key, module, position }]
    })
  })
}

const idsOf = (candidates: ReturnType<Mirror['candidates']>): readonly string[] =>
  [...candidates.values()].flat().map(({ id }) => id)

/** The second after the scene's own at which time alone changes the answer; `null` where none is known. */
export function secondOf(module: Strategy, scene: Scene, position: Position): number | null {
  const when = module.nextChange(scene, position)
  return when === null || !('atSecond' in when) ? null : when.atSecond
}
