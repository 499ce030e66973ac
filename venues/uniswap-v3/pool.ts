import type { Address } from '#core/address.ts'
import { type Market, marketId } from '#core/book.ts'
import type { Ranged } from '#core/concentrated/ranged.ts'

/** A pool's whole state. */
export type Pool = Omit<Ranged, 'protocolFee'> & {
  readonly address: Address
  readonly token0: Address
  readonly token1: Address
}

/** Pools go by their address. */
export const poolMarket = (pool: Pool): Market<Pool> => ({ id: marketId(pool.address), epoch: 0, data: pool })
