import type { Block } from '#core/block.ts'
import type { Position, PositionId } from '#core/book.ts'
import type { Figures } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import type { Shelf } from '../book/shelf.ts'
import { plainly } from '../scene/scene.ts'
import { isOfNode } from './faults.ts'
import type { Mirror } from './mirror.ts'

export type Drift = {
  readonly key: string
  readonly strategy: string
  readonly position: PositionId
  readonly ours: Figures
  readonly theirs: Figures
}

/** Draws `count` different positions of a strategy, as even as the randomness given, whatever their number. */
export function sample(shelf: Shelf, count: number, random: (bytes: number) => Uint8Array): readonly Position[] {
  const drawn = new Map<PositionId, Position>()
  const wanted = Math.min(count, shelf.size().positions)
  while (drawn.size < wanted) {
    const bytes = random(4)
    const one = shelf.draw(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0))
    if (one !== null) drawn.set(one.id, one)
  }
  return [...drawn.values()]
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
  const ours = positions.map((position) => orHeld(mirror, key, position, () => strategy.module.judge(scene, position)))
  const theirs = await Promise.all(
    positions.map(async (position) => {
      try {
        return await strategy.module.probe(view, book, position)
      } catch (error) {
        if (isOfNode(error)) throw error
        return orHeld(mirror, key, position, () => {
          throw error
        })
      }
    }),
  )
  return positions.flatMap((position, at) => {
    const [mine, its] = [ours[at], theirs[at]]
    if (mine === undefined || its === undefined || isSame(mine, its)) return []
    return [{ key, strategy: strategy.name, position: position.id, ours: mine, theirs: its }]
  })
}

/** What cannot be judged or asked for is no drift: it is held back by name. */
function orHeld(mirror: Mirror, key: string, { id }: Position, ask: () => Figures): Figures | undefined {
  try {
    return ask()
  } catch (error) {
    mirror.faults.hold(key, id, error)
    return undefined
  }
}

const isSame = (a: Figures, b: Figures): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => a[name] === b[name])
}
