import type { Plan, SkipReason, Verdict } from '#core/plan.ts'
import { again } from './again.ts'
import { choose } from './choose.ts'
import { type Context, contextOf, type QuoteRequest } from './context.ts'
import { estimate } from './estimate.ts'
import { graphOf } from './exchange.ts'
import { finish } from './finish.ts'
import { actGas } from './gas.ts'
import { type Alone, clustersOf, independent } from './independent.ts'
import { joinGroups } from './join-groups.ts'
import { type Candidate, offersOf, strandedIn, tokensOf } from './offer.ts'
import { planOf } from './plan-of.ts'
import { isRealised, type Realised } from './realise.ts'
import type { Estimate } from './sized.ts'

export type { QuoteRequest } from './context.ts'
export type { Candidate } from './offer.ts'

export type Skip = Verdict & { readonly do: 'skip' }
export type Quoted = { readonly plans: readonly Plan[]; readonly skips: readonly Skip[] }

/** Estimates are floats: so many of the best are recomputed exactly before one is taken. */
const finishedMax = 4

/**
 * Which of the candidates to act on, at what sizes, through which pools, on whose money: plans to the wei, and a named
 * reason for every candidate left. Pure and synchronous; candidates that share exits come in one plan.
 */
export function quote(request: QuoteRequest): Quoted {
  const { exchange, candidates, lenders } = request
  const matter = [...new Set(candidates.flatMap(({ opportunity }) => tokensOf(opportunity, exchange.wrapped)))]
  const graph = graphOf(exchange, matter)
  const context = contextOf(request, graph)
  const skips: Skip[] = []
  const found = candidates.flatMap((candidate) => {
    const { opportunity } = candidate
    const stranded = strandedIn(candidate, graph)
    if (stranded !== null) {
      skips.push(skip(candidate, 'no-route', `no admitted pool leads from ${stranded} to wrapped native`))
      return []
    }
    const offers = offersOf(candidate, graph, lenders)
    if (offers.length > 0) return [{ candidate, offers }]
    skips.push(skip(candidate, 'no-funding', `nobody lends enough ${opportunity.pays?.asset ?? ''}`))
    return []
  })
  const alone = clustersOf(found).map((cluster): Alone => {
    const estimates = cluster.offers.map((offer) => estimate(context, [offer]))
    return { cluster, estimate: estimates.reduce((a, b) => (b.net > a.net ? b : a)) }
  })
  const done = apart(context, joinGroups(context, independent(context, alone)))
  return { plans: done.flatMap(({ plans }) => plans), skips: [...skips, ...done.flatMap((one) => one.skips)] }
}

/**
 * Plans of one block that sell through a common pool spoil each other: the one that comes second finds another price,
 * and reverts. What a group uses is known only when it is planned, so those that meet are then planned as one.
 */
function apart(context: Context, groups: readonly (readonly Alone[])[]): readonly Quoted[] {
  const open = groups.map((group) => ({ group, done: quoteGroup(context, group) }))
  const pools = ({ done }: (typeof open)[number]): ReadonlySet<string> =>
    new Set(done.plans.flatMap(({ legs }) => legs.map(({ pool }) => pool)))
  for (let at = 0; at < open.length; ) {
    const one = open[at]
    const used = one === undefined ? new Set<string>() : pools(one)
    const other = open.findIndex((each, i) => i > at && [...pools(each)].some((pool) => used.has(pool)))
    if (one === undefined || other < 0) {
      at += 1
      continue
    }
    const group = [...one.group, ...(open[other]?.group ?? [])]
    open.splice(other, 1)
    open[at] = { group, done: quoteGroup(context, group) }
    // Together they may use what those before were found not to share.
    at = 0
  }
  return open.map(({ done }) => done)
}

function quoteGroup(context: Context, group: readonly Alone[]): Quoted {
  const estimates = choose(
    context,
    group.map(({ cluster }) => cluster),
  )
  const fits = estimates.filter(({ sizing }) => Number.isFinite(sizing.clearing.value))
  const once = bestOf(context, fits) ?? grown(context, group)
  const first = once === null ? null : planned(context, again(context, once))
  const best = pays(context, first) ? first : (paysAlone(context, group) ?? first)
  const acts = pays(context, best)
  const taken = new Set(acts && best !== null ? best.realised.takings.map(({ candidate }) => candidate) : [])
  const plan = acts && best !== null ? best.plan : null
  const skips = group.flatMap(({ cluster, estimate: own }): readonly Skip[] => {
    const candidates = [...new Set(cluster.offers.map(({ candidate }) => candidate))]
    // The ways not chosen of a position that is acted on are no verdicts of their own.
    if (candidates.some((one) => taken.has(one))) return []
    const candidate = own.offers[0]?.candidate
    return candidate === undefined ? [] : [leftOut(context, candidate, own, plan)]
  })
  return { plans: plan === null ? [] : [plan], skips }
}

type Planned = { readonly realised: Realised; readonly plan: Plan }
const planned = (context: Context, realised: Realised): Planned => ({ realised, plan: planOf(context, realised) })

const pays = ({ request }: Context, one: Planned | null): boolean =>
  one !== null && one.plan.sum.net > 0n && one.plan.sum.net >= request.minimumNet

/** Estimates know no gas that was measured: what they put behind the others may pay by itself all the same. */
function paysAlone(context: Context, group: readonly Alone[]): Planned | null {
  if (group.length === 1) return null
  const all = group.flatMap(({ estimate: own }): readonly Planned[] => {
    const done = finish(context, own)
    return isRealised(done) && done.gasUnits <= context.request.gas.limit ? [planned(context, done)] : []
  })
  const paying = all.filter((one) => pays(context, one))
  return paying.length === 0 ? null : paying.reduce((a, b) => (b.plan.sum.net > a.plan.sum.net ? b : a))
}

/** The best of the first few that can be done and fit in a transaction, to the wei. */
function bestOf(context: Context, estimates: readonly Estimate[]): Realised | null {
  let best: Realised | null = null
  let tried = 0
  for (const one of estimates) {
    if (best !== null && (tried >= finishedMax || one.net < Number(best.net) * 0.999)) break
    if (tried >= finishedMax * 8) break
    const done = finish(context, one)
    tried += 1
    if (!isRealised(done) || done.gasUnits > context.request.gas.limit) continue
    if (best === null || done.net > best.net) best = done
  }
  return best
}

/** Positions tried one after the other where no set can be done. */
const grownMax = 16

/**
 * Where none of the sets that look best can be done (one takes what the others need), the best alone, and beside it whom it
 * leaves.
 */
function grown(context: Context, group: readonly Alone[]): Realised | null {
  let best: Realised | null = null
  let taken: Estimate['offers'] = []
  const byNet = [...group].sort((a, b) => b.estimate.net - a.estimate.net).slice(0, grownMax)
  for (const { estimate: own } of byNet) {
    const one = best === null ? own : estimate(context, [...taken, ...own.offers])
    if (!Number.isFinite(one.sizing.clearing.value)) continue
    const done = finish(context, one)
    if (!isRealised(done) || done.gasUnits > context.request.gas.limit) continue
    if (best !== null && done.net <= best.net) continue
    best = done
    taken = [...taken, ...own.offers]
  }
  return best
}

/** Why a position is not acted on: alone it does not pay, or cannot be done; or it pays, but the exit is taken. */
function leftOut(context: Context, candidate: Candidate, own: Estimate, instead: Plan | null): Skip {
  const { gas, minimumNet } = context.request
  const done = finish(context, own)
  // The best size found is none: that no pool carries it is not why it is left.
  if (!isRealised(done) && own.net <= 0 && Number.isFinite(own.net))
    return skip(candidate, 'unprofitable', `by estimate, net ${Math.round(own.net)} wei at the best size`)
  if (!isRealised(done)) {
    const reason = done.failed === 'no-funding' ? 'no-funding' : 'no-route'
    return skip(candidate, reason, 'its pools or lenders cannot carry the smallest size')
  }
  const plan = planOf(context, done)
  if (done.gasUnits > gas.limit) return skip(candidate, 'gas-limit', `${done.gasUnits} gas is above ${gas.limit}`, plan)
  if (plan.sum.net <= 0n || plan.sum.net < minimumNet)
    return skip(candidate, 'unprofitable', `net ${plan.sum.net} wei`, plan)
  const full =
    instead === null || instead.gasUnits + done.takings.reduce((sum, taking) => sum + actGas(taking), 0) > gas.limit
  return full
    ? skip(candidate, 'gas-limit', 'the transaction has no room for it; it comes next', plan)
    : skip(candidate, 'crowded-out', 'others leave too little of the exit', plan)
}

const skip = (candidate: Candidate, reason: SkipReason, detail: string, plan: Plan | null = null): Skip => ({
  do: 'skip',
  reason,
  detail,
  positions: candidate.opportunity.positions,
  plan,
})
