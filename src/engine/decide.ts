import type { Address } from '#core/address.ts'
import type { MarketId, PositionId } from '#core/book.ts'
import type { Bps, Wei } from '#core/numbers.ts'
import type { Blocked, Opportunity } from '#core/opportunity.ts'
import type { Plan, SkipReason, Verdict } from '#core/plan.ts'
import type { Order } from '#core/program.ts'
import type { Scene, SceneSpec } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { overlay } from '../book/overlay.ts'
import { encodeOrder, encodeProgram } from '../execution/encode-order.ts'
import { type Found, find } from '../opportunity/find.ts'
import type { Exchange, Lender, PoolEntry } from '../quote/exchange.ts'
import type { Candidate, QuoteRequest } from '../quote/plan.ts'
import { quoteEach } from '../quote/quote-each.ts'
import { sceneAfter } from '../scene/scene.ts'
import type { Mirror } from './mirror.ts'

export type DecideSettings = {
  readonly executor: Address
  readonly wrapped: Address
  readonly tipShareBps: Bps
  readonly minimumNet: Wei
  /** How far amounts may drift before inclusion, in millionths: none where a plan is for one block only. */
  readonly driftPpm: number
  readonly priorityFee: Wei
  readonly gasLimit: number
}

export type Skip = Extract<Verdict, { do: 'skip' }>
export type Decision = { readonly plans: readonly Plan[]; readonly skips: readonly Skip[] }

/** Why a position must be left alone, by the engine's own knowledge. */
export type Hold = (
  key: string,
  position: PositionId,
  market: MarketId,
) => { readonly reason: SkipReason; readonly detail: string } | null

/**
 * Judges one scene: who is below the line, on which terms, what pays. Synchronous, and out of memory alone: nothing
 * here can wait for the network. `isTraded`: pools that a plan already sent on the same head trades with.
 */
export function decide(
  mirror: Mirror,
  spec: SceneSpec,
  settings: DecideSettings,
  gasUnits: (shape: string) => number | undefined,
  hold: Hold,
  isTraded: (pool: string) => boolean = () => false,
): Decision {
  const skips: Skip[] = []
  const candidates: Candidate[] = []
  for (const { key, name, module } of mirror.modules.strategies) {
    const scene = mirror.sceneOf(key, spec)
    const { opportunities, blocked, faulty } = findIn(mirror, key, module, scene)
    skips.push(...blocked.map(skipOf), ...faulty.map(({ positions, error }) => skipFaulty(name, positions, error)))
    for (const opportunity of opportunities) {
      const held = heldBy(hold, key, opportunity)
      if (held === null) candidates.push({ strategy: name, module, scene, opportunity })
      else skips.push({ do: 'skip', ...held, positions: opportunity.positions, plan: null })
    }
  }
  if (candidates.length === 0) return { plans: [], skips: distinct(skips) }
  const { block, trigger, before } = spec
  const quoted = quoteEach({
    block,
    trigger,
    candidates,
    exchange: exchangeOf(mirror, spec, settings.wrapped, isTraded),
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
  })
  for (const { candidate, error } of quoted.faulty)
    skips.push(skipFaulty(candidate.strategy, candidate.opportunity.positions, error))
  const plans = quoted.plans.map((plan) => ({ ...plan, before }))
  if (spec.behind !== undefined) return { plans: [], skips: distinct([...skips, ...plans.map(notBehind(spec.behind))]) }
  return { plans, skips: distinct([...skips, ...behindOthers(mirror, quoted.skips, isTraded)]) }
}

/** Plans behind the same transaction are made one, unless that costs more than a twentieth of what they leave. */
const behindPpm = -50_000

/** Nothing sends bundles to auctions yet; sent alone it would revert, in the open. */
const notBehind =
  (hash: string) =>
  (plan: Plan): Skip => ({
    do: 'skip',
    reason: 'needs-bundle',
    detail: `only an auction takes a bundle behind ${hash}`,
    positions: plan.steps.flatMap(({ opportunity }) => opportunity.positions),
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
function findIn(mirror: Mirror, key: string, module: Strategy, scene: Scene): Found {
  try {
    return find(module, scene, mirror.candidates(key, scene))
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

/** Pools that a plan sent on this head trades with are left out: what is known of them is no longer so behind it. */
export function exchangeOf(
  mirror: Mirror,
  spec: SceneSpec,
  wrapped: Address,
  isTraded: (pool: string) => boolean = () => false,
): Exchange {
  const pools: PoolEntry[] = []
  for (const { key, venue, id } of mirror.admittedPools()) {
    const pool = mirror.bookOf(key, spec).market(id)
    if (pool !== undefined && !mirror.isMarketStale(key, id) && !isTraded(id))
      pools.push({ venue: venue.name, module: venue.module, pool })
  }
  return { pools, wrapped }
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
