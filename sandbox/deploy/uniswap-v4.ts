import { type Address, ZERO_ADDRESS } from '#core/address.ts'
import type { Batch, Contract } from '../batch.ts'
import { compiledCode, quoterContracts } from '../compiled.ts'
import { packaged } from '../packaged.ts'

/** The manager as npm ships it, its package's own test routers, and a stand-in for the quoter, which npm has not. */
export type UniswapV4 = {
  readonly manager: Contract
  readonly quoter: Contract
  readonly liquidity: Contract
  readonly swaps: Contract
}
/** What says which pool of the manager is meant; tokens sorted. */
export type PoolKeyV4 = { readonly tokens: readonly [Address, Address]; readonly fee: number; readonly spacing: number }

const out = (name: string): string => `@uniswap/v4-core/out/${name}.sol/${name}.json`
const keyTuple = '(address,address,uint24,int24,address)'

/** Not flushed. `owner` may set protocol fees through a controller. */
export function deployUniswapV4(batch: Batch, owner: Address): UniswapV4 {
  const manager = batch.deploy(packaged(out('PoolManager')), [owner])
  return {
    manager,
    liquidity: batch.deploy(packaged(out('PoolModifyLiquidityTest')), [manager.address]),
    swaps: batch.deploy(packaged(out('PoolSwapTest')), [manager.address]),
    quoter: batch.deploy(compiledCode(quoterContracts(), 'StandInV4Quoter'), [manager.address]),
  }
}

/** As the contracts take it: no hooks. */
const keyOf = ({ tokens, fee, spacing }: PoolKeyV4): readonly unknown[] => [...tokens, fee, spacing, ZERO_ADDRESS]

export const initializeV4 = (batch: Batch, from: Address, { manager }: UniswapV4, key: PoolKeyV4, sqrt: bigint): void =>
  batch.call(from, manager, 'initialize', [keyOf(key), sqrt])

/** Adds (or, below zero, takes away) liquidity between two ticks; `from` has approved the router. */
export const addV4 = (
  batch: Batch,
  from: Address,
  { liquidity }: UniswapV4,
  key: PoolKeyV4,
  [lower, upper, delta]: readonly [number, number, bigint],
): void =>
  batch.call(from, liquidity, `modifyLiquidity(${keyTuple},(int24,int24,int256,bytes32),bytes)`, [
    keyOf(key),
    [lower, upper, delta, `0x${'0'.repeat(64)}`],
    '0x',
  ])
