import type { Address, Asset } from '#core/address.ts'
import type { PositionId } from '#core/book.ts'
import { isKeeperError } from '#core/error.ts'
import { viewAt } from '../../chain/view.ts'
import type { Config } from '../../config/config.ts'
import type { Console } from '../../console/console.ts'
import type { Slices } from '../../console/slices.ts'
import type { KeeperEvents } from '../../engine/events.ts'
import { nearLine } from '../../engine/near-line.ts'
import { tokensIn } from '../../engine/tokens-in.ts'
import { pricingFeeds, worthByFeeds } from '../../engine/worth.ts'
import { nextBlock } from '../../scene/next-block.ts'
import { plainly } from '../../scene/scene.ts'
import type { OpenKeeper } from '../open-keeper.ts'
import { readTokens, type TokenText } from '../read-tokens.ts'
import { createLookAhead } from './look-ahead.ts'
import { type NearRow, rowsOf } from './near-row.ts'
import { priceAxes } from './price-axes.ts'
import type { Thinker } from './thinker.ts'

/** The book as a console shows it: who is nearest to the line, at which prices, and what is coming. */
export type LiveBook = {
  readonly attach: (opened: OpenKeeper) => void
  readonly synced: KeeperEvents['synced']
  readonly onHead: KeeperEvents['head']
  /** Something has changed, or somebody looks now. */
  readonly wake: () => void
  readonly ownerOf: (position: string) => Address | null
  /** Of the newest survey, the nearest first. */
  readonly near: () => readonly NearRow[]
  readonly tokens: () => ReadonlyMap<Asset, TokenText>
  readonly close: () => void
}

/** So many are kept, and so many of them told to every page unasked. */
const keptMost = 1_000
const toldMost = 100
/** After a head, what it calls for is first. */
const restMs = 15
const tokensEveryMs = 60_000

type Parts = {
  readonly config: Config
  readonly slices: Slices
  readonly thinker: Thinker
  readonly window: Pick<Console, 'board' | 'isWatched' | 'flush'>
  readonly failed: (error: unknown) => void
}
type Kept = { rows: readonly NearRow[]; tokens: ReadonlyMap<Asset, TokenText>; tokensAtMs: number }

export function createLiveBook(parts: Parts): LiveBook {
  const { slices, window, failed } = parts
  const kept: Kept = { rows: [], tokens: new Map(), tokensAtMs: Number.NEGATIVE_INFINITY }
  const survey = surveyor(parts, kept)
  let opened: OpenKeeper | null = null
  let [isRunning, isWanted, isClosed] = [false, false, false]

  const run = async (of: OpenKeeper): Promise<void> => {
    isRunning = true
    while (isWanted && !isClosed && window.isWatched()) {
      isWanted = false
      // A node that fails is told of elsewhere; the next head looks again.
      await survey(of, () => !isClosed).catch((error: unknown) => (isKeeperError(error) ? undefined : failed(error)))
    }
    isRunning = false
  }
  const wake = (): void => {
    isWanted = true
    if (!isRunning && opened !== null) void run(opened)
  }
  return {
    attach: (one) => {
      opened = one
      wake()
    },
    synced: ({ markets, positions, pools, block }) => {
      window.board.put('book', { markets, positions, pools, block })
      wake()
    },
    onHead: (block, { logs, feeds, stale }) => {
      slices.rest(restMs)
      window.board.put('head', { ...block, logs, feeds, stale, atMs: Date.now() })
      setImmediate(window.flush)
      wake()
    },
    wake,
    ownerOf: (position) => opened?.keeper.ownerOf(position as PositionId) ?? null,
    near: () => kept.rows,
    tokens: () => kept.tokens,
    close: () => {
      isClosed = true
    },
  }
}

/** Looks once over the book at its newest head; what a later head overtakes is dropped. */
function surveyor({ config, slices, thinker, window }: Parts, kept: Kept) {
  const { blockSeconds, wrappedNative } = config.chain
  const lookAhead = createLookAhead(config, slices, thinker, window)
  return async ({ keeper, rpc }: OpenKeeper, isOpen: () => boolean): Promise<void> => {
    const { board } = window
    const head = keeper.head()
    const mirror = keeper.mirror()
    if (head === null) return
    const isCurrent = (): boolean => isOpen() && keeper.mirror() === mirror && mirror.books.tip() === head.hash
    const from = performance.now()
    if (from - kept.tokensAtMs > tokensEveryMs) {
      kept.tokens = await readTokens(await viewAt(rpc, head.hash), tokensIn(mirror, wrappedNative))
      kept.tokensAtMs = from
      window.board.put('tokens', Object.fromEntries(kept.tokens))
    }
    const next = nextBlock(head, blockSeconds)
    slices.takeLongestMs()
    const spec = plainly(next, 'head')
    const dollars = worthByFeeds(pricingFeeds(mirror), mirror.feeds().at(next), wrappedNative)
    const look = async (count: number) => {
      const found = await slices.run(nearLine(mirror, spec, count), isCurrent)
      if (found === null) return null
      const rows = await slices.run(rowsOf(mirror, found.near, kept.tokens, dollars), isCurrent)
      return rows === null ? null : { ...found, rows }
    }
    const show = ({ below, rows }: { readonly below: number; readonly rows: readonly NearRow[] }): void => {
      const about = { block: head.block.number, below, total: mirror.books.size().positions }
      board.putRows('near', { ...about, kept: Math.max(rows.length, kept.rows.length) }, rows.slice(0, toldMost))
      window.flush()
    }
    // What is on the page comes first; those behind it can wait for their turn.
    const first = await look(toldMost)
    if (first === null) return
    show(first)
    const found = await look(keptMost)
    if (found === null) return
    kept.rows = found.rows
    board.put('axis', priceAxes(kept.rows))
    board.put('work', { tookMs: round(performance.now() - from), longestMs: round(slices.takeLongestMs()) })
    show(found)
    await lookAhead(mirror, next, found.near, isCurrent)
  }
}

const round = (ms: number): number => Math.round(ms * 100) / 100
