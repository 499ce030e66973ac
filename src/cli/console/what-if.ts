import type { Config } from '../../config/config.ts'
import type { Slices } from '../../console/slices.ts'
import { nextBlock } from '../../scene/next-block.ts'
import { type FallenAll, fallenBy } from '../../stress/fallen.ts'
import type { Ground } from '../../stress/model.ts'
import type { Taken } from '../../stress/take-fallen.ts'
import { decideSettings } from '../decide-settings.ts'
import type { OpenKeeper } from '../open-keeper.ts'
import type { LiveBook } from './live-book.ts'
import type { Thinker } from './thinker.ts'

/** How many of the nearest are judged, and how many of those that fall are worked out, the heaviest debt first. */
const judgedMost = 1_000
const workedMost = 40
/** A head in between makes it begin anew. */
const triesMost = 5

type Parts = {
  readonly config: Config
  readonly opened: OpenKeeper
  readonly slices: Slices
  readonly thinker: Thinker
  readonly book: Pick<LiveBook, 'tokens'>
}

/** If one price moved so at once: who falls, how much they owe, what would be in it. The newest question alone is answered. */
export function createWhatIf({ config, opened, slices, thinker, book }: Parts) {
  let newest = 0
  return async (name: string, share: number): Promise<object | null> => {
    newest += 1
    const asked = newest
    const shocks = [{ name: name.toUpperCase(), share }]
    for (let tries = 0; tries < triesMost && asked === newest; tries += 1) {
      const head = opened.keeper.head()
      const mirror = opened.keeper.mirror()
      if (head === null) return null
      const block = nextBlock(head, config.chain.blockSeconds)
      const ground: Ground = { mirror, block, settings: decideSettings(config), tokens: book.tokens() }
      const isWanted = (): boolean => asked === newest && mirror.books.tip() === head.hash
      const from = performance.now()
      const all = await slices.run(fallenBy(ground, shocks, judgedMost), isWanted)
      if (all === null) continue
      const worked = all.fallen.slice(0, workedMost).map(({ one }) => one)
      const { mirror: _, ...rest } = ground
      const these = worked.map(({ key, position: { id } }) => ({ key, id }))
      const taken = await thinker.ask<Taken>(mirror, worked, { kind: 'take', ground: rest, shocks, these }, isWanted)
      if (taken !== null) return { ...answerOf(all, taken), block: block.number, tookMs: performance.now() - from }
    }
    return null
  }
}

const answerOf = ({ fallen, below }: FallenAll, { words, net, plans }: Taken) => ({
  ...{ below, net, plans },
  debtUsd: fallen.reduce((sum, { debtUsd }) => sum + (debtUsd ?? 0), 0),
  fallen: fallen.slice(0, 100).map(({ position, one: { protocol, health }, debtUsd }) => ({
    ...{ position: position.id, owner: position.owner, protocol, health, debtUsd },
    ...(words.get(position.id) ?? { net: null, reason: 'not worked out' }),
  })),
})
