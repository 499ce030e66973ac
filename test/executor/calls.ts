import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Order } from '#core/program.ts'
import { RefusedError, type Rpc } from '../../src/chain/rpc.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { executorError } from '../../src/execution/executed.ts'
import { account, type Bench } from './bench.ts'

/** What a call would come to: `ok`, or the executor's error in words, or another contract's raw bytes. */
export async function outcomeOf(
  rpc: Rpc,
  call: {
    readonly from: Address
    readonly to: Address
    readonly data: Hex
    readonly gas?: bigint
    readonly gasPrice?: bigint
    readonly value?: bigint
  },
): Promise<string> {
  const quantity = (value: bigint): Hex => `0x${value.toString(16)}`
  const { from, to, data, gas = 15_000_000n, gasPrice, value } = call
  try {
    await rpc.request('eth_call', [
      {
        ...{ from, to, data, gas: quantity(gas) },
        ...(gasPrice === undefined ? {} : { gasPrice: quantity(gasPrice) }),
        ...(value === undefined ? {} : { value: quantity(value) }),
      },
      'latest',
    ])
    return 'ok'
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    const raw = typeof error.data === 'string' ? (error.data as Hex) : '0x'
    return executorError(raw) ?? (raw === '0x' ? error.message : raw)
  }
}

/** What an order would come to, sent by the operator. */
export const outcome = (
  bench: Bench,
  what: Order,
  rest: Partial<Parameters<typeof outcomeOf>[1]> = {},
): Promise<string> =>
  outcomeOf(bench.rpc, { from: account.operator.address, to: bench.executor, data: encodeOrder(what), ...rest })

export type Mined = {
  readonly status: string
  readonly gasUsed: bigint
  readonly gasPrice: bigint
  readonly logs: readonly { address: string; topics: readonly string[]; data: string }[]
}

/** Really sent, from anybody, and mined. */
export async function send(
  rpc: Rpc,
  call: {
    readonly from: Address
    readonly to: Address
    readonly data: Hex
    readonly gas?: bigint
    readonly gasPrice?: bigint
    readonly value?: bigint
  },
): Promise<Mined> {
  const hash = await rpc.request('eth_sendTransaction', [
    {
      ...{ from: call.from, to: call.to, data: call.data, gas: `0x${(call.gas ?? 15_000_000n).toString(16)}` },
      gasPrice: `0x${(call.gasPrice ?? 1_000_000_000n).toString(16)}`,
      value: `0x${(call.value ?? 0n).toString(16)}`,
    },
  ])
  await rpc.request('evm_mine', [])
  const found = (await rpc.request('eth_getTransactionReceipt', [hash])) as {
    status: string
    gasUsed: string
    effectiveGasPrice: string
    logs: Mined['logs']
  } | null
  if (found === null) throw new KeeperError('bad-answer', 'not mined')
  return {
    status: found.status,
    gasUsed: BigInt(found.gasUsed),
    gasPrice: BigInt(found.effectiveGasPrice),
    logs: found.logs,
  }
}
