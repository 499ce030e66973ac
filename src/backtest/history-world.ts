import type { Hex } from '#core/address.ts'
import type { Block, LogFilter } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import type { Input, Store } from '#core/world.ts'
import type { HeadEvent } from '../chain/heads.ts'
import type { NewInput } from '../chain/input-queue.ts'
import type { LiveHead, LiveWorld } from '../chain/live-world.ts'
import type { Rpc } from '../chain/rpc.ts'
import { blockOf, quantity, type RawBlock, viewOf } from '../chain/view.ts'
import { pastBlocks } from './past-blocks.ts'
import { seededBytes } from './seeded-bytes.ts'

/** Blocks `from` to `to` come as heads; the keeper begins on the one before them. */
export type Range = { readonly from: number; readonly to: number }

export type HistoryWorldOptions = {
  /** What the keeper reads by. */
  readonly rpc: Rpc
  /** What blocks and logs are read ahead by: it sees what comes, and is given to nobody. */
  readonly ahead: Rpc
  readonly range: Range
  /** The last block that is given: what is read ahead is the range's all the same. */
  readonly until: number
  readonly store: Store
  readonly seed: string
  /** Blocks whose state is read again. */
  readonly depth: number
  /** The chain has Multicall3. */
  readonly isAggregated: boolean
  /** Logs wanted beside those that the keeper watches. */
  readonly also: () => readonly LogFilter[]
  /** Resolves when the keeper has come to rest on what it was given. */
  readonly rest: () => Promise<void>
  /** What the keeper is given before a block, as if it had come between: asked while it rests on the one before. */
  readonly hints: (coming: HeadEvent) => Promise<readonly NewInput[]>
  /** The keeper rests, and all has been given that comes before the block. */
  readonly before: (coming: HeadEvent) => Promise<void>
}
/** The newest block given so far. */
export type HistoryWorld = LiveWorld & { readonly newest: () => number }

/**
 * A World made of blocks that are over: each is given when the keeper has come to rest on the one before, with the
 * chain's own time. Reads are pinned by hash as in a live one; nothing is sent; the clock never waits.
 */
export function historyWorld(options: HistoryWorldOptions): HistoryWorld {
  const { rpc, ahead, range, store, depth, rest, also } = options
  const past = pastBlocks(ahead, range.to)
  const blocks = new Map<Hex, Block>()
  let newest = range.from - 1
  let nowMs = 0
  let order = 0
  let filters: () => readonly LogFilter[] = () => []
  let isClosed = false
  const know = (hash: Hex, block: Block): void => {
    blocks.set(hash, block)
    newest = block.number
    nowMs = block.timestamp * 1_000
    for (const old of blocks.keys()) if (blocks.size > depth * 2) blocks.delete(old)
  }
  const knownBlock = (hash: Hex): Block => {
    const block = blocks.get(hash)
    if (block === undefined) throw new KeeperError('not-found', `block ${hash} was not given lately`)
    return block
  }
  const numbered = (input: NewInput): Input => {
    order += 1
    return { ...input, order: order - 1, atMs: nowMs, atNs: nowNs() } as Input
  }
  const nowNs = (): bigint => BigInt(nowMs) * 1_000_000n
  const view = (hash: Hex) => viewOf(rpc, hash, knownBlock(hash), options.isAggregated)

  async function* inputs(): AsyncGenerator<Input> {
    for (let number = newest + 1; number <= options.until && !isClosed; number += 1) {
      await rest()
      const coming = await past.block(number, [...filters(), ...also()])
      if (!blocks.has(coming.block.parentHash))
        throw new KeeperError('bad-answer', `block ${number} does not stand on the one before: the node changed chains`)
      for (const input of await options.hints(coming)) {
        yield numbered(input)
        await rest()
      }
      await options.before(coming)
      know(coming.hash, coming.block)
      yield numbered({ kind: 'head', ...coming })
    }
    await rest()
  }

  return {
    newest: () => newest,
    world: {
      inputs: inputs(),
      at: view,
      clock: { wake: () => undefined, monotonicNs: nowNs },
      send: async () => ({ accepted: false, answer: 'history takes nothing' }),
      store,
      random: seededBytes(options.seed),
    },
    latest: async () => {
      const raw = (await ahead.request('eth_getBlockByNumber', [quantity(range.from - 1), false])) as RawBlock | null
      if (raw === null) throw new KeeperError('not-found', `the node has no block ${range.from - 1}`)
      const head = headFrom(raw)
      know(head.hash, head.block)
      return head
    },
    hashAt: async (number) => [...blocks].find(([, block]) => block.number === number)?.[0] ?? null,
    readAll: view,
    follow: (_from, watched) => {
      filters = watched
    },
    command: () => undefined,
    pending: () => undefined,
    hint: () => undefined,
    isBehind: () => false,
    close: () => {
      isClosed = true
    },
  }
}

const headFrom = (raw: RawBlock): LiveHead => ({
  hash: raw.hash as Hex,
  block: blockOf(raw),
  gasUsed: BigInt(raw.gasUsed),
  gasLimit: BigInt(raw.gasLimit),
})
