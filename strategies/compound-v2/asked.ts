import type { Interface } from 'ethers'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'

export type Answer = Hex | null

/** A view of a contract, by name. */
export const asked = (abi: Interface, to: Address, name: string, ...values: readonly unknown[]): Read => ({
  to,
  data: abi.encodeFunctionData(name, values) as Hex,
})

/** Named reads in one go; a fork that lacks one answers `null` (or nothing at all, through a fallback). */
export async function askAll<Name extends string>(
  view: View,
  reads: readonly (Read & { readonly name: Name })[],
): Promise<(name: Name) => Answer> {
  const answers = await view.call(reads)
  const byName = new Map(reads.map(({ name }, at) => [name, answers[at] ?? null]))
  return (name) => {
    const answer = byName.get(name) ?? null
    return answer === '0x' ? null : answer
  }
}

export const wordAt = (answer: Answer, at = 0): bigint | null =>
  answer === null || answer.length < 2 + 64 * (at + 1) ? null : BigInt(`0x${answer.slice(2 + 64 * at, 66 + 64 * at)}`)
export const numberOr = (answer: Answer, otherwise: bigint): bigint => wordAt(answer) ?? otherwise
export const isTrue = (answer: Answer): boolean => wordAt(answer) === 1n
/** `null` for none and for the zero address. */
export function addressOr(answer: Answer): Address | null {
  if (answer === null || answer.length !== 66) return null
  const found = addressOfWord(answer)
  return found === ZERO_ADDRESS ? null : found
}
export function must(answer: Answer, what: string): bigint {
  return wordAt(answer) ?? absent(what)
}
export function absent(what: string): never {
  throw new KeeperError('bad-answer', `the node gave no ${what}: is it a Compound v2 comptroller of this chain?`, {
    retryable: true,
  })
}
/** Addresses of a dynamic array, in lower case. */
export function addressesIn(answer: Answer, what: string): readonly Address[] {
  const length = answer === null ? null : wordAt(answer, 1)
  if (answer === null || length === null) return absent(what)
  return Array.from({ length: Number(length) }, (_, at) =>
    addressOfWord(`0x${answer.slice(66 + 64 * (at + 1), 130 + 64 * (at + 1))}`),
  )
}
