/** Gas by the shape of a plan: learned from what simulations and receipts measured, never estimated twice. */
export interface GasModel {
  /** `undefined` before anything of this shape was measured. */
  readonly units: (shape: string) => number | undefined
  readonly learn: (shape: string, gasUsed: number) => void
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

export function createGasModel(): GasModel {
  const known = new Map<string, number>()
  const refunds = new Map<string, number>()
  return {
    units: (shape) => {
      const found = known.get(shape)
      return found === undefined ? undefined : Math.ceil(found)
    },
    learn: (shape, gasUsed) => {
      const before = known.get(shape)
      known.set(shape, before === undefined ? gasUsed : Math.max(gasUsed, before * slowness + gasUsed * (1 - slowness)))
    },
    refund: (shape) => refunds.get(shape) ?? 0,
    // Once a shape: what is measured later has it taken off already.
    learnRefund: (shape, gas) => {
      if (!refunds.has(shape)) refunds.set(shape, Math.max(0, Math.floor(gas) - refundMargin))
    },
    forget: () => {
      known.clear()
      refunds.clear()
    },
  }
}
