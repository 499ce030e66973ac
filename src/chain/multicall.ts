import { type Address, address, type Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Read } from '#core/world.ts'
import type { Rpc } from './rpc.ts'

/** Multicall3: the same address on every chain that has it. */
export const multicall3: Address = address('0xca11bde05977b3631167028862be2a173976ca11')

/** aggregate3((address target, bool allowFailure, bytes callData)[]) → (bool success, bytes returnData)[] */
const aggregate3 = '0x82ad56cb'
/** Calls in one: what fits the gas that nodes give an `eth_call`, even where each walks all of a user's reserves. */
const callsMax = 100

/** Whether the chain has it: without, reads go as JSON-RPC batches, which hosted nodes count one by one. */
export async function hasMulticall(rpc: Rpc): Promise<boolean> {
  return (await rpc.request('eth_getCode', [multicall3, 'latest'])) !== '0x'
}

/** A call's block, and what of it is to be otherwise: the parameters of `eth_call` behind the call. */
export type At = readonly unknown[]

/**
 * Many calls as few. A call that failed without a word may have run out of the gas it shared: it is `undefined` here,
 * and must be asked again alone. `null`: it reverted.
 * @throws as `Rpc` does.
 */
export async function aggregate(
  rpc: Rpc,
  calls: readonly Read[],
  at: At,
): Promise<readonly (Hex | null | undefined)[]> {
  const groups: (readonly Read[])[] = []
  for (let from = 0; from < calls.length; from += callsMax) groups.push(calls.slice(from, from + callsMax))
  const asks = groups.map((group) => {
    return { method: 'eth_call', params: [{ to: multicall3, data: encode(group) }, ...at] }
  })
  const answers = await rpc.batch(asks)
  return groups.flatMap((group, index) => {
    const answer = answers[index]
    // The whole of it failed (too much gas, too large): each is asked alone.
    if (answer instanceof KeeperError) return group.map(() => undefined)
    return decode(answer as Hex, group.length)
  })
}

const word = (value: number): string => value.toString(16).padStart(64, '0')

/** By hand, as the decoding is: a book of pools is tens of thousands of reads, and a general coder takes seconds for them. */
function encode(calls: readonly Read[]): Hex {
  const tuples = calls.map(({ to, data }) => {
    const bytes = data.slice(2)
    const padded = bytes.padEnd(Math.ceil(bytes.length / 64) * 64, '0')
    return `${to.slice(2).padStart(64, '0')}${word(1)}${word(96)}${word(bytes.length / 2)}${padded}`
  })
  let offset = calls.length * 32
  const offsets = tuples.map((tuple) => {
    const own = word(offset)
    offset += tuple.length / 2
    return own
  })
  return `${aggregate3}${word(32)}${word(calls.length)}${offsets.join('')}${tuples.join('')}`
}

function decode(answer: Hex, count: number): readonly (Hex | null | undefined)[] {
  /** The word at a byte of the answer, as a number; a number too large to be one is past any end. */
  const at = (byte: number): number => {
    const text = answer.slice(2 + byte * 2, 66 + byte * 2)
    return text.length === 64 ? Number(`0x${text}`) : Number.NaN
  }
  const list = at(0)
  if (at(list) !== count)
    throw new KeeperError('bad-answer', `a multicall of ${count} answered ${at(list)}`, { retryable: true })
  return Array.from({ length: count }, (_, index) => {
    const tuple = list + 32 + at(list + 32 + index * 32)
    const bytes = tuple + at(tuple + 32)
    const [from, length] = [2 + (bytes + 32) * 2, at(bytes) * 2]
    if (!(from + length <= answer.length))
      throw new KeeperError('bad-answer', `a multicall's answer ${index} ends early`, { retryable: true })
    const data: Hex = `0x${answer.slice(from, from + length)}`
    return at(tuple) === 1 ? data : data === '0x' ? undefined : null
  })
}
