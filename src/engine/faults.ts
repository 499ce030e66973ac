import type { Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Book, type Dirty, type MarketId, nothingFolded, type Patch, type PositionId } from '#core/book.ts'
import { isKeeperError, KeeperError } from '#core/error.ts'
import type { Strategy } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import type { Module } from './modules.ts'

/** Who could not be followed, and why. One strategy that throws leaves the others as they are. */
export interface Faults {
  /** Its calls no longer throw, but for what the node did: what they would have said is held back instead. */
  readonly isolated: (module: Module<Strategy>) => Module<Strategy>
  /** Why a position is left alone; `null`: it is not. */
  readonly of: (key: string, position: PositionId, market: MarketId) => string | null
  /** A position that its strategy cannot tell of. */
  readonly hold: (key: string, id: PositionId, error: unknown) => void
  /** Of what is held, what is to be read again in this block: each time half as often, as long as it stays so. */
  readonly due: (block: number) => readonly { readonly key: string; readonly dirty: Dirty }[]
  /** Strategies that are to be read anew. */
  readonly broken: () => readonly string[]
  /** It has been read anew in this block. @returns the logs it was given meanwhile. */
  readonly mend: (key: string, tip: Hex | null) => readonly Log[]
  /** What was read anew in these blocks is gone, and so are their logs; `tip`: on what they stood. */
  readonly onUndone: (hashes: readonly Hex[], tip: Hex | null) => void
  readonly tell: (why: string, cause: unknown) => void
  /** Told once. */
  readonly takeNews: () => readonly KeeperError[]
}

/** The node's doing: it is tried again with the next head. */
export const isOfNode = (error: unknown): boolean =>
  isKeeperError(error) && (error.retryable || error.code === 'rpc-unreachable' || error.code === 'rpc-refused')

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What could not be read or told alone: one market, or one position. */
type Held = { readonly key: string; readonly dirty: Dirty; readonly why: string }
const mostBlocks = 256

export function createFaults(shelfOf: (key: string) => Book): Faults {
  const broken = new Map<string, { readonly why: string; logs: Log[] }>()
  const held = new Map<string, Held>()
  const waits = new Map<string, { readonly due: number; readonly blocks: number }>()
  const mendedAt = new Map<Hex, string[]>()
  let news: KeeperError[] = []

  const tell = (why: string, cause: unknown): void => void news.push(new KeeperError('bad-answer', why, { cause }))
  const breaks = (key: string, what: string, error: unknown): void => {
    if (broken.has(key)) return
    const why = `${key} could not be followed (${what}: ${wordsOf(error)}): it is read anew`
    broken.set(key, { why, logs: [] })
    tell(why, error)
  }
  const hold = (key: string, dirty: Dirty, error: unknown): void => {
    const [id] = [...dirty.markets, ...dirty.positions]
    if (held.has(`${key} ${id}`)) return
    const why = `${key} ${id}: ${wordsOf(error)}`
    held.set(`${key} ${id}`, { key, dirty, why })
    tell(why, error)
  }
  const parts: Parts = {
    isOwn: (key, book) => book === shelfOf(key),
    logsOf: (key) => broken.get(key)?.logs,
    breaks,
    hold,
    release: (key, { markets, positions }) => {
      for (const id of [...markets, ...positions]) held.delete(`${key} ${id}`)
    },
    tell,
  }
  return {
    isolated: (module) => ({ ...module, module: isolatedStrategy(module, parts) }),
    of: (key, position, market) =>
      broken.get(key)?.why ?? held.get(`${key} ${position}`)?.why ?? held.get(`${key} ${market}`)?.why ?? null,
    hold: (key, id, error) => hold(key, { markets: [], positions: [id] }, error),
    due: (block) =>
      [...held].flatMap(([id, one]) => {
        const { due, blocks } = waits.get(id) ?? { due: 0, blocks: 1 }
        if (block < due) return []
        waits.set(id, { due: block + blocks, blocks: Math.min(mostBlocks, blocks * 2) })
        return [one]
      }),
    tell: (key, error) => tell(`${key}: ${wordsOf(error)}`, error),
    broken: () => [...broken.keys()],
    mend: (key, tip) => {
      const { logs = [] } = broken.get(key) ?? {}
      broken.delete(key)
      for (const id of held.keys()) if (id.startsWith(`${key} `)) held.delete(id)
      if (tip !== null) mendedAt.set(tip, [...(mendedAt.get(tip) ?? []), key])
      return logs
    },
    onUndone: (hashes, tip) => {
      const parents = new Set<Hex | null>([...hashes, tip])
      for (const one of broken.values()) one.logs = one.logs.filter(({ block }) => !parents.has(block.parentHash))
      for (const hash of hashes) {
        for (const key of mendedAt.get(hash) ?? []) breaks(key, 'reorg', 'the block it was read in is gone')
        mendedAt.delete(hash)
      }
    },
    takeNews: () => {
      const told = news
      news = []
      return told
    },
  }
}

type Parts = {
  readonly isOwn: (key: string, book: Book) => boolean
  /** Where logs are kept while it is broken. */
  readonly logsOf: (key: string) => Log[] | undefined
  readonly breaks: (key: string, what: string, error: unknown) => void
  readonly hold: (key: string, dirty: Dirty, error: unknown) => void
  readonly release: (key: string, read: Dirty) => void
  readonly tell: (why: string, cause: unknown) => void
}

/** On another book than its own (what may come) it still fails, and by name. */
function isolatedStrategy({ key, module }: Module<Strategy>, parts: Parts): Strategy {
  const { isOwn, logsOf, breaks } = parts
  const failed = (what: string, book: Book, error: unknown): void => {
    if (!isOwn(key, book)) throw new KeeperError('bad-answer', `${key}, ${what}: ${wordsOf(error)}`, { cause: error })
    breaks(key, what, error)
  }
  /** What it said last stands where it cannot say it now. */
  const standing = <T>(what: string, ask: (book: Book) => readonly T[]): ((book: Book) => readonly T[]) => {
    let last: readonly T[] = []
    return (book) => {
      try {
        const said = ask(book)
        if (isOwn(key, book)) last = said
        return said
      } catch (error) {
        failed(what, book, error)
        return last
      }
    }
  }
  return {
    ...module,
    watches: standing('watches', (book) => module.watches(book)),
    feeds: standing('feeds', (book) => module.feeds(book)),
    assets: standing('assets', (book) => module.assets(book)),
    fold: (book, log) => {
      const logs = isOwn(key, book) ? logsOf(key) : undefined
      if (logs !== undefined) {
        logs.push(log)
        return nothingFolded
      }
      try {
        return module.fold(book, log)
      } catch (error) {
        failed('fold', book, error)
        return nothingFolded
      }
    },
    refresh: async (view, book, dirty) => {
      if (isOwn(key, book) && logsOf(key) !== undefined) return []
      return refreshed({ key, module, parts }, view, book, dirty)
    },
    // What cannot be screened is proven, and named there if it cannot be judged either.
    exposure: (book, position) => attempted(() => module.exposure(book, position), 'always'),
    nextChange: (scene, position) => {
      try {
        return module.nextChange(scene, position)
      } catch (error) {
        parts.hold(key, { markets: [], positions: [position.id] }, error)
        return null
      }
    },
    outcome: (before, logs) => {
      try {
        return module.outcome(before, logs)
      } catch (error) {
        parts.tell(`${key}, outcome: ${wordsOf(error)}`, error)
        return []
      }
    },
  }
}

function attempted<T>(ask: () => T, otherwise: T): T {
  try {
    return ask()
  } catch {
    return otherwise
  }
}

type Of = { readonly key: string; readonly module: Strategy; readonly parts: Parts }

/** Where some cannot be read, all are read in halves, and each that cannot be read alone is held back. */
async function refreshed(of: Of, view: View, book: Book, dirty: Dirty): Promise<readonly Patch[]> {
  const { key, module, parts } = of
  try {
    const patches = await module.refresh(view, book, dirty)
    if (parts.isOwn(key, book)) parts.release(key, dirty)
    return patches
  } catch (error) {
    if (isOfNode(error) || !parts.isOwn(key, book)) throw error
    const all = [
      ...dirty.markets.map((id) => ({ markets: [id], positions: [] })),
      ...dirty.positions.map((id) => ({ markets: [], positions: [id] })),
    ]
    const [one] = all
    if (one === undefined) return []
    if (all.length === 1) {
      parts.hold(key, one, error)
      return []
    }
    const middle = Math.ceil(all.length / 2)
    const halves = [all.slice(0, middle), all.slice(middle)].map((half) => ({
      markets: half.flatMap(({ markets }) => markets),
      positions: half.flatMap(({ positions }) => positions),
    }))
    const read = await Promise.all(halves.map((half) => refreshed(of, view, book, half)))
    return read.flat()
  }
}
