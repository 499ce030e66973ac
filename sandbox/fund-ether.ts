import type { Address } from '#core/address.ts'
import type { Rpc } from '../src/chain/rpc.ts'

/** Sets balances of the chain's own currency. */
export async function fundEther(rpc: Rpc, who: readonly Address[], wei: bigint): Promise<void> {
  await rpc.batch(who.map((one) => ({ method: 'anvil_setBalance', params: [one, `0x${wei.toString(16)}`] })))
}
