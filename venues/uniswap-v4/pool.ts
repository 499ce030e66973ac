import { AbiCoder, keccak256 } from 'ethers'
import { type Address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { type Market, marketId, type Patch } from '#core/book.ts'
import type { Ranged } from '#core/concentrated/ranged.ts'

/** What says which pool is meant. Those with hooks are none of ours, and a fee that moves needs hooks. */
export type PoolKey = {
  readonly token0: Address
  readonly token1: Address
  /** The liquidity providers', in pips. */
  readonly feePips: number
  readonly tickSpacing: number
}
/** A pool's whole state. `protocolFee` as slot 0 has it: what selling token 0 pays in the lower twelve bits. */
export type Pool = PoolKey & Required<Ranged> & { readonly id: Hex }

/** Pools go by their id: they have no address. */
export const poolMarket = (pool: Pool): Market<Pool> => ({ id: marketId(pool.id), epoch: 0, data: pool })
export const putAll = (pools: readonly Pool[]): readonly Patch<Pool, never>[] =>
  pools.map((pool) => ({ op: 'put-market', market: poolMarket(pool) }))

/** As the contracts take it: currencies, fee, spacing, no hooks. */
export const keyWords = ({ token0, token1, feePips, tickSpacing }: PoolKey) =>
  [token0, token1, feePips, tickSpacing, ZERO_ADDRESS] as const

export const poolIdOf = (key: PoolKey): Hex =>
  keccak256(
    AbiCoder.defaultAbiCoder().encode(['address', 'address', 'uint24', 'int24', 'address'], [...keyWords(key)]),
  ) as Hex
