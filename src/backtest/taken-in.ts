import type { Address, Asset, Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { MarketId } from '#core/book.ts'
import type { GasUnits } from '#core/plan.ts'
import type { Outcome } from '#core/receipt.ts'
import type { SceneSpec } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import type { HeadEvent } from '../chain/heads.ts'
import { matches } from '../chain/match.ts'
import type { Rpc } from '../chain/rpc.ts'
import { viewOf } from '../chain/view.ts'
import { type DecideSettings, exchangeOf } from '../engine/decide.ts'
import type { Mirror } from '../engine/mirror.ts'
import type { Module } from '../engine/modules.ts'
import { wasLiquidatable } from '../engine/was-liquidatable.ts'
import type { CallFrame } from '../misses/winner-of.ts'
import { spotWorth } from '../quote/spot-worth.ts'
import type { Said, Taken } from './chunk-output.ts'
import { plannedOf } from './planned.ts'
import { preState } from './pre-state.ts'
import { readReceipts, readTrace } from './read-receipts.ts'
import { solve } from './solve.ts'
import { type WonReceipt, wonBy } from './won-by.ts'
import { causesOf, feedPatches, type Heard, type Hinted, type Word } from './words.ts'

export type TakenParts = {
  readonly rpc: Rpc
  readonly mirror: Mirror
  readonly heard: Heard
  readonly settings: DecideSettings
  /** What the keeper knows of gas. */
  readonly gasUnits: GasUnits
  /** The block that it rests on. */
  readonly parent: Block
}
type Found = {
  readonly outcome: Outcome
  readonly strategy: string
  readonly key: string
  readonly wasLiquidatable: boolean | null
}

/**
 * Every liquidation in a block that is to come, by the book as it stands before it: who took it, what they paid and
 * gained, what was said of it, and what we would have made of it where they stood.
 */
export async function takenIn(parts: TakenParts, coming: HeadEvent): Promise<readonly Taken[]> {
  const { rpc, mirror } = parts
  const hashes = tellingIn(mirror, coming)
  if (hashes.length === 0) return []
  const receipts = await readReceipts(rpc, hashes, coming.block)
  const raw = (await rpc.request('eth_getBlockByHash', [coming.hash, false])) as { readonly miner: string }
  const beneficiary = raw.miner.toLowerCase() as Address
  const all: Taken[] = []
  for (const receipt of [...receipts].sort((a, b) => a.transactionIndex - b.transactionIndex)) {
    const found = await outcomesIn(parts, coming, receipt)
    if (found.length === 0) continue
    const trace = await readTrace(rpc, receipt.transactionHash)
    all.push(...takenBy(parts, coming, receipt, found, { beneficiary, trace }))
  }
  return all
}

/** Transactions with a log that tells of a liquidation, in markets that are not followed too. */
function tellingIn(mirror: Mirror, { logs }: HeadEvent): readonly Hex[] {
  if (logs.length === 0) return []
  const filters = mirror.modules.strategies.flatMap(({ key, module }) => {
    const book = mirror.books.shelf(key)
    return module.liquidations?.(book) ?? module.watches(book)
  })
  const telling = logs.filter((log) => filters.some((filter) => matches(filter, log)))
  return [...new Set(telling.map(({ transactionHash }) => transactionHash))]
}

async function outcomesIn(parts: TakenParts, coming: HeadEvent, { logs }: WonReceipt): Promise<readonly Found[]> {
  const { strategies } = parts.mirror.modules
  const found: Found[] = []
  for (const of of strategies)
    for (const outcome of of.module.outcome(parts.mirror.books.shelf(of.key), logs))
      found.push({ outcome, strategy: of.name, key: of.key, wasLiquidatable: await wordOf(parts, coming, of, outcome) })
  return found
}

/** The protocol's own, where nothing was said of a position that is known. */
async function wordOf(
  { rpc, mirror, heard, parent }: TakenParts,
  { block }: HeadEvent,
  { key, module }: Module<Strategy>,
  outcome: Outcome,
): Promise<boolean | null> {
  const book = mirror.books.shelf(key)
  const position = book.position(outcome.position)
  if (position === undefined || heard.committed().has(outcome.position)) return null
  return wasLiquidatable(viewOf(rpc, block.parentHash, parent), block, module, book, position)
}

function takenBy(
  { mirror, heard, settings, gasUnits }: TakenParts,
  coming: HeadEvent,
  receipt: WonReceipt,
  found: readonly Found[],
  paying: { readonly beneficiary: Address; readonly trace: CallFrame | null },
): readonly Taken[] {
  const before = coming.logs.filter(({ transactionIndex }) => transactionIndex < receipt.transactionIndex)
  const hint = hintBefore(heard, before)
  const state = preState(mirror, before)
  const spec: SceneSpec = {
    ...{ trigger: 'history', block: coming.block, cause: receipt.transactionHash, before: [] },
    patches: [...state.patches, ...(hint === null ? [] : feedPatches(hint.spec))],
  }
  const by = found.map(({ outcome }) => outcome.by)
  const winner = wonBy(receipt, by, {
    ...{ baseFee: coming.block.baseFee, liquidations: found.length, ...paying },
    ...worthIn(mirror, spec, settings.wrapped, receipt),
  })
  const positions = new Set<string>(found.map(({ outcome }) => outcome.position))
  const { plan, ...why } = solve(mirror, spec, settings, positions, state.unread, gasUnits)
  const solved = { ...why, plan: plan === null ? null : plannedOf(plan, settings.priorityFee) }
  return found.map(({ outcome, strategy, key, wasLiquidatable: was }): Taken => {
    const book = mirror.books.shelf(key)
    return {
      ...{ block: coming.block.number, timestamp: coming.block.timestamp, logIndex: outcome.logIndex },
      ...{ strategy, kind: outcome.kind, market: outcome.market, position: outcome.position },
      isMarketKnown: isKnown(book.market(outcome.market)) || isKnown(book.position(outcome.position)),
      isPositionKnown: isKnown(book.position(outcome.position)),
      wasLiquidatable: was,
      by: outcome.by,
      isOwn: outcome.by === settings.executor || winner.to === settings.executor,
      ...{ repaid: outcome.repaid, seized: outcome.seized, badDebt: outcome.badDebt, winner, solved },
      committed: saidOf(heard.committed().get(outcome.position), settings),
      hinted: saidOf(hint?.words.get(outcome.position) ?? heard.committed().get(outcome.position), settings),
    }
  })
}

const isKnown = (record: unknown): boolean => record !== undefined

/** The scene behind the most of the updates that came before it in the block. */
function hintBefore(heard: Heard, before: HeadEvent['logs']): Hinted | null {
  const landed = new Set(before.map(({ transactionHash }) => transactionHash))
  const fit = heard.hinted().filter(({ spec }) => causesOf(spec).every((hash) => landed.has(hash)))
  return fit.reduce<Hinted | null>(
    (best, one) => (best === null || causesOf(one.spec).length > causesOf(best.spec).length ? one : best),
    null,
  )
}

function saidOf(word: Word | undefined, { priorityFee }: DecideSettings): Said | null {
  if (word === undefined) return null
  const { verdict } = word
  const plan = verdict.plan === null ? null : plannedOf(verdict.plan, priorityFee)
  return verdict.do === 'act'
    ? { said: 'act', detail: '', plan }
    : { said: verdict.reason, detail: verdict.detail, plan }
}

function worthIn(mirror: Mirror, spec: SceneSpec, wrapped: Address, { logs }: WonReceipt) {
  const { exchange } = exchangeOf(mirror, spec, wrapped)
  const assets: readonly Asset[] = [...new Set(logs.map(({ address }) => address))]
  const known = new Set(exchange.pools.flatMap(({ module, pool }) => module.tokens(pool)))
  const worth = spotWorth(
    exchange,
    assets.filter((asset) => known.has(asset as Address)),
  )
  const pools = new Set<string>(exchange.pools.map(({ pool }) => pool.id as MarketId as string))
  return { worth, isPool: (at: Address): boolean => pools.has(at) }
}
