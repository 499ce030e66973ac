import { keccak256 } from 'ethers'
import type { Hex } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'

/** Of each address and topic, the three bits a block's bloom has where a log names it; bounded by what is watched. */
const known = new Map<Hex, readonly [number, number, number]>()

/**
 * Whether a block with this bloom can hold a log that a filter takes. `false` is certain, of a node that makes its
 * blooms; `true` is not. Source: yellow paper §4.4.3, the low 11 bits of the first three pairs of the Keccak hash.
 */
export function mayHold(bloom: string | undefined, filters: readonly LogFilter[]): boolean {
  if (bloom === undefined || bloom.length !== 514) return true
  const has = (name: Hex): boolean => bitsOf(name).every((bit) => isSet(bloom, bit))
  return filters.some(({ addresses, topics }) => {
    if (addresses !== 'any' && !addresses.some(has)) return false
    return topics.every((wanted) => wanted === null || (typeof wanted === 'string' ? has(wanted) : wanted.some(has)))
  })
}

function bitsOf(name: Hex): readonly [number, number, number] {
  const found = known.get(name)
  if (found !== undefined) return found
  const hash = keccak256(name)
  const bit = (pair: number): number => Number.parseInt(hash.slice(2 + pair * 4, 6 + pair * 4), 16) & 2047
  const bits = [bit(0), bit(1), bit(2)] as const
  known.set(name, bits)
  return bits
}

/** Bit 0 is the lowest of the last digit. */
function isSet(bloom: string, bit: number): boolean {
  const digit = bloom.charCodeAt(bloom.length - 1 - (bit >> 2))
  const value = digit < 58 ? digit - 48 : (digit | 32) - 87
  return ((value >> (bit & 3)) & 1) === 1
}
