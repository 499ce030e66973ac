import { marketId, positionId } from '#core/book.ts'
import type { Intent } from '../execution/intent.ts'
import type { Mirror } from './mirror.ts'

/** Blocks between two readings for one reason: a fault of another kind is not mended by them. */
const doubtEvery = 10

/**
 * An order that reverts on the state it was made for was made from a picture that is wrong: what it stood on is read
 * again with the next head.
 */
export function createDoubts(): (mirror: Mirror, reverted: Intent) => void {
  /** Block in which a position or a pool was last doubted. */
  const doubtedAt = new Map<string, number>()
  return (mirror, { block, steps, legs }) => {
    const parts = [...steps.map(({ position }) => position), ...legs.map(({ pool }) => pool.toLowerCase())]
    const isFresh = (id: string): boolean => block - (doubtedAt.get(id) ?? Number.NEGATIVE_INFINITY) >= doubtEvery
    const fresh = [...new Set(parts.filter(isFresh))]
    if (fresh.length === 0) return
    for (const id of fresh) doubtedAt.set(id, block)
    mirror.doubt(fresh.map(positionId), fresh.map(marketId))
  }
}
