import type { Address } from '#core/address.ts'
import { type Market, marketId } from '#core/book.ts'

/** A tick at which liquidity changes; `net` is what is added when it is crossed upwards. `sqrt` is its price, Q64.96. */
export type Tick = { readonly index: number; readonly gross: bigint; readonly net: bigint; readonly sqrt: bigint }

/** A pool's whole state; `ticks` sorted by index. `sqrtPriceX96` is 0 before the pool is initialised. */
export type Pool = {
  readonly address: Address
  readonly token0: Address
  readonly token1: Address
  readonly feePips: number
  readonly tickSpacing: number
  readonly sqrtPriceX96: bigint
  readonly tick: number
  readonly liquidity: bigint
  readonly ticks: readonly Tick[]
}

/** Pools go by their address. */
export const poolMarket = (pool: Pool): Market<Pool> => ({ id: marketId(pool.address), epoch: 0, data: pool })
