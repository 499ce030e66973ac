import type { Address } from '#core/address.ts'
import { ZERO_ADDRESS } from '#core/address.ts'
import type { Plan } from '#core/plan.ts'
import { type Decision, decide } from '../engine/decide.ts'
import { arbitrage } from './arbitrage.ts'
import { carryOut } from './carry-out.ts'
import { impactOf } from './impact.ts'
import { createLaid, type Laid } from './laid.ts'
import type { Model } from './model.ts'
import { type Factors, factorAt, groupOf, type Scenario } from './shock.ts'
import { shockedFeeds } from './shocked-feeds.ts'

/** How a fall stands: what is laid over the book, and what liquidations have pushed and lost so far. */
export type State = {
  readonly laid: Laid
  /** By group or symbol: price over what the shocks alone make of it. */
  readonly pushed: Map<string, number>
  /** By symbol: what oracles say, over what they said at the start. */
  readonly told: Map<string, number>
  lostUsd: number
}

/** A plan carried out, in dollars; `lostUsd`: what is left unpaid by it. */
type Done = { readonly plan: Plan; readonly repaidUsd: number; readonly seizedUsd: number; readonly lostUsd: number }

export type Settled = {
  readonly plans: readonly Done[]
  readonly rounds: number
  readonly isSettled: boolean
  /** Of the last round: who is left, and why. */
  readonly skips: Decision['skips']
}

/** More rounds than any fall has taken that ended at all. */
const roundsMost = 64

export const startOf = (): State => ({ laid: createLaid(), pushed: new Map(), told: new Map(), lostUsd: 0 })

/**
 * Brings the market to `part` of the shocks and lets it settle: oracles follow, keepers act on what pays, pools give way,
 * others buy back but for `recovery` of it, and what is left of that is the market's new price; until nobody acts.
 */
export function settle(model: Model, scenario: Scenario, part: number, state: State): Settled {
  const plans: Done[] = []
  const { mirror, settings } = model
  const market = marketPrice(model, scenario, part, state)
  for (let rounds = 1; ; rounds += 1) {
    arbitrage(mirror, model.anchors, model.spec(state.laid), state.laid, market)
    follow(model, scenario, state, market)
    const spec = model.spec(state.laid)
    const { plans: found, skips } = decide(
      mirror,
      spec,
      settings,
      () => undefined,
      () => null,
    )
    if (found.length === 0 || rounds === roundsMost) return { plans, rounds, isSettled: found.length === 0, skips }
    for (const plan of found) {
      const told = worthOf(model, state, plan)
      if (!carryOut(mirror, plan, state.laid, model.spec)) continue
      plans.push(told)
      state.lostUsd += told.lostUsd
    }
    give(model, scenario, state, market)
  }
}

/** The market's price of a token over its price at the start. */
const marketPrice =
  (model: Model, scenario: Scenario, part: number, { pushed }: State): Factors =>
  (token) => {
    const symbol = model.symbolOf(token)
    const group = groupOf(symbol)
    const own = group === symbol.toUpperCase() ? 1 : (pushed.get(symbol) ?? 1)
    return factorAt(scenario, symbol, part) * (pushed.get(group) ?? 1) * own
  }

/** Each oracle follows the market once that is far enough from what it last told. */
function follow(model: Model, { deviation }: Scenario, { laid, told }: State, market: Factors): void {
  const oracle: Factors = (token) => {
    const symbol = model.symbolOf(token)
    const before = told.get(symbol) ?? 1
    const now = market(token)
    if (Math.abs(now / before - 1) > deviation) told.set(symbol, now)
    return told.get(symbol) ?? 1
  }
  const plain = model.mirror.feeds().at(model.block)
  laid.put('engine/feeds', shockedFeeds(model.feeds, plain, oracle, model.settings.wrapped))
}

/** What pools stand below the market, `recovery` of it, is the market's from now on. */
function give(model: Model, { recovery }: Scenario, state: State, market: Factors): void {
  if (recovery === 0) return
  const spec = model.spec(state.laid)
  const { mirror, anchors, rank, settings } = model
  const below = impactOf(mirror, anchors, spec, { price: market, rank, worth: model.worth(spec) })
  for (const [token, ratio] of below) {
    const symbol = model.symbolOf(token)
    // Wrapped native is what its whole group is measured by.
    const name = token === settings.wrapped ? groupOf(symbol) : symbol
    state.pushed.set(name, (state.pushed.get(name) ?? 1) * (1 + recovery * (ratio - 1)))
  }
}

/** In dollars at the prices it is taken at; where nobody pays, its positions' whole debt. */
function worthOf(model: Model, state: State, plan: Plan): Done {
  const spec = model.spec(state.laid)
  const dollars = model.worth(spec)
  const of = (asset: Address | 'native', units: bigint): number => Number(units) * (dollars(asset) ?? 0)
  let [repaidUsd, seizedUsd, lostUsd] = [0, 0, 0]
  for (const { opportunity, terms } of plan.steps) {
    const { pays } = opportunity
    repaidUsd += pays === null ? debtOf(model, spec, opportunity) : of(pays.asset, terms.repay)
    seizedUsd += [...terms.seized, ...terms.rewards].reduce((sum, { asset, amount }) => sum + of(asset, amount), 0)
    lostUsd += of(pays?.asset ?? ZERO_ADDRESS, pays === null ? 0n : terms.badDebt)
  }
  return { plan, repaidUsd, seizedUsd, lostUsd }
}

function debtOf(
  model: Model,
  spec: ReturnType<Model['spec']>,
  { positions, market }: Plan['steps'][number]['opportunity'],
): number {
  const dollars = model.worth(spec)
  const found = model.mirror.modules.strategies.find(({ key }) => model.mirror.bookOf(key, spec).market(market))
  if (found === undefined) return 0
  const scene = model.mirror.sceneOf(found.key, spec)
  return positions.reduce((sum, id) => {
    const position = scene.book.position(id)
    const debt = position === undefined ? [] : model.holdings(found.module, scene, position).debt
    return sum + debt.reduce((all, { asset, units }) => all + Number(units) * (dollars(asset) ?? 0), 0)
  }, 0)
}
