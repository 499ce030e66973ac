import type { Block } from '#core/block.ts'
import type { PositionId } from '#core/book.ts'
import type { SceneSource } from '#core/scene.ts'
import { createHeap } from '../calendar/heap.ts'
import { plainly } from '../scene/scene.ts'
import { crossers, secondOf } from './crossers.ts'
import type { Mirror } from './mirror.ts'

/** Who crosses within it is kept: a few, since the margins that interest eats up in minutes are millionths. */
const horizonSeconds = 600

type Due = { readonly at: number; readonly key: string; readonly position: PositionId }

/**
 * Foretells interest crossings. It makes no scene of its own: the next block is judged at its own timestamp, so a
 * crossing is found there, on time and exactly. What a heap adds is the reason, known before the head that it comes
 * with: a crossing that time alone was to bring is contested by few, whatever update lands in the same block.
 *
 * Swept beside the path whenever what the seconds stand on has changed (a rate may have risen, a price may have brought
 * somebody near), and timed anew when an entry comes to the top; nothing here decides.
 */
export function createInterest(mirror: Mirror, blockSeconds: number): SceneSource {
  let heap = createHeap<Due>()
  let sweptUntil = 0
  let next: Block | null = null
  let foretold: { readonly block: number; readonly positions: ReadonlySet<PositionId> }[] = []

  /** Those the block after `coming` is to find below the line, and not `coming` itself, by what is known now. */
  const dueAfter = (coming: Block): ReadonlySet<PositionId> => {
    const due = new Set<PositionId>()
    const again: Due[] = []
    for (let top = heap.peek(); top !== undefined && top.at <= coming.timestamp + blockSeconds; top = heap.peek()) {
      heap.pop()
      const at = retimed(mirror, coming, top)
      if (at === null || at <= coming.timestamp) continue
      again.push({ ...top, at })
      if (at <= coming.timestamp + blockSeconds) due.add(top.position)
    }
    for (const one of again) heap.push(one)
    return due
  }

  return {
    onHead: (coming) => {
      next = coming
      const block = coming.number + 1
      foretold = [...foretold.filter((one) => one.block === coming.number), { block, positions: dueAfter(coming) }]
      return []
    },
    onInput: () => [],
    foretold: (position, { number }) =>
      foretold.some(({ block, positions }) => block === number && positions.has(position)) ? 'interest' : null,
    care: async () => {
      if (next === null || (!hasMoved(mirror) && next.timestamp + horizonSeconds / 2 < sweptUntil)) return false
      sweptUntil = next.timestamp + horizonSeconds
      const found = crossers(mirror, next, sweptUntil)
      heap = createHeap(found.map(({ at, key, position }) => ({ at, key, position: position.id })))
      const block = next.number + 1
      foretold = [...foretold.filter((one) => one.block !== block), { block, positions: dueAfter(next) }]
      return false
    },
  }
}

function hasMoved(mirror: Mirror): boolean {
  const { landed, derived, parameters, moved, positions } = mirror.changes()
  return [landed, derived, parameters, moved, positions].some(({ size }) => size > 0)
}

function retimed(mirror: Mirror, coming: Block, { key, position }: Due): number | null {
  const module = mirror.modules.strategies.find((one) => one.key === key)?.module
  const found = mirror.books.shelf(key).position(position)
  if (module === undefined || found === undefined) return null
  return secondOf(module, mirror.sceneOf(key, plainly(coming, 'interest')), found)
}
