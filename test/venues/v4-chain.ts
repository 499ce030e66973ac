import { Interface } from 'ethers'
import { type Address, address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { View } from '#core/world.ts'
import { startAnvil } from '../../sandbox/anvil.ts'
import { batchOn } from '../../sandbox/batch.ts'
import { addV4, deployUniswapV4, initializeV4, type PoolKeyV4 } from '../../sandbox/deploy/uniswap-v4.ts'
import { packaged } from '../../sandbox/packaged.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { decodeLog, type RawLog } from '../../src/chain/log.ts'
import { viewAt } from '../../src/chain/view.ts'

export type { PoolKeyV4 }
/** A change of a pool: what is sold which way, a position between two ticks, or the protocol's fees. */
export type ChangeV4 = { readonly key: PoolKeyV4 } & (
  | { readonly does: 'swap'; readonly zeroForOne: boolean; readonly sold: bigint }
  | { readonly does: 'add'; readonly position: readonly [number, number, bigint] }
  | { readonly does: 'fee'; readonly packed: number }
)
export type Mined = { readonly hash: Hex; readonly parentHash: Hex; readonly logs: readonly Log[] }

const ceiling = 1461446703485210103287273052203988822378723970341n
const keyTuple = '(address,address,uint24,int24,address)'
const abi = new Interface([
  `function setProtocolFee(${keyTuple} key, uint24 fee)`,
  `function initialize(${keyTuple} key, uint160 sqrtPriceX96)`,
  `function swap(${keyTuple} key, (bool,int256,uint160) params, (bool,bool) settings, bytes data)`,
  `function modifyLiquidity(${keyTuple} key, (int24,int24,int256,bytes32) params, bytes data)`,
])

/** The manager and its package's routers on an anvil of their own; one rich account owns all, fees among it. */
export async function startV4Chain() {
  const anvil = await startAnvil({ chainId: 31_337, timestamp: 1_780_000_000, gasLimit: 1_000_000_000n, baseFee: 0n })
  const { rpc } = anvil
  const me = testAccount('deployer').address
  await rpc.request('anvil_autoImpersonateAccount', [true])
  await rpc.request('anvil_setBalance', [me, `0x${(10n ** 24n).toString(16)}`])
  const batch = batchOn(rpc, me)
  const v4 = deployUniswapV4(batch, me)
  const made = [0, 1].map(() => batch.deploy(packaged('@uniswap/v2-core/build/ERC20.json'), [10n ** 40n]))
  for (const token of made)
    for (const { address: spender } of [v4.liquidity, v4.swaps]) batch.call(me, token, 'approve', [spender, 2n ** 255n])
  batch.call(me, v4.manager, 'setProtocolFeeController', [me])
  await batch.flush()
  const tokens = made.map((one) => one.address).sort() as [Address, Address]
  const keyOf = ({ tokens: [token0, token1], fee, spacing }: PoolKeyV4, hooks: Address = ZERO_ADDRESS) =>
    [token0, token1, fee, spacing, hooks] as const
  const dataOf = (one: ChangeV4): readonly [Address, string] => {
    const key = keyOf(one.key)
    if (one.does === 'fee') return [v4.manager.address, abi.encodeFunctionData('setProtocolFee', [key, one.packed])]
    if (one.does === 'add')
      return [
        v4.liquidity.address,
        abi.encodeFunctionData('modifyLiquidity', [key, [...one.position, `0x${'0'.repeat(64)}`], '0x']),
      ]
    const params = [one.zeroForOne, -one.sold, one.zeroForOne ? 4295128740n : ceiling]
    return [v4.swaps.address, abi.encodeFunctionData('swap', [key, params, [false, false], '0x'])]
  }
  /** In one block, in this order; what reverts does nothing. */
  const mine = async (calls: readonly (readonly [Address, string])[]): Promise<Mined> => {
    const gas = '0xf42400'
    const sent = calls.map(([to, data]) => ({ method: 'eth_sendTransaction', params: [{ from: me, to, data, gas }] }))
    for (const answer of await rpc.batch(sent)) if (answer instanceof Error) throw answer
    await rpc.request('evm_mine', [])
    const found = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as Mined & { transactions: Hex[] }
    if (found.transactions.length !== calls.length) throw new Error('not all were mined')
    const { block } = await viewAt(rpc, found.hash)
    const raw = (await rpc.request('eth_getLogs', [{ blockHash: found.hash }])) as RawLog[]
    return { hash: found.hash, parentHash: found.parentHash, logs: raw.map((one) => decodeLog(one, block)) }
  }
  return {
    ...{ rpc, me, tokens, stop: anvil.stop, manager: v4.manager.address, quoter: v4.quoter.address },
    change: (changes: readonly ChangeV4[]) => mine(changes.map(dataOf)),
    /** With hooks where one is named: pools that are none of ours. */
    initialize: (key: PoolKeyV4, sqrt: bigint, hooks?: Address) =>
      mine([[v4.manager.address, abi.encodeFunctionData('initialize', [keyOf(key, hooks), sqrt])]]),
    begin: (key: PoolKeyV4, sqrt: bigint, positions: readonly (readonly [number, number, bigint])[]): void => {
      initializeV4(batch, me, v4, key, sqrt)
      for (const position of positions) addV4(batch, me, v4, key, position)
    },
    flush: batch.flush,
    head: async (): Promise<View> => {
      const { hash } = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { hash: Hex }
      return viewAt(rpc, hash)
    },
  }
}
export type V4Chain = Awaited<ReturnType<typeof startV4Chain>>

/** An address that says a pool has a hook before its swaps: its lowest bits do. */
export const swapHook = address(`0x${'7'.repeat(36)}4080`)
