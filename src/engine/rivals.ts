import type { Hex } from '#core/address.ts'
import type { Log, LogFilter } from '#core/block.ts'
import { isKeeperError } from '#core/error.ts'
import type { Verdict } from '#core/plan.ts'
import type { World } from '#core/world.ts'
import { matches } from '../chain/match.ts'
import { createLedger } from '../misses/ledger.ts'
import { createWords } from '../misses/words.ts'
import type { KeeperEvents } from './events.ts'
import { type Followed, type MissParts, missesIn } from './misses-in.ts'

/** What others take, and why it was not us: beside the path, from blocks alone. */
export interface Rivals {
  readonly restore: () => Promise<void>
  /** Logs that tell of it, in markets that are not followed too. */
  readonly watches: () => readonly LogFilter[]
  readonly judged: (block: number) => void
  readonly heard: (verdict: Verdict, block: number) => void
  readonly onHead: (head: Omit<Followed, 'transactions'>) => void
  readonly onUndone: (blocks: readonly Hex[]) => void
  readonly settled: () => Promise<void>
}

export type RivalsParts = MissParts & {
  readonly world: Pick<World, 'at' | 'store'>
  readonly events: Pick<KeeperEvents, 'missed' | 'missTakenBack' | 'fault'>
}
type Job = Followed & { readonly tries: number }

/** A node that does not answer is asked again with the next heads, so often. */
const triesMax = 5
/** Blocks for which what was sent is remembered. */
const keptBlocks = 64

export function createRivals(parts: RivalsParts): Rivals {
  const { mirror, world, tried, events } = parts
  const words = createWords(keptBlocks)
  const ledger = createLedger({ store: world.store, missed: events.missed, takenBack: events.missTakenBack })
  const waiting: Job[] = []
  /** The node did not answer: asked again with the next head. */
  const failed: Job[] = []
  let round: Promise<void> | null = null

  const filters = (): readonly LogFilter[] =>
    mirror().modules.strategies.flatMap(({ key, module }) => module.liquidations?.(mirror().books.shelf(key)) ?? [])
  const isTelling = (): ((log: Log) => boolean) => {
    const all = mirror().modules.strategies.flatMap(({ key, module }) => {
      const book = mirror().books.shelf(key)
      return module.liquidations?.(book) ?? module.watches(book)
    })
    return (log) => all.some((filter) => matches(filter, log))
  }
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      try {
        for (const miss of await missesIn(parts, job, words)) if (!ledger.has(miss)) await ledger.add(miss)
      } catch (error) {
        events.fault(error instanceof Error ? error : new Error(String(error)))
        const again = { ...job, tries: job.tries + 1 }
        if (isKeeperError(error) && error.retryable && again.tries < triesMax) failed.push(again)
      }
    }
  }
  const begin = (): void => {
    if (waiting.length === 0 || round !== null) return
    round = work().finally(() => {
      round = null
      begin()
    })
  }
  return {
    restore: ledger.restore,
    watches: filters,
    judged: words.judged,
    heard: words.heard,
    onHead: (head) => {
      tried.forget(head.block.number - keptBlocks)
      waiting.push(...failed.splice(0))
      const telling = head.logs.length === 0 ? [] : head.logs.filter(isTelling())
      const transactions = [...new Set(telling.map(({ transactionHash }) => transactionHash))]
      if (transactions.length > 0) waiting.push({ ...head, transactions, tries: 0 })
      begin()
    },
    onUndone: ledger.undone,
    settled: async () => {
      while (round !== null) await round
    },
  }
}
