import type { Asset } from '#core/address.ts'
import { isBlocked } from '#core/opportunity.ts'
import type { Model, Sunk } from './model.ts'

/**
 * Whether each further liquidation leaves it worse off: what is owed over what is held, times what is handed over for
 * each unit repaid, is 1 or more. As the protocol's own terms say for the most it takes, fees of its own apart.
 */
export function isToxic(model: Model, { key, position, scene, debt, collateral, dollars }: Sunk): boolean {
  const module = model.mirror.modules.strategies.find((one) => one.key === key)?.module
  const market = scene.book.market(position.market)
  if (module === undefined || market === undefined || collateral === 0) return false
  const of = (asset: Asset, units: bigint): number => Number(units) * (dollars(asset) ?? 0)
  return module.assess(scene, market, [position]).some((found) => {
    if (isBlocked(found) || found.pays === null) return false
    const terms = module.terms(scene, found, found.feasible?.segments.at(-1)?.to ?? null)
    const repaid = of(found.pays.asset, terms.repay)
    const seized = terms.seized.reduce((sum, { asset, amount }) => sum + of(asset, amount), 0)
    return repaid > 0 && (debt / collateral) * (seized / repaid) >= 1
  })
}
