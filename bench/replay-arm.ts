import { startAnvil } from '../sandbox/anvil.ts'
import { decodeLog, type RawLog } from '../src/chain/log.ts'
import { aggregate } from '../src/chain/multicall.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { blockOf, quantity, type RawBlock } from '../src/chain/view.ts'
import type { Hex } from '../src/core/address.ts'
import type { Log } from '../src/core/block.ts'
import type { Read } from '../src/core/world.ts'

type Whole = RawBlock & {
  readonly transactions: readonly {
    readonly hash: Hex
    readonly from: string
    readonly to: string
    readonly gas: string
    readonly gasPrice: string
    readonly input: Hex
    readonly value: string
  }[]
}
/** A chain as it was behind a block, and how its positions are looked at. */
export type Then = {
  readonly block: number
  readonly state: Hex
  readonly chainId: number
  readonly health: readonly Read[]
  /** Whether a log tells of a liquidation. */
  readonly telling: (log: Log) => boolean
}
export type Replayed = { readonly liquidations: readonly string[]; readonly seconds: number }

/**
 * A backtest as it is done without a model: an anvil re-executes each block's transactions, read from `node`, and all
 * positions are asked for their health after it. It starts from the whole state, so that it need not ask for any of it.
 */
export async function replayOnAnvil(node: Rpc, then: Then, blocks: number): Promise<Replayed> {
  const first = (await node.request('eth_getBlockByNumber', [quantity(then.block), false])) as RawBlock
  const timestamp = Number(first.timestamp)
  const options = { chainId: then.chainId, timestamp, gasLimit: BigInt(first.gasLimit), baseFee: 1n, states: 0 }
  const anvil = await startAnvil(options)
  const found: string[] = []
  try {
    await anvil.rpc.request('anvil_loadState', [then.state])
    const started = performance.now()
    for (let number = then.block + 1; number <= then.block + blocks; number += 1) {
      const whole = (await node.request('eth_getBlockByNumber', [quantity(number), true])) as Whole
      // Unsigned, it has another hash.
      for (const log of await again(anvil.rpc, whole))
        if (then.telling(log)) found.push(whole.transactions[log.transactionIndex]?.hash ?? 'unknown')
      await aggregate(anvil.rpc, then.health, ['latest'])
    }
    return { liquidations: [...new Set(found)].sort(), seconds: (performance.now() - started) / 1e3 }
  } finally {
    await anvil.stop()
  }
}

/** The block once more, with its own second and base fee; senders are taken at their word. @returns its logs. */
async function again(anvil: Rpc, whole: Whole): Promise<readonly Log[]> {
  const asks = whole.transactions.flatMap(({ from, to, gas, gasPrice, input, value }) => [
    { method: 'anvil_impersonateAccount', params: [from] },
    // What the chain's makers gave by no transaction.
    { method: 'anvil_setBalance', params: [from, quantity(10n ** 30n)] },
    { method: 'eth_sendTransaction', params: [{ from, to, gas, gasPrice, input, value }] },
  ])
  await anvil.batch([
    { method: 'anvil_setNextBlockBaseFeePerGas', params: [whole.baseFeePerGas] },
    { method: 'evm_setNextBlockTimestamp', params: [whole.timestamp] },
    ...asks,
    { method: 'evm_mine', params: [] },
  ])
  const logs = (await anvil.request('eth_getLogs', [{ fromBlock: 'latest', toBlock: 'latest' }])) as readonly RawLog[]
  return logs.map((log) => decodeLog(log, blockOf(whole)))
}
