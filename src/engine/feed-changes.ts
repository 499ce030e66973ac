import type { Block } from '#core/block.ts'
import type { Mirror } from './mirror.ts'
import type { Announced } from './upcoming.ts'
import { blockAt } from './upcoming.ts'

/** Feeds that time alone gives another value until the horizon, each with the scene of its second. */
export function feedChanges(mirror: Mirror, next: Block, blockSeconds: number, horizon: number): readonly Announced[] {
  return mirror.feedChanges(next).flatMap(({ feed, when, derivedAt }) => {
    const block =
      'atBlock' in when
        ? { ...next, number: when.atBlock, timestamp: next.timestamp + (when.atBlock - next.number) * blockSeconds }
        : blockAt(next, when.atSecond, blockSeconds)
    if (block.timestamp > horizon) return []
    const patch = { op: 'put-feed' as const, id: feed, reading: derivedAt(block) }
    const spec = { trigger: 'cut-off' as const, block, cause: feed, patches: [{ owner: '', patch }], before: [] }
    return [{ spec, feed }]
  })
}
