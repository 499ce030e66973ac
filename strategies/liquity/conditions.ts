import { UINT256_MAX } from '#core/numbers.ts'
import type { Scene } from '#core/scene.ts'
import { feedIds } from './feeds.ts'
import type { System, Trove } from './records.ts'

export type LiquityScene = Scene<System, Trove>

/** What the protocol reads from elsewhere at a liquidation: price, ratios as wad, and the liquidator's share, 1 / divisor. */
export type Conditions = {
  readonly price: bigint
  readonly mcr: bigint
  readonly ccr: bigint
  readonly divisor: bigint
}

/** `null` where one of the reads reverts, or nothing could be divided by it: then every liquidation reverts. */
export function conditionsIn(scene: LiquityScene, system: System): Conditions | null {
  const ids = feedIds(system.manager)
  const [price, mcr, ccr, divisor] = [ids.price, ids.mcr, ids.ccr, ids.divisor].map((id) => scene.feed(id)?.value)
  if (price === undefined || mcr === undefined || ccr === undefined || divisor === undefined) return null
  return price <= 0n || divisor <= 0n ? null : { price, mcr, ccr, divisor }
}

/** Collateral over debt as wad, rounded down; the largest integer without debt. Source: LiquityMath._computeCR. */
export const ratioOf = (coll: bigint, debt: bigint, price: bigint): bigint =>
  debt === 0n ? UINT256_MAX : (coll * price) / debt

/** Of all troves together. Source: LiquityBase._getTCR. */
export const totalRatio = (system: System, price: bigint): bigint =>
  ratioOf(system.activeColl + system.defaultColl, system.activeDebt + system.defaultDebt, price)
