import { type Address, ZERO_ADDRESS } from '#core/address.ts'
import type { MarketId, PositionId } from '#core/book.ts'
import type { Bps, Wei } from '#core/numbers.ts'
import type { Blocked, Opportunity } from '#core/opportunity.ts'
import type { GasUnits, Plan, SkipReason, Verdict } from '#core/plan.ts'
import type { Order } from '#core/program.ts'
import type { Scene, SceneSpec } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { overlay } from '../book/overlay.ts'
import { encodeOrder, encodeProgram } from '../execution/encode-order.ts'
import { type Found, find } from '../opportunity/find.ts'
import type { Exchange, Lender, PoolEntry } from '../quote/exchange.ts'
import type { Candidate, QuoteRequest } from '../quote/plan.ts'
import { quoteApart } from '../quote/quote-apart.ts'
import { sceneAfter } from '../scene/scene.ts'
import { type Lacks, lacksOf } from './lack-of.ts'
import type { Mirror } from './mirror.ts'
import type { Lack, Registry } from './registry.ts'

export type DecideSettings = {
  readonly executor: Address
  readonly wrapped: Address
  readonly tipShareBps: Bps
  readonly minimumNet: Wei
  /** How far amounts may drift before inclusion, in millionths: none where a plan is for one block only. */
  readonly driftPpm: number
  readonly priorityFee: Wei
  readonly gasLimit: number
  /** What the executor may do; left out where nothing is to be sent. */
  readonly registry?: Registry
}

export type Skip = Extract<Verdict, { do: 'skip' }>
export type Decision = { readonly plans: readonly Plan[]; readonly skips: readonly Skip[] }
const nothing: Decision = { plans: [], skips: [] }

/** Why a position must be left alone, by the engine's own knowledge. */
export type Hold = (
  key: string,
  position: PositionId,
  market: MarketId,
) => { readonly reason: SkipReason; readonly detail: string } | null

/** What attempts say: pools that a plan sent on the same head trades with, and who must share a plan with nobody. */
export type Attempted = {
  readonly isTraded: (pool: string) => boolean
  readonly isApart: (position: PositionId) => boolean
}
const nothingAttempted: Attempted = { isTraded: () => false, isApart: () => false }

/**
 * Judges one scene: who is below the line, on which terms, what pays. Synchronous, and out of memory alone: nothing
 * here can wait for the network.
 */
export function decide(
  mirror: Mirror,
  spec: SceneSpec,
  settings: DecideSettings,
  gasUnits: GasUnits,
  hold: Hold,
  { isTraded, isApart }: Attempted = nothingAttempted,
  /** Who is looked at; left out, all that the screens pick. */
  picked?: Mirror['candidates'],
): Decision {
  if (mirror.stillness.covers(spec)) return nothing
  const skips: Skip[] = []
  const candidates: Candidate[] = []
  const lacks = lacksOf(settings.registry, settings.executor)
  for (const { key, name, module } of mirror.modules.strategies) {
    const scene = mirror.sceneOf(key, spec)
    const { opportunities, blocked, faulty } = findIn(key, module, scene, picked ?? mirror.candidates.bind(mirror))
    skips.push(...blocked.map(skipOf), ...faulty.map(({ positions, error }) => skipFaulty(name, positions, error)))
    for (const opportunity of opportunities) {
      const candidate = { strategy: name, module, scene, opportunity }
      const held = heldBy(hold, key, opportunity) ?? lacks.ofCandidate(candidate)
      if (held === null) candidates.push(candidate)
      else skips.push({ do: 'skip', ...held, positions: opportunity.positions, plan: null })
    }
  }
  if (picked === undefined && candidates.length === 0 && skips.length === 0) mirror.stillness.begin(spec)
  if (candidates.length === 0) return { plans: [], skips: distinct(skips) }
  const { block, trigger, before } = spec
  const { exchange, unopened } = exchangeOf(mirror, spec, settings.wrapped, isTraded, lacks)
  const request: QuoteRequest = {
    block,
    trigger,
    candidates,
    exchange,
    lenders: lendersOf(mirror, spec),
    executor: settings.executor,
    payload: encodeProgram,
    leave: (scene, patches) => sceneAfter(scene, patches, overlay),
    gas: { units: gasUnits, price: (block.baseFee + settings.priorityFee) as Wei, limit: settings.gasLimit },
    ...besideOf(mirror),
    tipShareBps: settings.tipShareBps,
    minimumNet: settings.minimumNet,
    driftPpm: settings.driftPpm,
    // What must come before us comes once, and so do we: a second bundle behind it would find it spent.
    ...(before.length > 0 ? { joinPpm: behindPpm } : {}),
  }
  const quoted = quoteApart(request, ({ opportunity }) => opportunity.positions.some(isApart))
  for (const { candidate, error } of quoted.faulty)
    skips.push(skipFaulty(candidate.strategy, candidate.opportunity.positions, error))
  const plans: Plan[] = []
  for (const plan of quoted.plans.map((one) => ({ ...one, before }))) {
    const lack = lacks.ofPlan(plan)
    if (lack === null) plans.push(plan)
    else skips.push({ do: 'skip', ...lack, positions: positionsIn(plan), plan })
  }
  if (spec.behind !== undefined) return { plans: [], skips: distinct([...skips, ...plans.map(notBehind(spec.behind))]) }
  const left = behindOthers(mirror, unregistered(quoted.skips, candidates, unopened), isTraded)
  return { plans, skips: distinct([...skips, ...left]) }
}

const positionsIn = (plan: Plan): readonly PositionId[] =>
  plan.steps.flatMap(({ opportunity }) => opportunity.positions)

/** No way out is left while a redemption may not be done: that is not to say there is none. */
const unregistered = (
  skips: readonly Skip[],
  candidates: readonly Candidate[],
  unopened: ReadonlyMap<Address, Lack>,
): readonly Skip[] =>
  skips.map((skip) => {
    if (skip.reason !== 'no-route' || unopened.size === 0) return skip
    const own = candidates.filter(({ opportunity }) => opportunity.positions.some((id) => skip.positions.includes(id)))
    const shut = own
      .flatMap(({ opportunity }) => opportunity.gets)
      .flatMap((asset) => unopened.get(asset as Address) ?? [])
    return { ...skip, ...shut[0] }
  })

/** Plans behind the same transaction are made one, unless that costs more than a twentieth of what they leave. */
const behindPpm = -50_000

/** Nothing sends bundles to auctions yet; sent alone it would revert, in the open. */
const notBehind =
  (hash: string) =>
  (plan: Plan): Skip => ({
    do: 'skip',
    reason: 'needs-bundle',
    detail: `only an auction takes a bundle behind ${hash}`,
    positions: positionsIn(plan),
    plan,
  })

/** No way out is left while pools are left out: that is not to say there is none. */
function behindOthers(mirror: Mirror, skips: readonly Skip[], isTraded: (pool: string) => boolean): readonly Skip[] {
  const isStranded = ({ reason }: Skip): boolean => reason === 'no-route'
  if (!skips.some(isStranded) || ![...mirror.admittedPools()].some(({ id }) => isTraded(id))) return skips
  const detail = 'a plan sent on this head trades with its exit'
  return skips.map((skip) => (isStranded(skip) ? { ...skip, reason: 'crowded-out', detail } : skip))
}

/** A strategy that fails as a whole leaves the others to be judged. */
function findIn(key: string, module: Strategy, scene: Scene, picked: Mirror['candidates']): Found {
  try {
    return find(module, scene, picked(key, scene))
  } catch (error) {
    return { opportunities: [], blocked: [], faulty: [{ positions: [], error }] }
  }
}

const skipFaulty = (name: string, positions: readonly PositionId[], error: unknown): Skip => ({
  do: 'skip',
  reason: 'faulty',
  detail: `${name}: ${error instanceof Error ? error.message : String(error)}`,
  positions,
  plan: null,
})

const skipOf = ({ position, reason, detail }: Blocked): Skip => ({
  do: 'skip',
  reason,
  detail,
  positions: [position],
  plan: null,
})

function heldBy(hold: Hold, key: string, { positions, market }: Opportunity): ReturnType<Hold> {
  for (const position of positions) {
    const held = hold(key, position, market)
    if (held !== null) return held
  }
  return null
}

/** A position with several pairs is skipped once for one reason. */
function distinct(skips: readonly Skip[]): readonly Skip[] {
  return [...new Map(skips.map((skip) => [`${skip.positions.join()}/${skip.reason}`, skip])).values()]
}

/**
 * Pools that a plan sent on this head trades with are left out: what is known of them is no longer so behind it. So are
 * redemptions that the executor may not do: `unopened`, by the token redeemed.
 */
export function exchangeOf(
  mirror: Mirror,
  spec: SceneSpec,
  wrapped: Address,
  isTraded: (pool: string) => boolean = () => false,
  lacks: Lacks = lacksOf(undefined, ZERO_ADDRESS),
): { readonly exchange: Exchange; readonly unopened: ReadonlyMap<Address, Lack> } {
  const pools: PoolEntry[] = []
  const unopened = new Map<Address, Lack>()
  for (const { key, venue, id } of mirror.admittedPools()) {
    const pool = mirror.bookOf(key, spec).market(id)
    if (pool === undefined || mirror.isMarketStale(key, id) || isTraded(id)) continue
    const entry = { venue: venue.name, module: venue.module, pool }
    const lack = lacks.ofExit(entry)
    if (lack === null) pools.push(entry)
    else unopened.set(venue.module.tokens(pool)[0], lack)
  }
  return { exchange: { pools, wrapped }, unopened }
}

/** A call is as long with any numbers in its head. */
const anyOrder: Omit<Order, 'program'> = {
  ...{ firstBlock: 0, lastBlock: 0, minimumNet: 0n as Wei, tipShareBps: 0n as Bps, expects: [] },
}

function besideOf(mirror: Mirror): Pick<QuoteRequest, 'beside'> {
  const fees = mirror.dataFees()
  const bytes = (program: Order['program']): number => (encodeOrder({ ...anyOrder, program }).length - 2) / 2
  return fees === null ? {} : { beside: { fees, bytes } }
}

const lendersOf = (mirror: Mirror, spec: SceneSpec): readonly Lender[] =>
  mirror.modules.flash.map(({ key, name, module }) => ({ source: name, module, book: mirror.bookOf(key, spec) }))
