/** A tick at which liquidity changes; `net` is what is added when it is crossed upwards. `sqrt` is its price, Q64.96. */
export type Tick = { readonly index: number; readonly gross: bigint; readonly net: bigint; readonly sqrt: bigint }

/**
 * What a swap reads of a pool of concentrated liquidity, as Uniswap V3 and V4 have it; `ticks` sorted by index.
 * `sqrtPriceX96` is 0 before it is initialised. `protocolFee`: taken beside the fee, two of twelve bits, that of selling
 * token 0 the lower (Uniswap V4); absent where it is a part of it.
 */
export type Ranged = {
  readonly feePips: number
  readonly protocolFee?: number
  readonly tickSpacing: number
  readonly sqrtPriceX96: bigint
  readonly tick: number
  readonly liquidity: bigint
  readonly ticks: readonly Tick[]
}

const PIPS = 1_000_000

/** What is taken of what is sold, in pips: the protocol's first, of the rest the providers' (v4-core, ProtocolFeeLibrary). */
export function swapFeeOf({ feePips, protocolFee }: Ranged, zeroForOne: boolean): number {
  if (protocolFee === undefined) return feePips
  const own = zeroForOne ? protocolFee & 0xfff : protocolFee >> 12
  return own + feePips - Math.floor((own * feePips) / PIPS)
}
