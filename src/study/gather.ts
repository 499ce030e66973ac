import type { Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { decodeLog, type RawLog } from '../chain/log.ts'
import type { Ask, Rpc } from '../chain/rpc.ts'
import { blockOf, quantity, type RawBlock } from '../chain/view.ts'
import type { Mirror } from '../engine/mirror.ts'
import { type CallFrame, type WinnerReceipt, winnerOf } from '../misses/winner-of.ts'
import type { Taken } from './taken.ts'

type RawReceipt = WinnerReceipt & {
  readonly transactionHash: string
  readonly blockNumber: string
  readonly logs: readonly RawLog[]
}
type RangeBlock = { readonly block: Block; readonly miner: string }

/**
 * Every liquidation of the mirror's protocols from a block on, up to the view's, in the order of the chain: by logs, then by
 * the receipts of the transactions they name. @throws `rpc-unreachable`, `rpc-refused`, `bad-answer`.
 */
export async function gather(
  rpc: Rpc,
  mirror: Mirror,
  view: View,
  from: number,
  say: (text: string) => void,
): Promise<readonly Taken[]> {
  const hashes = await transactionsOf(mirror, view, from)
  say(`${hashes.length} transactions with liquidations\n`)
  const receipts = (await inParts(
    rpc,
    hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
  )) as readonly RawReceipt[]
  const numbers = [...new Set(receipts.map(({ blockNumber }) => Number(blockNumber)))]
  const raws = (await inParts(
    rpc,
    numbers.map((number) => ({ method: 'eth_getBlockByNumber', params: [quantity(number), false] })),
  )) as readonly (RawBlock & { readonly miner: string })[]
  const blocks = new Map(raws.map((raw) => [Number(raw.number), { block: blockOf(raw), miner: raw.miner }] as const))
  const traces = await tracesOf(rpc, hashes)
  if (traces.size === 0 && hashes.length > 0) say('the node does not trace: tips are the least that was paid\n')
  const updates = await firstUpdates(mirror, view, numbers)
  const logs = receipts
    .flatMap((receipt) => receipt.logs.map((log) => decodeLog(log, known(blocks, Number(receipt.blockNumber)).block)))
    .sort((a, b) => a.block.number - b.block.number || a.logIndex - b.logIndex)
  const byHash = new Map(receipts.map((receipt) => [receipt.transactionHash, receipt] as const))
  return mirror.modules.strategies
    .flatMap(({ key, name, module }) => {
      const book = marketsOnly(mirror.books.shelf(key))
      return module.outcome(book, logs).map((outcome): Taken => {
        const receipt = byHash.get(outcome.transactionHash) as RawReceipt
        const { block, miner } = known(blocks, Number(receipt.blockNumber))
        const paid = winnerOf(receipt, block.baseFee, miner, traces.get(outcome.transactionHash) ?? null)
        const winner = outcome.by ?? paid.to ?? paid.from
        const isFollowed = book.market(outcome.market) !== undefined
        const isBehindUpdate = (updates.get(block.number) ?? Number.POSITIVE_INFINITY) < outcome.logIndex
        return { key, strategy: name, outcome, block: block.number, paid, winner, isFollowed, isBehindUpdate }
      })
    })
    .sort((a, b) => a.block - b.block || a.outcome.logIndex - b.outcome.logIndex)
}

async function transactionsOf(mirror: Mirror, view: View, from: number): Promise<readonly Hex[]> {
  const found = new Set<Hex>()
  for (const { key, module } of mirror.modules.strategies) {
    const book = mirror.books.shelf(key)
    for (const filter of module.liquidations?.(book) ?? module.watches(book))
      for await (const page of view.logs(filter, from)) for (const log of page) found.add(log.transactionHash)
  }
  return [...found]
}

/** By block, where the first answer of an oracle lies that any of the mirror's feeds reads. */
async function firstUpdates(
  mirror: Mirror,
  view: View,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const wanted = new Set(numbers)
  const first = new Map<number, number>()
  if (numbers.length === 0) return first
  for (const filter of mirror.feeds().watches())
    for await (const page of view.logs(filter, Math.min(...numbers)))
      for (const { block, logIndex } of page)
        if (wanted.has(block.number)) first.set(block.number, Math.min(first.get(block.number) ?? logIndex, logIndex))
  return first
}

/** Asked in parts; none where the node refuses the first. */
async function tracesOf(rpc: Rpc, hashes: readonly Hex[]): Promise<ReadonlyMap<Hex, CallFrame>> {
  const traces = new Map<Hex, CallFrame>()
  for (const [at, hash] of hashes.entries()) {
    try {
      traces.set(hash, (await rpc.request('debug_traceTransaction', [hash, { tracer: 'callTracer' }])) as CallFrame)
    } catch (error) {
      if (!(error instanceof KeeperError)) throw error
      if (at === 0) break
    }
  }
  return traces
}

/** How positions stood at the end says nothing of how they stood before. */
const marketsOnly = ({ market, markets }: Book): Book => ({
  market,
  markets,
  position: () => undefined,
  positions: () => [],
  positionsOf: () => [],
})

const partSize = 100

/** @throws `bad-answer` where a node has told of what it does not have. */
async function inParts(rpc: Rpc, asks: readonly Ask[]): Promise<readonly unknown[]> {
  const all: unknown[] = []
  for (let at = 0; at < asks.length; at += partSize) all.push(...(await rpc.batch(asks.slice(at, at + partSize))))
  for (const [at, answer] of all.entries()) {
    if (answer instanceof KeeperError) throw answer
    if (answer === null || answer === undefined)
      throw new KeeperError('bad-answer', `${asks[at]?.method} ${asks[at]?.params[0]}: the node has none`, {
        retryable: true,
      })
  }
  return all
}

function known(blocks: ReadonlyMap<number, RangeBlock>, number: number): RangeBlock {
  const found = blocks.get(number)
  if (found === undefined) throw new KeeperError('bad-answer', `block ${number} is missing`, { retryable: true })
  return found
}
