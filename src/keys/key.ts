import type { Wallet } from 'ethers'
import type { Address } from '#core/address.ts'

/** A key opened. The wallet keeps the private part to itself; nothing here prints it. */
export type Key = {
  /** `operator 1`, `relay` */
  readonly label: string
  readonly address: Address
  readonly wallet: Wallet
}
export type Keys = {
  /** Each is a lane: its own account, its own nonces. */
  readonly operators: readonly Key[]
  /** Signs X-Flashbots-Signature and nothing else. */
  readonly relay: Key
}
