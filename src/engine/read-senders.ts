import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import type { View } from '#core/world.ts'

/** getAuthorizedSenders(), of Chainlink's forwarders. */
const authorizedSenders: Hex = '0x2408afaa'

/** Who may send through each; nobody where it is no forwarder. */
export async function readSenders(
  view: View,
  forwarders: readonly Address[],
): Promise<readonly (readonly Address[])[]> {
  if (forwarders.length === 0) return []
  const answers = await view.call(forwarders.map((to) => ({ to, data: authorizedSenders })))
  return forwarders.map((_, at) => addressesIn(answers[at] ?? null))
}

/** An answer that is one list of addresses; none where it is anything else. */
export function addressesIn(answer: Hex | null): readonly Address[] {
  const words = answer === null ? [] : (answer.slice(2).match(/.{64}/g) ?? [])
  const count = Number(`0x${words[1] ?? '0'}`)
  return words.slice(2, 2 + count).map((word) => addressOfWord(`0x${word}`))
}
