import type { Address, Hex } from '#core/address.ts'
import type { Block, Log } from '#core/block.ts'
import type { Position } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Miss } from '#core/miss.ts'
import type { Wei } from '#core/numbers.ts'
import type { Outcome } from '#core/receipt.ts'
import type { Strategy } from '#core/strategy.ts'
import type { World } from '#core/world.ts'
import { overlay } from '../book/overlay.ts'
import { decodeLog, type RawLog } from '../chain/log.ts'
import type { Rpc } from '../chain/rpc.ts'
import { classify } from '../misses/classify.ts'
import { type CallFrame, type WinnerReceipt, winnerOf } from '../misses/winner-of.ts'
import type { Words } from '../misses/words.ts'
import type { Mirror } from './mirror.ts'
import type { Module } from './modules.ts'
import type { TriedLately } from './tried.ts'
import { wasLiquidatable } from './was-liquidatable.ts'

/** A block in which somebody was liquidated, and the transactions that did it. */
export type Followed = {
  readonly hash: Hex
  readonly block: Block
  readonly logs: readonly Log[]
  readonly transactions: readonly Hex[]
}

export type MissParts = {
  readonly mirror: () => Mirror
  readonly world: Pick<World, 'at'>
  readonly rpc: Pick<Rpc, 'request' | 'batch'>
  readonly executor: Address
  readonly isDryRun: boolean
  readonly priorityFee: Wei
  readonly tried: TriedLately
  /** The executor's own word that an execution succeeded. */
  readonly isExecuted: (log: Log) => boolean
}

type RawReceipt = WinnerReceipt & {
  readonly blockHash: string
  readonly transactionHash: string
  readonly logs: readonly RawLog[]
}
type Taken = {
  readonly of: Module<Strategy>
  readonly outcome: Outcome
  readonly receipt: RawReceipt
  readonly isMarketKnown: boolean
  readonly position: Position | undefined
}

/**
 * What others took in a block, each with its reason. Nothing where the block is no longer of the chain.
 * @throws `rpc-unreachable`, `rpc-refused`, `bad-answer`.
 */
export async function missesIn(parts: MissParts, job: Followed, words: Words): Promise<readonly Miss[]> {
  const { rpc, tried, isDryRun, priorityFee } = parts
  const receipts = await receiptsOf(rpc, job.transactions)
  if (receipts.some(({ blockHash }) => blockHash !== job.hash)) return []
  const landed = landedIn(parts, job)
  const taken = takenIn(parts, job, receipts, landed)
  if (taken.length === 0) return []
  const raw = (await rpc.request('eth_getBlockByHash', [job.hash, false])) as { readonly miner: string } | null
  if (raw === null) return []
  const misses: Miss[] = []
  for (const one of taken) {
    const { outcome, receipt, isMarketKnown, position } = one
    const word = words.of(outcome.position, job.block.number)
    const own = tried.of(outcome.position, job.block.number, landed)
    const isUnsaid = word === null && own === null && words.isJudged(job.block.number)
    const facts = {
      ...{ outcome, strategy: one.of.name, block: job.block.number, blockHash: job.hash },
      ...{ isMarketKnown, isPositionKnown: position !== undefined, isDryRun, priorityFee, word, tried: own },
      nextJudged: words.judgedAfter(job.block.number),
      wasLiquidatable: isUnsaid && position !== undefined ? await wordOfProtocol(parts, job, one.of, position) : null,
      winner: winnerOf(receipt, job.block.baseFee, raw.miner, await traceOf(rpc, receipt.transactionHash)),
    }
    misses.push(classify(facts))
  }
  return misses
}

const wordOfProtocol = (
  { world, mirror }: MissParts,
  { block }: Followed,
  { key, module }: Module<Strategy>,
  position: Position,
): Promise<boolean | null> =>
  wasLiquidatable(world.at(block.parentHash), block, module, mirror().books.shelf(key), position)

/** @throws `bad-answer` (retryable) where a node that has told of a block does not have its receipts yet. */
async function receiptsOf(rpc: MissParts['rpc'], hashes: readonly Hex[]): Promise<readonly RawReceipt[]> {
  const answers = await rpc.batch(hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })))
  return answers.map((answer, at) => {
    if (answer instanceof KeeperError) throw answer
    if (answer === null || answer === undefined)
      throw new KeeperError('bad-answer', `the receipt of ${hashes[at]} is missing`, { retryable: true })
    return answer as RawReceipt
  })
}

/** Ours in that block: the transaction, and where its last log lies. */
const landedIn = ({ isExecuted }: MissParts, { logs }: Followed): ReadonlyMap<Hex, number> =>
  new Map(logs.filter(isExecuted).map(({ transactionHash, logIndex }) => [transactionHash, logIndex]))

/** By the book as it was before the block, and by whole receipts: all that an outcome may be read from. Synchronous. */
function takenIn(
  { mirror, executor, tried }: MissParts,
  { hash, block }: Followed,
  receipts: readonly RawReceipt[],
  landed: ReadonlyMap<Hex, number>,
): readonly Taken[] {
  const isOurs = ({ to, transactionHash }: RawReceipt): boolean =>
    to?.toLowerCase() === executor || landed.has(transactionHash as Hex) || tried.isOurs(transactionHash as Hex)
  const logs = receipts
    .flatMap((receipt) => receipt.logs.map((log) => decodeLog(log, block)))
    .sort((a, b) => a.logIndex - b.logIndex)
  return mirror().modules.strategies.flatMap((of) => {
    const { books } = mirror()
    const back = books.before(of.key, hash)
    if (back === null) return []
    const before = overlay(books.shelf(of.key), back)
    return of.module.outcome(before, logs).flatMap((outcome): Taken[] => {
      const receipt = receipts.find(({ transactionHash }) => transactionHash === outcome.transactionHash)
      if (receipt === undefined || isOurs(receipt) || outcome.by === executor) return []
      const isMarketKnown = before.market(outcome.market) !== undefined
      return [{ of, outcome, receipt, isMarketKnown, position: before.position(outcome.position) }]
    })
  })
}

/** `null` where the node does not trace. */
async function traceOf(rpc: MissParts['rpc'], hash: string): Promise<CallFrame | null> {
  try {
    return (await rpc.request('debug_traceTransaction', [hash, { tracer: 'callTracer' }])) as CallFrame
  } catch (error) {
    if (error instanceof KeeperError) return null
    throw error
  }
}
