import type { Address } from '#core/address.ts'
import { type Amount, amount as amountOf, BPS } from '#core/numbers.ts'
import type { Step } from '#core/plan.ts'
import type { Call, Instruction } from '#core/program.ts'
import type { Context, QuoteRequest } from './context.ts'
import type { Hop } from './exchange.ts'
import { actGas } from './gas.ts'
import { paysItself } from './pays-itself.ts'
import type { Realised, Taking } from './realise.ts'

const PPM = 1_000_000n
/** A step that may fail alone gets this much more than it is known to need. */
const tryMargin = 1.6
const tryBase = 150_000

/**
 * Loans around everything, outermost first; the steps; the swaps. With several steps each may fail alone: what it
 * would have sold is then not there, and swaps sell what there is. A step that pays itself has the swaps inside it.
 */
export function programOf(context: Context, plan: Realised, steps: readonly Step[]): readonly Instruction[] {
  const [only, ...others] = plan.takings
  const [first] = steps
  if (only !== undefined && first !== undefined && paysItself(only.opportunity, plan.takings.length))
    return actOf(context, only, first, exitOf(context, plan, false))
  const several = others.length > 0
  const acts = plan.takings.flatMap((taking, i): readonly Instruction[] => {
    const step = steps[i]
    if (step === undefined) return []
    const inside = actOf(context, taking, step)
    return several ? [{ op: 'try', gasLimit: Math.ceil(actGas(taking) * tryMargin) + tryBase, inside }] : inside
  })
  let program: readonly Instruction[] = [...acts, ...exitOf(context, plan, several)]
  for (const { source, lender, borrow } of plan.funding.toReversed())
    program = [
      { op: 'flash', kind: source, lender, asset: borrow.asset as Address, amount: borrow.amount, inside: program },
    ]
  return program
}

/** What was handed over, sold; native currency is wrapped first. */
function exitOf(context: Context, plan: Realised, several: boolean): readonly Instruction[] {
  const native = plan.takings.some(({ terms }) =>
    [...terms.seized, ...terms.rewards].some(({ asset }) => asset === 'native'),
  )
  const swaps = plan.swaps.map((swap): Instruction => {
    const { entry, tokenA, tokenB } = context.graph.hops[swap.hop] as Hop
    const sell = swap.side === 0 ? tokenA : tokenB
    return entry.module.swap(
      entry.pool,
      sell,
      swap.amount,
      several ? amountOf(0n) : leastOut(context, plan, swap.bought),
    )
  })
  return [...(native ? [{ op: 'wrap' } as const] : []), ...swaps]
}

/** The price may give way by the profit's share of what the swaps turn over, half at most: beyond it nothing is left. */
function leastOut({ request, graph }: Context, plan: Realised, bought: Amount): Amount {
  const spare = Number(plan.net - request.minimumNet)
  const turned = plan.swaps.reduce(
    (sum, swap) => sum + (swap.buy === graph.wrapped ? 1 : (plan.clearing.prices[swap.buy] ?? 0)) * Number(swap.bought),
    0,
  )
  const give = spare > 0 && turned > 0 ? BigInt(Math.floor(Math.min(spare / turned, 0.5) * Number(BPS))) : 0n
  return amountOf((bought * (BPS - give)) / BPS)
}

/** The calls of one step. `exit`: what is done inside its callback, between our own calls there. */
export function actOf(
  { request }: { readonly request: Pick<QuoteRequest, 'executor' | 'driftPpm' | 'payload'> },
  { candidate, scene }: Pick<Taking, 'candidate' | 'scene'>,
  step: Step,
  exit: readonly Instruction[] = [],
): readonly Instruction[] {
  const encoded = candidate.module.encode(scene.book, step, request.executor)
  const plain = (call: Call): Instruction => ({ op: 'act', call, approve: null, callback: null })
  const { pays } = step.opportunity
  const cushion = (step.terms.repay * BigInt(request.driftPpm) + PPM - 1n) / PPM
  const approve =
    pays === null || pays.asset === 'native'
      ? null
      : { asset: pays.asset, spender: pays.spender, amount: amountOf(step.terms.repay + cushion) }
  const { from, selector, enter, leave } = encoded.callback ?? { from: null, selector: null, enter: [], leave: [] }
  const inside = [...enter.map(plain), ...exit, ...leave.map(plain)]
  // Where there is nothing to do inside, there is no need to be called back.
  const callback = from === null || inside.length === 0 ? null : { from, selector, inside }
  return [
    ...encoded.prepare.map(plain),
    { op: 'act', call: encoded.act(callback === null ? '0x' : request.payload(inside)), approve, callback },
    ...encoded.finish.map(plain),
  ]
}
