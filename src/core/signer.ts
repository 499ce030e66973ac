import type { Address } from './address.ts'

/** Signs with a key it never shows. */
export interface Signer {
  readonly address: Address
  /** The signature of a 32-byte digest: r, s (the lower of the two), and the parity of R, 0 or 1; 65 new bytes. */
  readonly sign: (digest: Uint8Array) => Uint8Array
}
