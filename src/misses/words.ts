import type { PositionId } from '#core/book.ts'
import type { Verdict } from '#core/plan.ts'
import type { Word } from './classify.ts'

/** What was said of whom, by block, for the last few: a liquidation is held against the words for its own block. */
export interface Words {
  /** The block to come is judged, for the first time or again. */
  readonly judged: (block: number) => void
  /** Within a block the last word counts; that it was acted on is not taken back by what is said afterwards. */
  readonly heard: (verdict: Verdict, block: number) => void
  readonly of: (position: PositionId, block: number) => Word | null
  readonly isJudged: (block: number) => boolean
  /** The first block judged after that one; the next one where there is none yet. */
  readonly judgedAfter: (block: number) => number
}

export function createWords(blocksKept = 64): Words {
  const byBlock = new Map<number, Map<PositionId, Word>>()
  /** Judged before the newest, and the newest. */
  let [former, newest] = [-1, -1]
  const judged = (block: number): void => {
    if (block !== newest) [former, newest] = [newest, block]
    if (!byBlock.has(block)) byBlock.set(block, new Map())
    for (const old of byBlock.keys()) if (byBlock.size > blocksKept) byBlock.delete(old)
  }
  return {
    judged,
    heard: (verdict, block) => {
      const words = byBlock.get(block)
      if (words === undefined) return
      const [said, detail] = verdict.do === 'act' ? (['act', ''] as const) : [verdict.reason, verdict.detail]
      for (const position of positionsOf(verdict)) {
        const before = words.get(position)
        if (before?.said === 'act' && said !== 'act') continue
        const since = before?.since ?? byBlock.get(former)?.get(position)?.since ?? block
        words.set(position, { said, detail, plan: verdict.plan, since })
      }
    },
    of: (position, block) => byBlock.get(block)?.get(position) ?? null,
    isJudged: (block) => byBlock.has(block),
    judgedAfter: (block) => {
      const later = [...byBlock.keys()].filter((one) => one > block)
      return later.length === 0 ? block + 1 : Math.min(...later)
    },
  }
}

const positionsOf = (verdict: Verdict): readonly PositionId[] =>
  verdict.do === 'skip' ? verdict.positions : verdict.plan.steps.flatMap(({ opportunity }) => opportunity.positions)
