import type { Address } from '#core/address.ts'
import type { Patch } from '#core/book.ts'
import { amount as amountOf } from '#core/numbers.ts'
import { isBlocked, type Opportunity, type Terms } from '#core/opportunity.ts'
import { type Funding, whomIn } from '#core/plan.ts'
import type { Scene } from '#core/scene.ts'
import { type Clearing, clear } from './clear.ts'
import { worthOf } from './clearable.ts'
import type { Context } from './context.ts'
import { estimateGas, shapeOf } from './gas.ts'
import { loansOf } from './lend.ts'
import { type Candidate, type Offer, sellable, sellableIndex } from './offer.ts'
import { paysItself } from './pays-itself.ts'
import { type Holdings, type Swap, settle } from './settle.ts'
import { type Borrowing, unpaidBy } from './unpaid-by.ts'

/** An offer at one input of its segment. */
export type Pick = { readonly offer: Offer; readonly input: bigint | null }
/** A step as it is found after those before it. */
export type Taking = {
  readonly candidate: Candidate
  readonly scene: Scene
  readonly opportunity: Opportunity
  readonly input: bigint | null
  readonly terms: Terms
}
/** A plan's whole arithmetic, to the wei. `net` is after gas, before the tip. */
export type Realised = {
  readonly picks: readonly Pick[]
  readonly takings: readonly Taking[]
  readonly funding: readonly Funding[]
  readonly swaps: readonly Swap[]
  readonly clearing: Clearing
  readonly closed: Uint8Array
  readonly gained: bigint
  readonly gasUnits: number
  readonly shape: string
  readonly net: bigint
}
export type Unrealised = { readonly failed: 'no-funding' | 'no-route' | 'gone' }

const PPM = 1_000_000n
const attemptsMax = 24

/** Exact terms one after the other, loans, swaps and gas; or why it cannot be done. */
export function realise(
  context: Context,
  picks: readonly Pick[],
  shut: Uint8Array,
  warm: Float64Array,
): Realised | Unrealised {
  const { graph, request } = context
  const takings = takeInTurn(context, picks)
  if (takings === null) return { failed: 'gone' }
  const { owed, isLent } = debtsOf(takings)
  const owing = [...owed].map(([asset, repay]) => {
    const cushion = (repay * BigInt(request.driftPpm) + PPM - 1n) / PPM
    return { asset, repay, cushion, borrowed: amountOf(repay + cushion) }
  })
  const wanted = owing.map(({ asset, borrowed }) => ({ asset, amount: borrowed }))
  const loans = isLent ? loansOf(request.lenders, wanted) : []
  const debts = owing.map((one, i) => ({ ...one, loan: loans[i] ?? null }))
  const count = graph.tokens.length
  const [hand, keep, cushions] = [0, 1, 2].map(() => new Array<bigint>(count).fill(0n)) as [
    bigint[],
    bigint[],
    bigint[],
  ]
  const add = (to: bigint[], token: Address, units: bigint): void => {
    const index = sellableIndex(graph, token)
    if (index !== undefined) to[index] = (to[index] ?? 0n) + units
  }
  const wrapped = request.exchange.wrapped
  const closed = Uint8Array.from(shut)
  const wraps: number[] = []
  for (const { asset, repay, cushion, borrowed, loan } of debts) {
    // Nothing lies beside what is taken: what it may grow by must be left too. Of the profit's own token all is left.
    if (!isLent) add(keep, asset, asset === wrapped ? repay : borrowed)
    if (!isLent) continue
    add(cushions, asset, cushion)
    if (loan === null) return { failed: 'no-funding' }
    wraps.push(loan.wrapGas)
    add(hand, asset, borrowed - repay)
    add(keep, asset, borrowed + loan.fee)
    closeLender(context, closed, loan.lender)
  }
  for (const { terms } of takings)
    for (const { asset, amount } of [...terms.seized, ...terms.rewards]) add(hand, sellable(asset, wrapped), amount)
  const settled = settleOpen(context, { hand, keep, cushions }, debts, closed, warm)
  if (settled === null) return { failed: 'no-route' }
  const hops = settled.swaps.map(({ hop }) => hop)
  const funding = debts.flatMap(({ asset, borrowed, loan }): Funding[] =>
    loan === null
      ? []
      : [{ source: loan.source, lender: loan.lender, borrow: { asset, amount: borrowed }, fee: loan.fee }],
  )
  const shape = shapeOf(
    takings,
    funding.map(({ source }) => source),
    graph,
    hops,
  )
  const gasUnits =
    request.gas.units(shape, () => whomIn(takings)) ??
    estimateGas(
      takings,
      wraps,
      hops.map((hop) => hopGas(context, hop)),
    )
  const net = settled.gained - BigInt(gasUnits) * request.gas.price
  return { picks, takings, funding, ...settled, closed, gasUnits, shape, net }
}

/** What is owed of each token; nobody lends it where the one step pays itself. */
function debtsOf(takings: readonly Taking[]): { owed: ReadonlyMap<Address, bigint>; isLent: boolean } {
  const owed = new Map<Address, bigint>()
  for (const { opportunity, terms } of takings)
    if (opportunity.pays !== null && opportunity.pays.asset !== 'native' && terms.repay > 0n)
      owed.set(opportunity.pays.asset, (owed.get(opportunity.pays.asset) ?? 0n) + terms.repay)
  return { owed, isLent: !takings.every(({ opportunity }) => paysItself(opportunity, takings.length)) }
}

export const hopGas = ({ graph }: Context, hop: number): number => graph.hops[hop]?.entry.module.hopGas ?? 0

/** A pool lent from is closed to the route: it would be locked. */
function closeLender({ graph }: Context, closed: Uint8Array, lender: Address): void {
  for (const [index, { entry }] of graph.hops.entries())
    if (entry.pool.id === (lender as string)) closed.fill(1, 2 * index, 2 * index + 2)
}

/**
 * Each in the scene that those before it leave, at the nearest input it then allows. One that is not there (a reserve
 * lacks cash until another has repaid) waits for the others; `null` where it never comes.
 */
function takeInTurn({ request }: Context, picks: readonly Pick[]): readonly Taking[] | null {
  // By module, not by name: one protocol may be there twice. All patches lie over the first scene, not one over another.
  const changes = new Map<Candidate['module'], readonly Patch[]>()
  const takings: Taking[] = []
  let waiting = picks
  while (waiting.length > 0) {
    const late: Pick[] = []
    for (const pick of waiting) {
      const { candidate } = pick.offer
      const before = changes.get(candidate.module)
      const scene = request.leave(candidate.scene, before ?? [])
      const opportunity = before === undefined ? candidate.opportunity : foundAgain(candidate, scene)
      const input = opportunity === null ? undefined : nearestInput(opportunity, pick.input)
      if (opportunity === null || input === undefined) {
        late.push(pick)
        continue
      }
      const terms = candidate.module.terms(scene, opportunity, input)
      takings.push({ candidate, scene, opportunity, input, terms })
      changes.set(candidate.module, [...(before ?? []), ...terms.after])
    }
    if (late.length === waiting.length) return null
    waiting = late
  }
  return takings
}

function foundAgain({ module, opportunity }: Candidate, scene: Scene): Opportunity | null {
  const market = scene.book.market(opportunity.market)
  if (market === undefined) return null
  const positions = opportunity.positions.flatMap((id) => scene.book.position(id) ?? [])
  const found = module.assess(scene, market, positions)
  return found.find((one): one is Opportunity => !isBlocked(one) && one.id === opportunity.id) ?? null
}

/** The input itself, or the end nearest to it of the segments there are; `undefined` where there are none. */
function nearestInput({ feasible }: Opportunity, input: bigint | null): bigint | null | undefined {
  if (feasible === null || input === null) return feasible === null && input === null ? null : undefined
  const off = (at: bigint): bigint => (at > input ? at - input : input - at)
  let best: bigint | undefined
  for (const { from, to } of feasible.segments) {
    const at = input < from ? from : input > to ? to : input
    if (best === undefined || off(at) < off(best)) best = at
  }
  return best
}

/**
 * Clears and settles; an edge in the way (a cycle, an amount too small, one that would not be paid) is closed and all is
 * solved again.
 */
function settleOpen(
  context: Context,
  holdings: Holdings,
  borrowings: readonly Borrowing[],
  closed: Uint8Array,
  warm: Float64Array,
): { swaps: readonly Swap[]; gained: bigint; clearing: Clearing } | null {
  const { graph, first } = context
  const balances = Float64Array.from(holdings.hand, (units, token) => Number(units - (holdings.keep[token] ?? 0n)))
  const scale = worthOf(balances, first)
  let start = warm
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const clearing = clear({ graph, balances, closed, first, scale }, start)
    const done = settle(graph, clearing, holdings)
    start = clearing.prices
    if ('swaps' in done) {
      const unpaid = unpaidBy(context, borrowings, done.swaps)
      if (unpaid.length === 0) return { ...done, clearing }
      for (const hop of unpaid) closed.fill(1, 2 * hop, 2 * hop + 2)
      continue
    }
    if (done.blocked === null) return null
    closed[done.blocked] = 1
  }
  return null
}

export const isRealised = (one: Realised | Unrealised): one is Realised => 'swaps' in one
