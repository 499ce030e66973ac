import type { Position } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'

/** Somebody's position, in the scene that it is judged in: the next block. */
export type Watched = { readonly module: Strategy; readonly scene: Scene; readonly position: Position }

/** Wad, as the protocol's own arithmetic has it; `null` where it cannot be judged, or has no line to cross. */
export function healthOf({ module, scene, position }: Watched): bigint | null {
  const { healthFactor } = module.judge(scene, position)
  return typeof healthFactor === 'bigint' ? healthFactor : null
}

export const isLiquidatable = ({ module, scene, position }: Watched): boolean =>
  module.judge(scene, position).liquidatable

/** The same with one feed at another value. */
export function withReading(watched: Watched, id: FeedId, value: bigint): Watched {
  const { scene } = watched
  const feed: Scene['feed'] = (asked) => {
    const reading = scene.feed(asked)
    return asked === id && reading !== null ? { ...reading, value } : reading
  }
  return { ...watched, scene: { ...scene, feed } }
}

/** The same so many seconds later, all prices as they are. */
export function later(watched: Watched, seconds: number, blockSeconds: number): Watched {
  const { block } = watched.scene
  const then = {
    ...block,
    timestamp: block.timestamp + seconds,
    number: block.number + Math.floor(seconds / blockSeconds),
  }
  return { ...watched, scene: { ...watched.scene, block: then } }
}
