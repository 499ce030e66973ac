import type { Context } from './context.ts'
import { actGas } from './gas.ts'
import { type Offer, offersOf } from './offer.ts'
import type { Realised, Taking } from './realise.ts'
import { openAgain, patchesOf, worth } from './what-is-left.ts'

/** Halvings until it stands: what is smaller is nothing beside the step. */
const coarseMax = 12
/** Halvings towards the largest that stands: a four-thousandth of it more is no matter, and each assesses anew. */
const fineMax = 12

/** `givenUp` in wei, by the plan's prices. */
type Shorter = { readonly offer: Offer; readonly instead: Offer; readonly givenUp: number }

/**
 * A step that heals its position, cut to the most that leaves it below the line: where a call takes only a part of the
 * debt, a second call then takes that part of the rest (Qin et al., IMC 2021, §5). `null` where there is no such size, or
 * where what a second step could bring does not pay its gas: then it is not searched for.
 */
export function shorter(context: Context, plan: Realised, at: number): Shorter | null {
  const { request, graph } = context
  const [taking, instead] = [plan.takings[at], plan.picks[at]?.offer]
  const segment = taking === undefined ? null : segmentOf(taking)
  if (taking === undefined || instead === undefined || segment === null || instead.candidate !== taking.candidate)
    return null
  const { candidate, scene, opportunity } = taking
  // What one call has closed needs no second.
  const left = request.leave(candidate.scene, patchesOf(plan.takings, candidate)).book
  if (opportunity.positions.every((id) => left.position(id) === undefined)) return null
  const before = patchesOf(plan.takings.slice(0, at), candidate)
  const stands = (input: bigint): boolean => {
    const { after } = candidate.module.terms(scene, opportunity, input)
    return openAgain(candidate, opportunity, request.leave(candidate.scene, [...before, ...after])).length > 0
  }
  const price = Number(request.gas.price)
  const pays = (input: bigint): boolean =>
    (worth(plan, instead.span.to) * Number(input)) / Number(segment.to) > actGas(taking) * price
  const to = lastStanding(segment, stands, pays)
  if (to === null) return null
  const segments = [{ from: segment.from, to }]
  const feasible = { input: opportunity.feasible?.input ?? '', segments }
  const [cut] = offersOf({ ...candidate, scene, opportunity: { ...opportunity, feasible } }, graph, request.lenders)
  if (cut === undefined) return null
  const givenUp = worth(plan, instead.span.to) - worth(plan, cut.span.to)
  return { offer: { ...cut, candidate }, instead, givenUp }
}

/** From the segment's least input to the one taken. */
function segmentOf({ opportunity: { feasible }, input, terms }: Taking): { from: bigint; to: bigint } | null {
  const found = feasible?.segments.find(({ from, to }) => input !== null && from <= input && input <= to)
  if (found === undefined || input === null || input === found.from || terms.badDebt > 0n) return null
  return { from: found.from, to: input }
}

/** Halved until it stands, then the largest between; what no longer pays is not looked for. */
function lastStanding(
  { from, to }: { from: bigint; to: bigint },
  stands: (input: bigint) => boolean,
  pays: (input: bigint) => boolean,
): bigint | null {
  let [low, high] = [to, to]
  for (let i = 0; low === high || !stands(low); i += 1) {
    high = low
    low = from + (low - from) / 2n
    if (i >= coarseMax || low === high || !pays(low)) return null
  }
  for (let i = 0; i < fineMax && high - low > 1n; i += 1) {
    const middle = (low + high) / 2n
    if (stands(middle)) low = middle
    else high = middle
  }
  return low
}
