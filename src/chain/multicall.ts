import { AbiCoder, Interface } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Read } from '#core/world.ts'
import type { Rpc } from './rpc.ts'

/** Multicall3: the same address on every chain that has it. */
export const multicall3: Address = address('0xca11bde05977b3631167028862be2a173976ca11')

const contract = new Interface([
  'function aggregate3((address target, bool allowFailure, bytes callData)[] calls) payable returns ((bool success, bytes returnData)[])',
])
/** Calls in one: what fits the gas that nodes give an `eth_call`, even where each walks all of a user's reserves. */
const callsMax = 100

/** Whether the chain has it: without, reads go as JSON-RPC batches, which hosted nodes count one by one. */
export async function hasMulticall(rpc: Rpc): Promise<boolean> {
  return (await rpc.request('eth_getCode', [multicall3, 'latest'])) !== '0x'
}

/**
 * Many calls as few. A call that failed without a word may have run out of the gas it shared: it is `undefined` here,
 * and must be asked again alone. `null`: it reverted.
 * @throws as `Rpc` does.
 */
export async function aggregate(
  rpc: Rpc,
  calls: readonly Read[],
  at: { readonly blockHash: Hex },
): Promise<readonly (Hex | null | undefined)[]> {
  const groups: (readonly Read[])[] = []
  for (let from = 0; from < calls.length; from += callsMax) groups.push(calls.slice(from, from + callsMax))
  const asks = groups.map((group) => {
    const data = contract.encodeFunctionData('aggregate3', [group.map(({ to, data }) => [to, true, data])])
    return { method: 'eth_call', params: [{ to: multicall3, data }, at] }
  })
  const answers = await rpc.batch(asks)
  return groups.flatMap((group, index) => {
    const answer = answers[index]
    // The whole of it failed (too much gas, too large): each is asked alone.
    if (answer instanceof KeeperError) return group.map(() => undefined)
    return decode(answer as Hex, group.length)
  })
}

function decode(answer: Hex, count: number): readonly (Hex | null | undefined)[] {
  const [results] = AbiCoder.defaultAbiCoder().decode(['tuple(bool,bytes)[]'], answer) as unknown as [
    readonly [boolean, Hex][],
  ]
  if (results.length !== count)
    throw new KeeperError('bad-answer', `a multicall of ${count} answered ${results.length}`, { retryable: true })
  return results.map(([success, data]) => (success ? data : data === '0x' ? undefined : null))
}
