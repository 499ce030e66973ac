import { type Address, address } from '#core/address.ts'
import type { Rpc } from '../../src/chain/rpc.ts'

export type Head = {
  readonly number: number
  readonly timestamp: number
  readonly gasLimit: bigint
  readonly coinbase: Address
  readonly nextBaseFee: bigint
}

/** A block, and the base fee of the one after the newest. */
export async function readHead(rpc: Rpc, state: string = 'latest'): Promise<Head> {
  const ask = async (of: string) => (await rpc.request('eth_getBlockByNumber', [of, false])) as Record<string, string>
  const [at, next] = [await ask(state), await ask('pending')]
  return {
    number: Number(at.number),
    timestamp: Number(at.timestamp),
    gasLimit: BigInt(at.gasLimit ?? 0),
    coinbase: address(String(at.miner).toLowerCase()),
    nextBaseFee: BigInt(next.baseFeePerGas ?? 0),
  }
}
