import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Sandbox } from '../sandbox.ts'
import { BLOCK_GAS } from '../start.ts'
import { testAccount } from '../test-account.ts'

const other = testAccount('history other').address
const sink: Address = testAccount('history sink').address
/** Takes all the gas it is given, at once. */
const invalid = '0xfe'
/** Hardly more than the target, so that one fits in a block and two do not: the base fee stays. */
const GAS = BLOCK_GAS / 2n + 1n

/**
 * Blocks in which nothing happens but other people's business, mined many at a time: one transaction each that uses what
 * a block is to use.
 */
export function quietBlocks(sandbox: Sandbox, blockSeconds: number): (count: number) => Promise<void> {
  const { rpc } = sandbox
  let nonce: number | null = null
  const begin = async (): Promise<number> => {
    await rpc.request('anvil_impersonateAccount', [other])
    await rpc.request('anvil_setBalance', [other, hex(10n ** 30n)])
    await rpc.request('anvil_setCode', [sink, invalid])
    return Number(await rpc.request('eth_getTransactionCount', [other, 'latest']))
  }
  return async (count) => {
    const from: number = nonce ?? (await begin())
    nonce = from + count
    const fees = { gas: hex(GAS), maxFeePerGas: hex(10n ** 13n), maxPriorityFeePerGas: '0x1' }
    const sent = await rpc.batch(
      Array.from({ length: count }, (_, at) => ({
        method: 'eth_sendTransaction',
        params: [{ from: other, to: sink, nonce: hex(BigInt(from + at)), ...fees }],
      })),
    )
    for (const one of sent) if (one instanceof KeeperError) throw one
    await rpc.request('anvil_mine', [hex(BigInt(count)), hex(BigInt(blockSeconds))])
  }
}

const hex = (value: bigint): Hex => `0x${value.toString(16)}`
