import { divPrice, mulFactor, mulPrice, principalDown } from './math.ts'
import type { AccountPosition, Asset, Totals } from './records.ts'
import { type CometScene, type Now, type Standing, standingOf } from './standing.ts'

/** What the Comet takes over. */
export type Absorbed = { readonly standing: Standing; readonly badDebt: bigint }
export type Absorption = {
  readonly totals: Totals
  readonly absorbed: readonly Absorbed[]
  /** Collateral that came to the Comet, by asset. */
  readonly seized: ReadonlyMap<Asset, bigint>
}
export type NotAbsorbed = { readonly healthy: AccountPosition } | { readonly missing: string }

/**
 * All collateral of each account becomes the Comet's, all debt is paid out of reserves, and what the collateral is
 * credited beyond the debt becomes the account's supply. Accrual comes first, so that `now` must be of the scene's
 * second. All of it reverts where one account is not below the line. Source: Comet.absorb, Comet.absorbInternal.
 */
export function absorb(scene: CometScene, now: Now, positions: readonly AccountPosition[]): Absorption | NotAbsorbed {
  const { baseScale } = now.comet
  const seized = new Map<Asset, bigint>()
  const absorbed: Absorbed[] = []
  let totals = now.totals.data
  for (const position of positions) {
    const standing = standingOf(scene, now, position.data)
    if ('missing' in standing) return standing
    if (!standing.isLiquidatable) return { healthy: position }
    let creditValue = 0n
    for (const { asset, balance, value } of standing.collateral) {
      creditValue += mulFactor(value, asset.liquidationFactor)
      seized.set(asset, (seized.get(asset) ?? 0n) + balance)
    }
    const credit = divPrice(creditValue, standing.basePrice, baseScale)
    const left = credit > standing.debt ? credit - standing.debt : 0n
    const paid = standing.debt + left
    totals = {
      ...totals,
      borrowed: totals.borrowed - position.data.principal,
      supplied: totals.supplied + principalDown(left, totals.supplyIndex),
    }
    const badDebt = uncovered(paid, mulPrice(paid, standing.basePrice, baseScale), creditValue)
    absorbed.push({ standing, badDebt })
  }
  return { totals, absorbed, seized }
}

/**
 * Of what reserves pay out, the share that the credited value of the collateral does not cover; in units of base, rounded
 * up. It is reckoned from values, and not from the base's price, since values are all that logs tell: before and after it
 * is then the same, and off the true loss by no more than a value's last digit.
 */
export function uncovered(paid: bigint, paidValue: bigint, creditValue: bigint): bigint {
  return creditValue >= paidValue ? 0n : paid - (paid * creditValue) / paidValue
}
