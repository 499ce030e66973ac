import type { Address, Hex } from '#core/address.ts'
import type { Plan } from '#core/plan.ts'
import { encodeOrder } from './encode-order.ts'
import { type ExecutionSettings, orderOf } from './job.ts'
import { gasLimitOf } from './sign.ts'
import { type Request, simulated } from './simulate.ts'

/** Who executes where nothing is sent, and what must be laid over the state for that: ether of its own among it. */
export type Prober = { readonly from: Address; readonly overrides: object }

/** Refused, or not there: what a plan takes is not known. */
export type Measured = { readonly gasUsed: number } | { readonly gasUsed: null; readonly isRefused: boolean }

/**
 * What a plan takes of gas, told by a node that runs it on the state it was made for, at a price of nothing: so it comes to
 * its end whether it pays or not. The gas limit is a transaction's own, for the estimate is in doubt.
 */
export async function measureGas(
  request: Request,
  plan: Plan,
  settings: ExecutionSettings,
  { from, overrides }: Prober,
  refundGas: number,
): Promise<Measured> {
  const { block, before } = plan
  const data = encodeOrder(orderOf(plan, settings, refundGas))
  const call = { from, to: settings.executor, data, gasLimit: gasLimitOf(plan), maxFee: 0n, priorityFee: 0n }
  const on: Hex = `0x${(block.number - 1).toString(16)}`
  // Builders are no strangers: a tip to an account that was never used would cost 25,000 more.
  const setting = { on, baseFee: 0n, isChecked: false, beneficiary: from, stateOverrides: overrides }
  const found = await simulated(request, call, block, before, setting)
  return found.status === 'success'
    ? { gasUsed: found.gasUsed }
    : { gasUsed: null, isRefused: found.status === 'unknown' }
}
