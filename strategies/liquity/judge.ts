import { WAD } from '#core/numbers.ts'
import type { Figures } from '#core/strategy.ts'
import { conditionsIn, type LiquityScene, ratioOf, totalRatio } from './conditions.ts'
import type { TrovePosition } from './records.ts'
import { entireOf } from './rewards.ts'
import { sequence } from './sequence.ts'

/** Where a read that every liquidation makes reverts. */
export const unjudged: Figures = { liquidatable: false, reverts: true }

/** The names `probe` uses too. `healthFactor` is the trove's ratio over the minimum; in recovery mode more can go. */
export const figures = (of: {
  readonly liquidatable: boolean
  readonly collateral: bigint
  readonly debt: bigint
  readonly ratio: bigint
  readonly totalRatio: bigint
  readonly mcr: bigint
}): Figures => ({ ...of, healthFactor: of.mcr === 0n ? of.ratio : (of.ratio * WAD) / of.mcr })

/** A trove is liquidatable where a call that names it alone would close it. */
export function judge(scene: LiquityScene, position: TrovePosition): Figures {
  const system = scene.book.market(position.market)?.data
  const conditions = system === undefined ? null : conditionsIn(scene, system)
  if (system === undefined || conditions === null || position.owner === null) return unjudged
  const { coll, debt } = entireOf(system, position.data)
  const alone = { position: () => position }
  return figures({
    liquidatable: sequence(system, alone, [position.owner], conditions) !== null,
    collateral: coll,
    debt,
    ratio: ratioOf(coll, debt, conditions.price),
    totalRatio: totalRatio(system, conditions.price),
    mcr: conditions.mcr,
  })
}
