import type { Address, Asset } from '#core/address.ts'
import { type Wei, wei } from '#core/numbers.ts'
import { type Exchange, graphOf } from './exchange.ts'
import { sellable } from './offer.ts'
import { spotPrices } from './spot-prices.ts'

/** What so many units are worth at the pools' first prices, in wei of wrapped native; `null` where no pool leads there. */
export function spotWorth(exchange: Exchange, assets: readonly Asset[]): (asset: Asset, units: bigint) => Wei | null {
  const tokenOf = (asset: Asset): Address => sellable(asset, exchange.wrapped)
  const graph = graphOf(exchange, [...new Set(assets.map(tokenOf))])
  const prices = spotPrices(graph)
  return (asset, units) => {
    const index = graph.indexOf.get(tokenOf(asset))
    if (index === graph.wrapped) return wei(units)
    const price = index === undefined ? 0 : (prices[index] ?? 0)
    // As a fraction of 2^40, as a plan's own worths are.
    return price === 0 ? null : wei((units * BigInt(Math.round(price * 2 ** 40))) >> 40n)
  }
}
