import type { Hex } from '#core/address.ts'

/** What a relay said; its word is never the fate of a bundle, which is read from blocks. */
export type RelayAnswer = { readonly accepted: boolean; readonly ambiguous: boolean; readonly answer: string }

/** A way to builders. Never throws: whatever happens is an answer. */
export interface Relay {
  readonly name: string
  readonly sendBundle: (raw: readonly Hex[], block: number) => Promise<RelayAnswer>
  readonly sendPrivate: (raw: Hex, lastBlock: number) => Promise<RelayAnswer>
}

/** Clear words of refusal release the nonce; a timeout or an odd answer keeps it reserved until the block has passed. */
export const refusal = (answer: string): RelayAnswer => ({ accepted: false, ambiguous: false, answer })
export const doubt = (answer: string): RelayAnswer => ({ accepted: false, ambiguous: true, answer })
export const acceptance = (answer: string): RelayAnswer => ({ accepted: true, ambiguous: false, answer })
