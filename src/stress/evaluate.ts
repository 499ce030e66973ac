import { arbitrage } from './arbitrage.ts'
import { createLaid, type Laid } from './laid.ts'
import type { Model, Sunk } from './model.ts'
import { type Factors, factorAt, type Scenario } from './shock.ts'
import { shockedFeeds } from './shocked-feeds.ts'

/** The book as it was, at the prices of `part` of the shocks come at once: nobody has acted, nothing gives way. */
export function evaluate(
  model: Model,
  scenario: Pick<Scenario, 'shocks' | 'depegs'>,
  part: number,
): { readonly laid: Laid; readonly sunk: readonly Sunk[] } {
  const laid = createLaid()
  const price: Factors = (token) => factorAt(scenario, model.symbolOf(token), part)
  const { mirror, settings, block, feeds, anchors } = model
  arbitrage(mirror, anchors, model.spec(laid), laid, price)
  laid.put('engine/feeds', shockedFeeds(feeds, mirror.feeds().at(block), price, settings.wrapped))
  return { laid, sunk: model.sunk(model.spec(laid)) }
}
