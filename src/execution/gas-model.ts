import type { GasUnits } from '#core/plan.ts'

/** Gas of plans, learned from what simulations and receipts measured, never estimated twice. */
export interface GasModel {
  readonly units: GasUnits
  readonly learn: (shape: string, gasUsed: number) => void
  /** Of a plan for these positions, run on the state before that block. */
  readonly measured: (shape: string, whom: string, block: number, gasUsed: number) => void
  /** The least that such a plan may really take of that block's gas, by what is known of it. */
  readonly least: (shape: string, whom: string, block: number, gasUnits: number) => number
  /** Gas given back at the end, which the executor cannot see from inside; 0 before it was measured. */
  readonly refund: (shape: string) => number
  readonly learnRefund: (shape: string, gas: number) => void
  /** A fork of the chain's rules may reprice everything. */
  readonly forget: () => void
}

/** How much of the old is kept when a cheaper run is seen; a dearer one counts at once. */
const slowness = 0.9

/** A cold slot or two may differ. */
const refundMargin = 10_000

/** Measured a block ago or long ago, the same plan takes no less than this part of it: a slot or a tick may differ. */
const steady = 0.9
/** Any other estimate may be so many times too high: twice was the most met. */
const doubtTimes = 3

/** Of so many plans what was measured is kept. */
const measuredMost = 4_096

export function createGasModel(): GasModel {
  const known = new Map<string, number>()
  const measured = new Map<string, { readonly gasUsed: number; readonly block: number }>()
  const refunds = new Map<string, number>()
  const learn: GasModel['learn'] = (shape, gasUsed) => {
    const before = known.get(shape)
    known.set(shape, before === undefined ? gasUsed : Math.max(gasUsed, before * slowness + gasUsed * (1 - slowness)))
  }
  return {
    units: (shape, whom) => {
      const found = known.get(shape)
      // Whatever was measured taught its shape too.
      if (found === undefined) return undefined
      return measured.get(keyOf(shape, whom()))?.gasUsed ?? Math.ceil(found)
    },
    learn,
    measured: (shape, whom, block, gasUsed) => {
      learn(shape, gasUsed)
      measured.delete(keyOf(shape, whom))
      measured.set(keyOf(shape, whom), { gasUsed, block })
      for (const old of measured.keys()) if (measured.size > measuredMost) measured.delete(old)
    },
    least: (shape, whom, block, gasUnits) => {
      const found = measured.get(keyOf(shape, whom))
      if (found === undefined) return gasUnits / doubtTimes
      return found.block === block ? found.gasUsed : found.gasUsed * steady
    },
    refund: (shape) => refunds.get(shape) ?? 0,
    // Once a shape: what is measured later has it taken off already.
    learnRefund: (shape, gas) => {
      if (!refunds.has(shape)) refunds.set(shape, Math.max(0, Math.floor(gas) - refundMargin))
    },
    forget: () => {
      known.clear()
      measured.clear()
      refunds.clear()
    },
  }
}

const keyOf = (shape: string, whom: string): string => `${shape} ${whom}`
