import type { Address, Asset } from '#core/address.ts'
import { amount as amountOf } from '#core/numbers.ts'
import type { Opportunity, Segment, Terms } from '#core/opportunity.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import type { Graph, Lender } from './exchange.ts'
import { cheapest } from './lend.ts'
import { paysItself } from './pays-itself.ts'
import type { Span } from './size.ts'

/** An opportunity with the strategy that found it and the scene it was found in. `strategy` is its configured name. */
export type Candidate = {
  readonly strategy: string
  readonly module: Strategy
  readonly scene: Scene
  readonly opportunity: Opportunity
}

/** One way to take a candidate: one of its segments, with the exact terms at both ends. */
export type Offer = {
  readonly candidate: Candidate
  readonly segment: Segment | null
  readonly ends: readonly [Terms, Terms]
  readonly span: Span
}

/** Ways to take one position (or several that exclude each other): at most one of them is taken. */
export type Cluster = { readonly offers: readonly Offer[] }

/** The asset as it is sold: the chain's own currency is wrapped first. */
export const sellable = (asset: Asset, wrapped: Address): Address => (asset === 'native' ? wrapped : asset)

/** Of a token that wrapped native can be reached from: any other counts as nothing. */
export const sellableIndex = ({ indexOf, reachable }: Graph, token: Address): number | undefined =>
  reachable.has(token) ? indexOf.get(token) : undefined

/** Tokens an opportunity touches, wrapped native apart. */
export function tokensOf({ pays, gets }: Opportunity, wrapped: Address): readonly Address[] {
  const all = [...(pays === null ? [] : [pays.asset]), ...gets].map((asset) => sellable(asset, wrapped))
  return [...new Set(all)].filter((token) => token !== wrapped)
}

/**
 * What it owes and cannot be bought, or the first of what it gets where none of that can be sold; `null` where there is
 * a way. A part that cannot be sold counts as nothing, and stays in the executor.
 */
export function strandedIn(
  { opportunity: { pays, gets } }: Candidate,
  { tokens, wrapped, reachable }: Graph,
): string | null {
  if (pays?.asset === 'native') return 'native'
  if (pays !== null && !reachable.has(pays.asset)) return pays.asset
  const home = tokens[wrapped] as Address
  const isSold = gets.length === 0 || gets.some((asset) => reachable.has(sellable(asset, home)))
  return isSold ? null : (gets[0] ?? null)
}

/**
 * One offer a segment; segments whose repay no lender lends end where the lending ends, or fall away. What can pay
 * itself needs no lender.
 */
export function offersOf(candidate: Candidate, graph: Graph, lenders: readonly Lender[]): readonly Offer[] {
  const { module, scene, opportunity } = candidate
  const { feasible, pays } = opportunity
  const termsAt = (input: bigint | null): Terms => module.terms(scene, opportunity, input)
  const offer = (segment: Segment | null, ends: readonly [Terms, Terms]): Offer => ({
    candidate,
    segment,
    ends,
    span: { from: netOf(graph, opportunity, ends[0], lenders), to: netOf(graph, opportunity, ends[1], lenders) },
  })
  const lent = ({ repay }: Terms): boolean =>
    pays === null ||
    repay === 0n ||
    paysItself(opportunity, 1) ||
    (pays.asset !== 'native' && cheapest(lenders, pays.asset, repay) !== null)
  if (feasible === null) {
    const terms = termsAt(null)
    return lent(terms) ? [offer(null, [terms, terms])] : []
  }
  return feasible.segments.flatMap((segment): Offer[] => {
    const from = termsAt(segment.from)
    if (!lent(from)) return []
    const to = termsAt(segment.to)
    if (lent(to)) return [offer(segment, [from, to])]
    let [low, high] = [segment.from, segment.to]
    while (high - low > 1n) {
      const middle = (low + high) / 2n
      if (lent(termsAt(middle))) low = middle
      else high = middle
    }
    return [offer({ from: segment.from, to: low }, [from, termsAt(low)])]
  })
}

/** Handed over and rewarded, as far as it can be sold, less owed with the lender's fee, if any; floats, by token index. */
function netOf(
  graph: Graph,
  opportunity: Opportunity,
  { repay, seized, rewards }: Terms,
  lenders: readonly Lender[],
): Float64Array {
  const net = new Float64Array(graph.tokens.length)
  const wrapped = graph.tokens[graph.wrapped] as Address
  const add = (asset: Asset, units: number): void => {
    const index = sellableIndex(graph, sellable(asset, wrapped))
    if (index !== undefined) net[index] = (net[index] ?? 0) + units
  }
  for (const { asset, amount } of [...seized, ...rewards]) add(asset, Number(amount))
  const { pays } = opportunity
  if (pays === null || pays.asset === 'native' || repay === 0n) return net
  const fee = paysItself(opportunity, 1) ? 0n : (cheapest(lenders, pays.asset, amountOf(repay))?.fee ?? 0n)
  add(pays.asset, -Number(repay + fee))
  return net
}
