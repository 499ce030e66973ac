import type { Patch } from '#core/book.ts'
import type { Opportunity } from '#core/opportunity.ts'
import type { Context } from './context.ts'
import { estimate } from './estimate.ts'
import { finish } from './finish.ts'
import { actGas } from './gas.ts'
import { type Candidate, type Offer, offersOf, strandedIn } from './offer.ts'
import { isRealised, type Realised, type Taking } from './realise.ts'
import { shorter } from './shorter.ts'
import { openAgain, patchesOf, worth } from './what-is-left.ts'

/** Further steps of a plan, at most. */
const stepsMax = 4
/** Steps of a plan that is looked at again: beyond, what is left comes with the next block, and sooner than all of it here. */
const lookedAtMax = 8
/** Ways on worked out for each of them, the most promising first. */
const triesMax = 3

/** A plan's offers with one more; `atMost` is what they can gain, by the plan's prices. */
type Way = { readonly offers: readonly Offer[]; readonly atMost: number }

/**
 * The plan, with its positions taken again where that pays: what a step leaves is assessed anew (a smaller debt may then be
 * taken whole, a lower debt lets a contract be called again), and a step is added while the net after gas grows. Never
 * worth less than the plan given. Plans of many steps are left as they are.
 */
export function again(context: Context, plan: Realised): Realised {
  if (plan.takings.length > lookedAtMax) return plan
  let best = plan
  for (let steps = 0; steps < stepsMax; steps += 1) {
    const next = withOneMore(context, best)
    if (next === null) return best
    best = next
  }
  return best
}

function withOneMore(context: Context, plan: Realised): Realised | null {
  const ways = waysOn(context, plan)
    .filter(({ atMost }) => atMost > 0)
    .sort((a, b) => b.atMost - a.atMost)
  let best: Realised | null = null
  for (const { offers } of ways.slice(0, triesMax)) {
    const done = finish(context, estimate(context, offers))
    if (!isRealised(done) || done.gasUnits > context.request.gas.limit) continue
    if (done.net > (best ?? plan).net) best = done
  }
  return best
}

/** What is held is worth no more than by the present prices (V(b + d) ≤ V(b) + ν·d): most ways end here. */
function waysOn(context: Context, plan: Realised): readonly Way[] {
  const offers = plan.picks.map(({ offer }) => offer)
  const last = lastOfEach(plan.takings)
  return [...last].flatMap((at): readonly Way[] => {
    const taking = plan.takings[at]
    // What says nothing of afterwards is not known to be there again.
    if (taking === undefined || taking.terms.after.length === 0) return []
    const left = stoodAgain(context, taking, patchesOf(plan.takings, taking.candidate))
    if (left.length > 0)
      return left.map((one) => ({ offers: [...offers, one], atMost: most(plan, one) - actCost(context, one) }))
    const cut = shorter(context, plan, at)
    if (cut === null) return []
    const after = stoodAgain(context, taking, [
      ...patchesOf(plan.takings.slice(0, at), taking.candidate),
      ...cut.offer.ends[1].after,
    ])
    const instead = offers.map((one) => (one === cut.instead ? cut.offer : one))
    return after.map((one) => ({
      offers: [...instead, one],
      atMost: most(plan, one) - cut.givenUp - actCost(context, one),
    }))
  })
}

/** Of each set of positions the last step, by its place. */
const lastOfEach = (takings: readonly Taking[]): Iterable<number> =>
  new Map(takings.map(({ candidate, opportunity }, at) => [idOf(candidate, opportunity), at])).values()

const idOf = ({ strategy }: Candidate, { positions }: Opportunity): string => `${strategy} ${positions.join(' ')}`

/** Ways to take the same positions in the scene that patches leave; found there, but to be done after the scene before. */
function stoodAgain(
  { graph, request }: Context,
  { candidate, opportunity }: Taking,
  patches: readonly Patch[],
): readonly Offer[] {
  const scene = request.leave(candidate.scene, patches)
  return openAgain(candidate, opportunity, scene).flatMap((found): readonly Offer[] => {
    const then = { ...candidate, scene, opportunity: found }
    if (strandedIn(then, graph) !== null) return []
    return offersOf(then, graph, request.lenders).map((offer) => ({
      ...offer,
      candidate: { ...candidate, opportunity: found },
    }))
  })
}

const most = (plan: Realised, { span }: Offer): number => Math.max(worth(plan, span.from), worth(plan, span.to))

const actCost = ({ request }: Context, { candidate, ends }: Offer): number =>
  actGas({ candidate, terms: ends[1] }) * Number(request.gas.price)
