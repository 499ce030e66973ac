import type { Address, Hex } from './address.ts'
import type { View } from './world.ts'

/** A call that somebody will make: `from` is whom the called contract will see. */
export type Payload = { readonly from: Address; readonly to: Address; readonly data: Hex; readonly value: bigint }

/** A change known ahead: what a timelock or an executor holds back until a second. */
export type QueuedPayload = {
  /** As its keeper names it. */
  readonly id: Hex
  readonly calls: readonly Payload[]
  /** From this second on anybody who may can execute it; many are executed later, some never. */
  readonly executableAt: number
  /** Whether a transaction's call is the execution of it. */
  readonly isExecution: (call: { readonly to: Address; readonly data: Hex }) => boolean
}

/** Where queued payloads come from. */
export interface PayloadSource {
  /** All that is queued at the view's block. @throws as `View` does. */
  readonly queued: (view: View) => Promise<readonly QueuedPayload[]>
}
