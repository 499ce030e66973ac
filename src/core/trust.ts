import type { Address, Hex } from './address.ts'

/**
 * What a module needs the executor to have registered: nothing a plan names is trusted unless its owner said so once.
 * `watched`: a token the function may take without an approval. `recipientArgument` counts from 0.
 */
export type Trust =
  | {
      readonly kind: 'target'
      readonly to: Address
      readonly selector: Hex
      readonly recipientArgument: number | null
      readonly watched: Address | null
    }
  | { readonly kind: 'spender'; readonly who: Address }
  | { readonly kind: 'peer'; readonly who: Address }
  | { readonly kind: 'lender'; readonly lender: Address }
  | { readonly kind: 'factory'; readonly factory: Address; readonly initCodeHash: Hex | null }
  /**
   * `token` is unwrapped by this function of `redeemer`. `underlying`: what the token answers to
   * UNDERLYING_ASSET_ADDRESS(). `answer: 'zero'`: a returned error code is a failure.
   */
  | {
      readonly kind: 'exit'
      readonly token: Address
      readonly redeemer: Address
      readonly selector: Hex
      readonly takes: readonly ('amount' | 'executor' | 'underlying' | 'zero')[]
      readonly answer: 'any' | 'zero'
      readonly pays: 'token' | 'native'
    }
