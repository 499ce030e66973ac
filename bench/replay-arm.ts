import { startAnvil } from '../sandbox/anvil.ts'
import { decodeLog, type RawLog } from '../src/chain/log.ts'
import { aggregate } from '../src/chain/multicall.ts'
import { httpRpc, type Rpc } from '../src/chain/rpc.ts'
import { blockOf, quantity, type RawBlock } from '../src/chain/view.ts'
import type { Hex } from '../src/core/address.ts'
import type { Log } from '../src/core/block.ts'
import { KeeperError } from '../src/core/error.ts'
import type { Read } from '../src/core/world.ts'

type Whole = RawBlock & {
  readonly transactions: readonly {
    readonly hash: Hex
    readonly from: string
    readonly to: string
    readonly gas: string
  }[]
}
export type Replayed = { readonly liquidations: readonly string[]; readonly seconds: number }

/**
 * A backtest as it is done without a model: an anvil that forks the chain re-executes each block's transactions, and all
 * positions are asked for their health after it. `telling`: whether a log tells of a liquidation.
 */
export async function replayOnAnvil(
  source: { readonly url: string; readonly chainId: number },
  range: { readonly from: number; readonly to: number },
  health: readonly Read[],
  telling: (log: Log) => boolean,
): Promise<Replayed> {
  const node = httpRpc(source.url)
  const fork = { url: source.url, block: range.from - 1 }
  const first = (await node.request('eth_getBlockByNumber', [quantity(range.from - 1), false])) as RawBlock
  const options = { chainId: source.chainId, timestamp: Number(first.timestamp), gasLimit: BigInt(first.gasLimit) }
  const anvil = await startAnvil({ ...options, baseFee: 1n, fork, states: 0 })
  const found: string[] = []
  try {
    const started = performance.now()
    for (let number = range.from; number <= range.to; number += 1) {
      const whole = (await node.request('eth_getBlockByNumber', [quantity(number), true])) as Whole
      for (const log of await again(node, anvil.rpc, whole)) if (telling(log)) found.push(log.transactionHash)
      await aggregate(anvil.rpc, health, ['latest'])
    }
    return { liquidations: [...new Set(found)].sort(), seconds: (performance.now() - started) / 1e3 }
  } finally {
    await anvil.stop()
  }
}

/** The block once more, with its own second and base fee. @returns its logs. */
async function again(node: Rpc, anvil: Rpc, whole: Whole): Promise<readonly Log[]> {
  await anvil.request('anvil_setNextBlockBaseFeePerGas', [whole.baseFeePerGas])
  await anvil.request('evm_setNextBlockTimestamp', [whole.timestamp])
  for (const { hash, from, to, gas } of whole.transactions) {
    const raw = (await node.request('eth_getRawTransactionByHash', [hash])) as Hex
    const sent = await anvil.request('eth_sendRawTransaction', [raw]).catch((error: unknown) => error)
    if (!(sent instanceof KeeperError)) continue
    // Others' business in a quiet block is signed by nobody.
    await anvil.request('anvil_impersonateAccount', [from])
    await anvil.request('eth_sendTransaction', [{ from, to, gas, maxFeePerGas: quantity(10n ** 13n) }])
  }
  await anvil.request('evm_mine', [])
  const logs = (await anvil.request('eth_getLogs', [{ fromBlock: 'latest', toBlock: 'latest' }])) as readonly RawLog[]
  return logs.map((log) => decodeLog(log, blockOf(whole)))
}
