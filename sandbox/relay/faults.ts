import type { Hex } from '#core/address.ts'

/** What may be done to a request; the first rule that fits decides. */
export type RelayFault = {
  /** Any, where absent. */
  readonly method?: string
  /** `forget`: accepted by its word, and then never included. `odd`: 200 without a hash. */
  readonly kind: 'too-many' | 'drop' | 'hang' | 'refuse' | 'forget' | 'odd'
  /** Requests that pass before it begins. */
  after?: number
  times: number
}

/** Everything that may go wrong between a keeper and a block; tests write it, the relay and the builder read it. */
export type RelayFaults = {
  readonly answers: RelayFault[]
  /** Milliseconds that every answer is held back. */
  delayMs: number
  /** Signed transactions placed ahead of all bundles in the next block; then emptied. So a pool can be moved between signing and inclusion. */
  before: Hex[]
  /** So many next blocks are built by others: no bundle and no private transaction is included. */
  missBlocks: number
}

export const noFaults = (): RelayFaults => ({ answers: [], delayMs: 0, before: [], missBlocks: 0 })

/** The fault for a request, used up by asking. */
export function takeFault(faults: RelayFaults, method: string): RelayFault['kind'] | null {
  for (const fault of faults.answers) {
    if (fault.times <= 0 || (fault.method !== undefined && fault.method !== method)) continue
    if ((fault.after ?? 0) > 0) {
      fault.after = (fault.after ?? 0) - 1
      continue
    }
    fault.times -= 1
    return fault.kind
  }
  return null
}
