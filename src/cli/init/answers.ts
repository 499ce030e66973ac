import type { Address } from '#core/address.ts'

export type KeyAnswer =
  | { readonly kind: 'none' }
  /** Made now, with a password of its own. */
  | { readonly kind: 'new' }
  /** `secret`: where it was typed; it goes to `.env`. */
  | { readonly kind: 'env'; readonly name: string; readonly secret: string | null }
  | { readonly kind: 'keystore'; readonly keystore: string; readonly passwordFile: string | null }

export type Via = 'bundle' | 'private' | 'public'

/** All that is asked, or told by flags. */
export type Answers = {
  readonly rpc: string
  readonly chainId: number
  /** A configuration as far as the chain and its deployments go; `chain.rpc` is `${RPC_URL}`, `submission.dryRun` is true. */
  readonly base: string
  /** `aave-v3:mainnet`, … */
  readonly protocols: readonly string[]
  readonly key: KeyAnswer
  readonly executor: { readonly address: Address; readonly sink: Address } | null
  readonly via: Via
  readonly relays: readonly string[]
  /** As written: `0.001 ether`. */
  readonly limits: { readonly minimumNet: string; readonly dailyLoss: string; readonly dailyGas: string }
}
