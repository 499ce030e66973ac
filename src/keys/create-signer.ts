import { computeAddress, hexlify } from 'ethers'
import { address } from '#core/address.ts'
import type { Signer } from '#core/signer.ts'
import { type Ecdsa, ecdsa } from './ecdsa.ts'

/** The one place that holds a key's bytes: behind a function, so that nothing that prints can reach them. */
export function createSigner(key: Uint8Array, { sign }: Ecdsa = ecdsa): Signer {
  return {
    address: address(computeAddress(hexlify(key)).toLowerCase()),
    sign: (digest) => sign(digest, key),
  }
}
