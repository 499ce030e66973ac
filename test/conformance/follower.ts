import type { Hex } from '#core/address.ts'
import type { Block, Log } from '#core/block.ts'
import type { Book, MarketId, Patch, PositionId } from '#core/book.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { overlay } from '../../src/book/overlay.ts'
import { createShelf, type Shelf, type ShelfPatch } from '../../src/book/shelf.ts'
import { decodeLog, type RawLog } from '../../src/chain/log.ts'
import type { Rpc } from '../../src/chain/rpc.ts'
import { filterOf, quantity, type RawBlock, viewAt } from '../../src/chain/view.ts'
import { plainly, sceneAt } from '../../src/scene/scene.ts'

/** A strategy with a book, kept as the engine keeps one: logs folded in order, then what they made stale read again. */
export type Follower = {
  readonly strategy: Strategy
  readonly book: () => Book
  /** Follows one more block; gives its logs, and what undoes it. */
  readonly follow: (view: View) => Promise<{ readonly logs: readonly Log[]; readonly undo: () => void }>
}

export async function bootstrapped(strategy: Strategy, rpc: Rpc): Promise<Follower> {
  const shelf = createShelf()
  for await (const patches of strategy.bootstrap(await headView(rpc))) applyTo(shelf, patches)
  return followerOn(strategy, rpc, shelf)
}

function followerOn(strategy: Strategy, rpc: Rpc, shelf: Shelf): Follower {
  const book = (): Book => shelf
  return {
    strategy,
    book,
    follow: async (view) => {
      const logs = await logsOf(strategy, rpc, book(), view)
      const inverses: ShelfPatch[] = []
      const markets = new Set<MarketId>()
      const positions = new Set<PositionId>()
      for (const log of logs) {
        const { patches, dirty } = strategy.fold(book(), log)
        inverses.push(...applyTo(shelf, patches))
        for (const id of dirty.markets) markets.add(id)
        for (const id of dirty.positions) positions.add(id)
      }
      const dirty = { markets: [...markets], positions: [...positions] }
      const isStale = dirty.markets.length + dirty.positions.length > 0
      if (isStale) inverses.push(...applyTo(shelf, await strategy.refresh(view, book(), dirty)))
      return { logs, undo: () => void applyTo(shelf, inverses.toReversed()) }
    },
  }
}

/** What watches match, each log once; a market found on the way may bring watches of its own within the block. */
async function logsOf(strategy: Strategy, rpc: Rpc, book: Book, { block }: View): Promise<readonly Log[]> {
  const at = { fromBlock: quantity(block.number), toBlock: quantity(block.number) }
  const answers = await Promise.all(
    strategy.watches(book).map((filter) => rpc.request('eth_getLogs', [{ ...filterOf(filter), ...at }])),
  )
  const raw = new Map((answers as RawLog[][]).flat().map((one) => [Number(one.logIndex), one]))
  return [...raw].sort(([a], [b]) => a - b).map(([, one]) => decodeLog(one, block))
}

function applyTo(shelf: Shelf, patches: readonly Patch[]): ShelfPatch[] {
  return patches.flatMap((patch) => (patch.op === 'put-feed' ? [] : [shelf.apply(patch)]))
}

export async function headView(rpc: Rpc): Promise<View> {
  const { hash } = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
  return viewAt(rpc, hash as Hex)
}

/** The block to come, so many seconds after the head. */
export const blockAfter = (head: Block, seconds: number): Block => ({
  ...head,
  number: head.number + 1,
  timestamp: head.timestamp + seconds,
})

/** The head's state as a call in that block would see it: its number and timestamp, and nothing else, are moved. */
export function viewAsOf(rpc: Rpc, head: View, block: Block): View {
  const overrides = { number: quantity(block.number), time: quantity(block.timestamp) }
  return {
    ...head,
    block,
    call: async (calls) => {
      const asks = calls.map(({ to, data }) => ({
        method: 'eth_call',
        params: [{ to, data }, 'latest', {}, overrides],
      }))
      const answers = await rpc.batch(asks)
      return answers.map((answer) => (typeof answer === 'string' ? (answer as Hex) : null))
    },
  }
}

export type Readings = ReadonlyMap<FeedId, Reading>

/** Every feed, as the protocol would read it in that block. */
export async function readingsAt({ strategy, book }: Follower, view: View): Promise<Readings> {
  const feeds = strategy.feeds(book())
  const answers = await view.call(feeds.map(({ read }) => ({ to: read.to, data: read.data })))
  return new Map(
    feeds.map(({ id, read }, at): [FeedId, Reading] => {
      const answer = answers[at] ?? null
      return [id, answer === null ? null : decoded(read.decode, answer, view.block.timestamp)]
    }),
  )
}

function decoded(decode: (answer: Hex) => bigint, answer: Hex, updatedAt: number): Reading {
  try {
    return { value: decode(answer), updatedAt }
  } catch {
    return null
  }
}

export const sceneOf = (book: Book, block: Block, readings: Readings): Scene =>
  sceneAt(plainly(block, 'head'), 'subject', book, (id) => readings.get(id) ?? null, overlay)

/** The block so many seconds on, as the chain's calls would see it, and as a scene with its feeds read. */
export async function lookAhead(
  follower: Follower,
  rpc: Rpc,
  seconds: number,
): Promise<{ readonly view: View; readonly scene: Scene }> {
  const head = await headView(rpc)
  const view = viewAsOf(rpc, head, blockAfter(head.block, seconds))
  return { view, scene: sceneOf(follower.book(), view.block, await readingsAt(follower, view)) }
}
