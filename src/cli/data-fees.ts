import type { DataFees } from '../../contracts/compile-executor.ts'
import type { Rpc } from '../chain/rpc.ts'
import { type DataFeeSource, dataFeeSources, noDataFees } from '../engine/data-fees.ts'

/** Where each family of rollups keeps what knows its fees: the OP Stack's GasPriceOracle, Arbitrum's ArbGasInfo. */
const known = {
  'op-stack': '0x420000000000000000000000000000000000000f',
  arbitrum: '0x000000000000000000000000000000000000006c',
} as const satisfies Readonly<Record<Exclude<DataFees, 'none'>, string>>

/** What the chain takes beside gas, told by the contract that stands where only such a chain has one. */
export async function dataFeesOf(rpc: Rpc): Promise<DataFees> {
  for (const [kind, at] of Object.entries(known))
    if ((await rpc.request('eth_getCode', [at, 'latest'])) !== '0x') return kind as DataFees
  return 'none'
}

/** Reads with every head what such a chain takes. */
export async function dataFeeSourceOf(rpc: Rpc): Promise<DataFeeSource> {
  const kind = await dataFeesOf(rpc)
  return kind === 'none' ? noDataFees : dataFeeSources[kind]
}
