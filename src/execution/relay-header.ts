import { type Address, checksummed, type Hex } from '#core/address.ts'
import type { Signer } from '#core/signer.ts'
import { hexOf, keccak } from './keccak.ts'

/** A text signed as a wallet signs it (EIP-191): r, s and 27 or 28. */
export function signMessage({ sign }: Signer, text: string): Hex {
  const bytes = Buffer.from(text)
  const signature = sign(keccak(Buffer.concat([Buffer.from(`\x19Ethereum Signed Message:\n${bytes.length}`), bytes])))
  signature[64] = 27 + (signature[64] ?? 0)
  return hexOf(signature)
}

/**
 * `X-Flashbots-Signature` of a body: who asks, and the signature over the hash of the body as text. The key signs that
 * and nothing else: it is the searcher's reputation, never the key that holds money.
 */
export function relayHeader(auth: Signer, body: string): string {
  // The same body goes to every relay: signed once.
  if (last?.auth === auth && last.body === body) return last.header
  const header = `${shown(auth.address)}:${signMessage(auth, hexOf(keccak(Buffer.from(body))))}`
  last = { auth, body, header }
  return header
}
let last: { readonly auth: Signer; readonly body: string; readonly header: string } | null = null

const known = new Map<Address, string>()
function shown(address: Address): string {
  const found = known.get(address) ?? checksummed(address)
  known.set(address, found)
  return found
}
