import type { AaveScene } from '../../../strategies/aave-v3/account-data.ts'
import { isReserve } from '../../../strategies/aave-v3/records.ts'
import type { PlannedTry } from './tries.ts'

export const branches = [
  'close factor 50 %',
  'close factor 100 %',
  'dust',
  'collateral-capped',
  'same-asset',
  'e-mode',
  'bad debt',
  'decimals 6',
  'decimals 8',
  'decimals 18',
  'time elapsed',
  'two in a row',
] as const
export type Branch = (typeof branches)[number]

const byTag: Readonly<Record<string, Branch>> = {
  'close-factor-50': 'close factor 50 %',
  'close-factor-100': 'close factor 100 %',
  'full-dust': 'dust',
  'collateral-capped': 'collateral-capped',
  'same-asset': 'same-asset',
  'e-mode': 'e-mode',
  'bad-debt': 'bad debt',
}

/** The branches a case went through; each counts once a case. */
export function branchesOf(scene: AaveScene, tries: readonly PlannedTry[]): ReadonlySet<Branch> {
  const found = new Set<Branch>()
  for (const { tags, steps, reverts } of tries) {
    for (const tag of tags) {
      const branch = byTag[tag]
      if (branch !== undefined) found.add(branch)
    }
    if (steps.length > 1) found.add('two in a row')
    // A gap among the inputs that reverts is the dust rule at work.
    if (reverts && (steps[0]?.opportunity.feasible?.segments.length ?? 0) > 1) found.add('dust')
    for (const { opportunity } of reverts ? [] : steps) {
      for (const id of [opportunity.data.collateral, opportunity.data.debt]) {
        const market = scene.book.market(id)
        if (!isReserve(market)) continue
        found.add(`decimals ${market.data.unit.toString().length - 1}` as Branch)
        if (market.data.updatedAt < scene.block.timestamp - 3_600) found.add('time elapsed')
      }
    }
  }
  return found
}
