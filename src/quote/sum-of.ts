import { BPS, type Wei, wei } from '#core/numbers.ts'
import type { StepWorth, Sum } from '#core/plan.ts'
import type { Context } from './context.ts'
import { sellable, sellableIndex } from './offer.ts'
import type { Realised } from './realise.ts'

/**
 * Every term named, in wei of wrapped native. Repay and fee are valued at the plan's own exit prices and rewards too;
 * what the swaps brought is the rest, so that the four are exactly what was gained. `beside`: taken beside gas.
 */
export function sumOf(context: Context, plan: Realised, beside: Wei): Sum {
  const { request } = context
  const total = totalBy(context, plan)
  const repay = -total(
    plan.takings.flatMap(({ opportunity: { pays }, terms }) =>
      pays === null ? [] : [{ asset: pays.asset, amount: terms.repay }],
    ),
  )
  const flashFee = -total(plan.funding.map(({ borrow, fee }) => ({ asset: borrow.asset, amount: fee })))
  const rewards = total(plan.takings.flatMap(({ terms }) => terms.rewards))
  const gas = -BigInt(plan.gasUnits) * request.gas.price
  const left = plan.gained + gas - beside
  const tip = left > 0n ? -((left * request.tipShareBps) / BPS) : 0n
  return {
    swapOut: wei(plan.gained - repay - flashFee - rewards),
    rewards: wei(rewards),
    repay: wei(repay),
    flashFee: wei(flashFee),
    gas: wei(gas),
    dataFee: wei(-beside),
    tip: wei(tip),
    net: wei(left + tip),
  }
}

export function worthsOf(context: Context, plan: Realised): readonly StepWorth[] {
  const total = totalBy(context, plan)
  return plan.takings.map(({ opportunity: { pays }, terms }) => ({
    repaid: wei(pays === null ? 0n : total([{ asset: pays.asset, amount: terms.repay }])),
    got: wei(total([...terms.seized, ...terms.rewards])),
    rewards: wei(total(terms.rewards)),
  }))
}

/** At the prices the plan ends at; what cannot be sold counts as nothing. */
function totalBy({ request, graph }: Context, { clearing }: Realised) {
  const wrapped = request.exchange.wrapped
  const worth = (asset: string, units: bigint): bigint => {
    const token = sellableIndex(graph, sellable(asset as 'native', wrapped))
    if (token === undefined || token === graph.wrapped) return token === undefined ? 0n : units
    const price = clearing.prices[token] ?? 0
    // Wei a unit, as a fraction of 2^40: tokens of few decimals are worth many wei each, and none below 2^-40.
    return (units * BigInt(Math.round(price * 2 ** 40))) >> 40n
  }
  return (parts: readonly { readonly asset: string; readonly amount: bigint }[]): bigint =>
    parts.reduce((sum, { asset, amount }) => sum + worth(asset, amount), 0n)
}
