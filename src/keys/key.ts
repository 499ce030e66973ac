import type { Wallet } from 'ethers'
import type { Address } from '#core/address.ts'
import type { Signer } from '#core/signer.ts'

/** A key opened. Its private part lies behind functions; nothing here prints it. */
export type Key = {
  /** `operator 1`, `relay` */
  readonly label: string
  readonly address: Address
  readonly signer: Signer
  /** For what an operator sends by hand. */
  readonly wallet: () => Wallet
}
export type Keys = {
  /** Each is a lane: its own account, its own nonces. */
  readonly operators: readonly Key[]
  /** Signs X-Flashbots-Signature and nothing else. */
  readonly relay: Key
}
