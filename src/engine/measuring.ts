import { BPS, type Wei } from '#core/numbers.ts'
import { gasFreeProfit, type Plan, type Verdict, whomIn } from '#core/plan.ts'
import type { SceneSpec } from '#core/scene.ts'
import type { GasModel } from '../execution/gas-model.ts'
import type { Measured } from '../execution/measure-gas.ts'
import type { DecideSettings } from './decide.ts'

/** Plans left only because their gas may be too high an estimate are run by a node before they are left for good. */
export interface Measuring {
  /** All that was said of a scene. */
  readonly heard: (spec: SceneSpec, verdicts: readonly Verdict[]) => void
  /** Beside the path. @returns whether gas is known now that was not: then all is to be judged again. */
  readonly go: (isCurrent: () => boolean) => Promise<boolean>
}
export type MeasuringParts = {
  readonly gas: Pick<GasModel, 'least' | 'measured'>
  readonly settings: Pick<DecideSettings, 'minimumNet' | 'tipShareBps' | 'priorityFee'>
  readonly measure: (plan: Plan) => Promise<Measured>
}
export const noMeasuring: Measuring = { heard: () => undefined, go: async () => false }

/** With one head, those that may leave most first. */
const eachTime = 8
/** A node that refused is left alone for so many blocks. */
const refusedBlocks = 50

export function createMeasuring({ gas, settings, measure }: MeasuringParts): Measuring {
  let left: readonly Plan[] = []
  /** For a block, those that came to no end. */
  const failed = { block: 0, plans: new Set<string>() }
  let refusedUntil = 0
  return {
    heard: (spec, verdicts) => {
      if (spec.cause !== '' || spec.patches.length > 0) return
      left = verdicts.flatMap((one) =>
        one.do === 'skip' && one.reason === 'unprofitable' && one.plan !== null ? [one.plan] : [],
      )
    },
    go: async (isCurrent) => {
      const block = left[0]?.block.number ?? 0
      if (block < refusedUntil) return false
      if (failed.block !== block) failed.plans.clear()
      failed.block = block
      const worth = left
        .map((plan) => ({ plan, most: mostOf(plan, gas, settings) }))
        .filter(({ plan, most }) => most >= settings.minimumNet && most > 0n && !failed.plans.has(plan.id))
        .sort((a, b) => (a.most === b.most ? (a.plan.id < b.plan.id ? -1 : 1) : a.most > b.most ? -1 : 1))
      let isNew = false
      for (const { plan } of worth.slice(0, eachTime)) {
        if (!isCurrent()) return false
        const found = await measure(plan)
        if (found.gasUsed !== null) {
          gas.measured(plan.shape, whomIn(plan.steps), block, found.gasUsed)
          isNew = true
          continue
        }
        failed.plans.add(plan.id)
        if (!found.isRefused) continue
        refusedUntil = block + refusedBlocks
        break
      }
      return isNew && isCurrent()
    },
  }
}

/** What a plan would leave after its tip if it took the least gas that it may; in wei, rounded up by less than a unit. */
function mostOf(
  { sum, shape, steps, block, gasUnits }: Plan,
  { least }: Pick<GasModel, 'least'>,
  { tipShareBps, priorityFee }: MeasuringParts['settings'],
): Wei {
  const units = BigInt(Math.floor(least(shape, whomIn(steps), block.number, gasUnits)))
  const left = gasFreeProfit(sum) + sum.dataFee - units * (block.baseFee + priorityFee)
  return (left <= 0n ? left : left - (left * tipShareBps) / BPS) as Wei
}
