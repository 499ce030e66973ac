import { getAddress } from 'ethers'
import { KeeperError } from './error.ts'
import type { Brand } from './numbers.ts'

export type Hex = `0x${string}`
/** Twenty bytes in lower-case hex: the one form used as a key. Checksums are for people: see `checksummed`. */
export type Address = Brand<Hex, 'address'>
/** A token's address, or the chain's own currency. */
export type Asset = Address | 'native'

const shape = /^0x[0-9a-f]{40}$/

/**
 * Any case is accepted; mixed case must carry a right checksum (EIP-55).
 * @throws `bad-argument` when it is not an address or its checksum is wrong.
 */
export function address(text: string): Address {
  if (shape.test(text)) return text as Address
  const lower = text.toLowerCase()
  if (!shape.test(lower)) throw new KeeperError('bad-argument', `${text} is not an address: 0x and 40 hex digits`)
  if (getAddress(lower) !== text && text.slice(2) !== text.slice(2).toUpperCase()) {
    throw new KeeperError('bad-argument', `${text} has a wrong checksum; did you mean ${getAddress(lower)}?`)
  }
  return lower as Address
}

export const isAddress = (of: Hex): of is Address => shape.test(of)
export const checksummed = (of: Address): string => getAddress(of)

/** @throws `bad-argument` when it is not an even number of hex digits behind 0x. */
export function hex(text: string): Hex {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(text)) throw new KeeperError('bad-argument', `not hex: ${text.slice(0, 40)}`)
  return text.toLowerCase() as Hex
}

/** The address in the low twenty bytes of a 32-byte word. */
export const addressOfWord = (word: Hex): Address => `0x${word.slice(-40)}` as Address
/** A 32-byte topic that holds an address. */
export const wordOfAddress = (of: Address): Hex => `0x${'0'.repeat(24)}${of.slice(2)}`

export const ZERO_ADDRESS = address('0x0000000000000000000000000000000000000000')
