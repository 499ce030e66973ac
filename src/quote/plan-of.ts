import { hash } from 'node:crypto'
import type { Hex } from '#core/address.ts'
import { toText } from '#core/plain.ts'
import { jointName, type Leg, type Plan, type Step } from '#core/plan.ts'
import { besideOf } from './beside.ts'
import type { Context } from './context.ts'
import type { Hop } from './exchange.ts'
import { programOf } from './program-of.ts'
import type { Realised } from './realise.ts'
import { sumOf, worthsOf } from './sum-of.ts'

/** The plan with everything a verdict, a journal and an executor need. Its id follows from block and steps alone. */
export function planOf(context: Context, realised: Realised): Plan {
  const { block, trigger } = context.request
  const steps = realised.takings.map(({ opportunity, input, terms }): Step => ({ opportunity, input, terms }))
  const label = toText([
    block.number,
    block.parentHash,
    ...steps.map(({ opportunity: { market, id }, input }) => [market, id, input]),
  ])
  const program = programOf(context, realised, steps)
  return {
    id: `0x${hash('sha256', label).slice(0, 32)}`,
    strategy: jointName(realised.takings.map(({ candidate }) => candidate.strategy)),
    trigger,
    block,
    steps,
    worths: worthsOf(context, realised),
    legs: realised.swaps.map((swap): Leg => {
      const { entry, tokenA, tokenB } = context.graph.hops[swap.hop] as Hop
      const [sell, buy] = swap.side === 0 ? [tokenA, tokenB] : [tokenB, tokenA]
      const { holder } = entry.module
      return {
        venue: entry.venue,
        pool: entry.pool.id as string as Hex,
        ...(holder === undefined ? {} : { paidBy: holder }),
        sell: { asset: sell, amount: swap.sold },
        buy: { asset: buy, amount: swap.bought },
      }
    }),
    funding: realised.funding,
    sum: sumOf(context, realised, besideOf(context, program, realised.gasUnits)),
    shape: realised.shape,
    gasUnits: realised.gasUnits,
    program,
    before: [],
  }
}
