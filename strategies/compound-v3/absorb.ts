import { divPrice, mulFactor, principalDown } from './math.ts'
import type { AccountPosition, Asset, Totals } from './records.ts'
import { type CometScene, type Now, type Standing, standingOf } from './standing.ts'

/** What the Comet takes over; `credit` in units of base. */
export type Absorbed = {
  readonly position: AccountPosition
  readonly standing: Standing
  /** What the collateral pays of the debt, at most what it is credited at. */
  readonly credit: bigint
  /** Of the debt, what no collateral pays for. */
  readonly badDebt: bigint
}
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
    totals = {
      ...totals,
      borrowed: totals.borrowed - position.data.principal,
      supplied: totals.supplied + principalDown(left, totals.supplyIndex),
    }
    absorbed.push({ position, standing, credit, badDebt: standing.debt > credit ? standing.debt - credit : 0n })
  }
  return { totals, absorbed, seized }
}
