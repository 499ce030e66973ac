import { expect } from 'vitest'
import { overlay } from '../../src/book/overlay.ts'
import type { RawLog } from '../../src/chain/log.ts'
import { decodeLog } from '../../src/chain/log.ts'
import type { Address, Hex } from '../../src/core/address.ts'
import type { Block } from '../../src/core/block.ts'
import type { MarketId, Position } from '../../src/core/book.ts'
import { bps, wei } from '../../src/core/numbers.ts'
import { isBlocked, type Opportunity } from '../../src/core/opportunity.ts'
import { toText } from '../../src/core/plain.ts'
import type { Scene } from '../../src/core/scene.ts'
import type { Strategy } from '../../src/core/strategy.ts'
import { encodeOrder, encodeProgram } from '../../src/execution/encode-order.ts'
import { executedEvent } from '../../src/execution/executed.ts'
import { find } from '../../src/opportunity/find.ts'
import type { PoolEntry } from '../../src/quote/exchange.ts'
import { actGas } from '../../src/quote/gas.ts'
import type { Candidate, QuoteRequest } from '../../src/quote/plan.ts'
import { nextBlock } from '../../src/scene/next-block.ts'
import { plainly, sceneAfter } from '../../src/scene/scene.ts'
import type { Left, Sellable } from '../quote/exhaustive.ts'
import type { Live, Rig } from './rig.ts'

export type JointCase = {
  readonly candidates: readonly Candidate[]
  readonly pools: readonly PoolEntry[]
  readonly sellables: readonly Sellable[]
}
/**
 * `ways`: one of each position's pairs, or all of them; `across`: two protocols, with a token in common; `most`: so many
 * pools (all that there are would leave the search no time), seven where it is left out.
 */
export type Draw = {
  readonly count: number
  readonly ways: 'one' | 'all'
  readonly across: boolean
  readonly most?: number
}

const blockOfNext = (live: Live): Block => nextBlock(live.keeper.head()!, 12)

/** Everybody below the line now whose collateral some pool buys, position by position. */
function belowTheLine(live: Live): readonly (readonly Candidate[])[] {
  const mirror = live.keeper.mirror()
  const spec = plainly(blockOfNext(live), 'head')
  const sold = new Set(poolsOf(live).flatMap(({ module, pool }) => [...module.tokens(pool)]))
  const byPosition = new Map<string, Candidate[]>()
  for (const { key, name, module } of mirror.modules.strategies) {
    const scene = mirror.sceneOf(key, spec)
    for (const opportunity of find(module, scene).opportunities) {
      if (!sold.has(opportunity.gets[0] as Address)) continue
      const id = `${key}/${opportunity.positions.join()}`
      byPosition.set(id, [...(byPosition.get(id) ?? []), { strategy: name, module, scene, opportunity }])
    }
  }
  return [...byPosition.values()]
}

const poolsOf = ({ keeper }: Live): readonly PoolEntry[] =>
  [...keeper.mirror().admittedPools()].map(({ key, venue, id }) => ({
    venue: venue.name,
    module: venue.module,
    pool: keeper
      .mirror()
      .books.shelf(key)
      .market(id as MarketId)!,
  }))

const tokensOf = ({ opportunity }: Candidate): readonly string[] => [opportunity.gets[0]!, opportunity.pays!.asset]

/** Positions drawn from those below the line, and pools that join their tokens. */
export function draw(live: Live, { count, ways, across, most = 7 }: Draw, random: () => number): JointCase {
  const all = belowTheLine(live)
  const wrapped = live.config.chain.wrappedNative
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
  let drawn: (readonly Candidate[])[] = []
  do {
    const positions = new Set<readonly Candidate[]>()
    while (positions.size < count) positions.add(pick(all))
    drawn = [...positions].map((one) => (ways === 'all' ? one : [pick(one)]))
  } while (across && !isAcross(drawn.flat(), wrapped))
  const candidates = drawn.flat()
  const sellables = drawn.flatMap((one, at) => one.map((candidate) => sellableOf(candidate, `${at}`)))
  const tokens = new Set<string>(sellables.flatMap(({ collateral, debt }) => [collateral, debt]))
  const pools = poolsOf(live)
    .filter(({ module, pool }) => module.tokens(pool).some((token) => tokens.has(token)))
    .map((entry) => ({ entry, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
  return { candidates, sellables, pools: pools.map(({ entry }) => entry) }
}

/** Of two protocols, and one's exit is the other's: they have a token in common that is not wrapped native. */
function isAcross(candidates: readonly Candidate[], wrapped: Address): boolean {
  const [first] = candidates
  const others = candidates.filter(({ strategy }) => strategy !== first?.strategy)
  const tokens = new Set(candidates.filter(({ strategy }) => strategy === first?.strategy).flatMap(tokensOf))
  return others.flatMap(tokensOf).some((token) => token !== wrapped && tokens.has(token))
}

/** Terms to the wei, in the scene that whatever was taken before of the same protocol leaves. */
function sellableOf(candidate: Candidate, position: string): Sellable {
  const { module, scene, opportunity } = candidate
  return {
    position,
    collateral: opportunity.gets[0] as Address,
    debt: opportunity.pays!.asset as Address,
    segments: opportunity.feasible!.segments,
    terms: (input, before) => {
      const patches = before.flatMap(({ of, patches: left }) => (of === module ? left : []))
      const then = sceneAfter(scene, patches, overlay)
      const found = patches.length === 0 ? opportunity : foundAgain(candidate, then)
      const nearest = found === null ? null : nearestOf(found, input)
      if (found === null || nearest === null) return null
      const terms = module.terms(then, found, nearest)
      const left: Left = { of: module, patches: terms.after }
      return { repay: terms.repay, seized: terms.seized[0]!.amount, gas: actGas({ candidate, terms }), left }
    },
  }
}

function foundAgain({ module, opportunity }: Candidate, scene: Scene): Opportunity | null {
  const market = scene.book.market(opportunity.market)!
  const positions = opportunity.positions.flatMap((id) => scene.book.position(id) ?? [])
  const found = module.assess(scene, market, positions)
  return found.find((one): one is Opportunity => !isBlocked(one) && one.id === opportunity.id) ?? null
}

/** The end of a segment where it is outside all of them. */
function nearestOf({ feasible }: Opportunity, input: bigint): bigint | null {
  const off = (at: bigint): bigint => (at > input ? at - input : input - at)
  const ends = feasible!.segments.map(({ from, to }) => (input < from ? from : input > to ? to : input))
  return ends.length === 0 ? null : ends.reduce((a, b) => (off(b) < off(a) ? b : a))
}

/** What the keeper would ask of these on its newest head; Morpho lends. */
export function requestOf(live: Live, candidates: readonly Candidate[], pools: readonly PoolEntry[]): QuoteRequest {
  const block = blockOfNext(live)
  const mirror = live.keeper.mirror()
  return {
    block,
    trigger: 'head',
    candidates,
    exchange: { pools, wrapped: live.config.chain.wrappedNative },
    lenders: mirror.modules.flash
      .filter(({ name }) => name === 'morpho')
      .map(({ key, name, module }) => ({ source: name, module, book: mirror.books.shelf(key) })),
    executor: live.keeper.executor(),
    payload: encodeProgram,
    leave: (scene, patches) => sceneAfter(scene, patches, overlay),
    gas: { units: () => undefined, price: block.baseFee, limit: 16_777_216 },
    tipShareBps: bps(0n),
    minimumNet: wei(0n),
    driftPpm: 0,
    joinPpm: 0,
  }
}

/** Runs a program as the next block would, on the chain's own state; nothing is kept of it. */
export async function execute(
  { sandbox }: Rig,
  live: Live,
  program: Parameters<typeof encodeOrder>[0]['program'],
): Promise<{ gained: bigint; gasUsed: bigint }> {
  const block = blockOfNext(live)
  const executor = live.keeper.executor()
  const data = encodeOrder({
    firstBlock: block.number,
    lastBlock: block.number,
    minimumNet: wei(0n),
    tipShareBps: bps(0n),
    expects: [],
    program,
  })
  const hex = (n: number | bigint): Hex => `0x${n.toString(16)}`
  const call = {
    from: sandbox.accounts.operators[0]!.address,
    to: executor,
    data,
    gas: hex(16_777_216),
    maxFeePerGas: hex(block.baseFee),
    maxPriorityFeePerGas: '0x0',
  }
  const blockOverrides = { number: hex(block.number), time: hex(block.timestamp), baseFeePerGas: hex(block.baseFee) }
  const answer = (await sandbox.rpc.request('eth_simulateV1', [
    { blockStateCalls: [{ blockOverrides, calls: [call] }] },
    'latest',
  ])) as { calls: { status: string; gasUsed: string; logs: RawLog[]; error?: unknown }[] }[]
  const done = answer[0]!.calls[0]!
  expect(done.status, JSON.stringify(done.error)).toBe('0x1')
  const executed = done.logs.map((log) => executedEvent(decodeLog(log, block), executor)).find((one) => one !== null)!
  return { gained: executed.gained as bigint, gasUsed: BigInt(done.gasUsed) }
}

/** The same, but that nobody is found a second time once something was taken of him. */
export function once(candidates: readonly Candidate[]): readonly Candidate[] {
  const modules = new Map<Strategy, Strategy>()
  return candidates.map((candidate) => {
    const { module, scene: before } = candidate
    const untouched = ({ id, data }: Position): boolean =>
      toText(before.book.position(id)?.data ?? null) === toText(data)
    const known: Strategy = modules.get(module) ?? {
      ...module,
      assess: (scene, market, positions) => module.assess(scene, market, positions.filter(untouched)),
    }
    modules.set(module, known)
    return { ...candidate, module: known }
  })
}
