import type { PositionId } from '#core/book.ts'
import type { Mirror } from '../engine/mirror.ts'
import type { Below } from './chunk-output.ts'
import type { Words } from './words.ts'

/** For how long each position was spoken of without a break, and how often each thing was said. */
export interface Runs {
  readonly said: (block: number, words: Words, mirror: Mirror) => void
  readonly all: () => readonly Below[]
  readonly reasons: () => Readonly<Record<string, number>>
}

export function createRuns(): Runs {
  const ended: Below[] = []
  const open = new Map<string, Below>()
  const counts = new Map<string, number>()
  return {
    said: (block, words, mirror) => {
      for (const [position, { verdict }] of words) {
        const reason = verdict.do === 'act' ? 'act' : verdict.reason
        counts.set(reason, (counts.get(reason) ?? 0) + 1)
        const run = open.get(position)
        const strategy = run?.strategy ?? strategyOf(mirror, position as PositionId)
        open.set(position, { position, strategy, from: run?.from ?? block, to: block })
      }
      for (const [position, run] of open) {
        if (run.to === block) continue
        ended.push(run)
        open.delete(position)
      }
    },
    all: () => [...ended, ...open.values()].sort((a, b) => a.from - b.from || (a.position < b.position ? -1 : 1)),
    reasons: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

const strategyOf = ({ modules, books }: Mirror, position: PositionId): string =>
  modules.strategies.find(({ key }) => books.shelf(key).position(position) !== undefined)?.name ?? 'none'
