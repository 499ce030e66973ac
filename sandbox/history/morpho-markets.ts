import type { TokenSymbol } from '../market-data.ts'

/** The markets of Morpho's fixture, in its order; `lltv` in percents. */
export const morphoMarkets: readonly { readonly pair: readonly [TokenSymbol, TokenSymbol]; readonly lltv: number }[] = [
  { pair: ['WETH', 'USDC'], lltv: 86 },
  { pair: ['WBTC', 'USDC'], lltv: 86 },
  { pair: ['WSTETH', 'WETH'], lltv: 94.5 },
  { pair: ['WETH', 'DAI'], lltv: 77 },
  { pair: ['LINK', 'USDT'], lltv: 62.5 },
  { pair: ['WBTC', 'WETH'], lltv: 91.5 },
]

/** Left out of the configuration that goes with a history: what is lost there was never looked for. */
export const UNTRACKED = 3
