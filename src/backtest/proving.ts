import { type Address, address } from '#core/address.ts'
import { isKeeperError } from '#core/error.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Prober } from '../execution/measure-gas.ts'

/** How acts are run on the chain's own state, and what they need laid over it. */
export type Proving = { readonly rpc: Rpc; readonly overridesAt: OverridesAt }
/** What lets the operator execute at an address on a block's state. */
export type OverridesAt = (at: Address, operator: Address, block: number) => Promise<object>

/** Who executes where acts are proven. Nobody has its key. */
export const prover = address('0x00000000000000000000000000506c696d736f0f')

/** Who runs what is left for want of known gas, on a block's state and after; `null` where that is not recorded. */
export async function proberAt({ overridesAt }: Proving, executor: Address, block: number): Promise<Prober | null> {
  try {
    return { from: prover, overrides: await overridesAt(executor, prover, block) }
  } catch (error) {
    if (isKeeperError(error, 'not-recorded')) return null
    throw error
  }
}
