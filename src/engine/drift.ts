import type { Block } from '#core/block.ts'
import type { Position, PositionId } from '#core/book.ts'
import type { Figures } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { plainly } from '../scene/scene.ts'
import type { Mirror } from './mirror.ts'

export type Drift = {
  readonly key: string
  readonly strategy: string
  readonly position: PositionId
  readonly ours: Figures
  readonly theirs: Figures
}

/** Draws `count` positions of a strategy, as even as the randomness given. */
export function sample(
  positions: Iterable<Position>,
  count: number,
  random: (bytes: number) => Uint8Array,
): readonly Position[] {
  const all = [...positions]
  const drawn: Position[] = []
  while (drawn.length < count && all.length > 0) {
    const bytes = random(4)
    const at = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) % all.length
    drawn.push(...all.splice(at, 1))
  }
  return drawn
}

/**
 * Compares positions with the protocol's own view of them at the same block. What differs is drift: a log misread, a
 * change nobody told of, a rule misunderstood.
 */
export async function driftOf(
  mirror: Mirror,
  view: View,
  key: string,
  positions: readonly Position[],
): Promise<readonly Drift[]> {
  const strategy = mirror.modules.strategies.find((one) => one.key === key)
  if (strategy === undefined) return []
  const block: Block = view.block
  const scene = mirror.sceneOf(key, plainly(block, 'head'))
  const book = mirror.books.shelf(key)
  // Ours first, in one go: the book may move on while the node answers.
  const ours = positions.map((position) => strategy.module.judge(scene, position))
  const theirs = await Promise.all(positions.map((position) => strategy.module.probe(view, book, position)))
  return positions.flatMap((position, at) => {
    const [mine, its] = [ours[at], theirs[at]]
    if (mine === undefined || its === undefined || isSame(mine, its)) return []
    return [{ key, strategy: strategy.name, position: position.id, ours: mine, theirs: its }]
  })
}

const isSame = (a: Figures, b: Figures): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => a[name] === b[name])
}
