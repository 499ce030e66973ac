/** Uniswap V2: factory, pair and the router's quote; forks keep these shapes. */
export const uniswapV2FactoryAbi = [
  'function getPair(address tokenA, address tokenB) view returns (address)',
  'event PairCreated(address indexed token0, address indexed token1, address pair, uint256 count)',
] as const

export const uniswapV2PairAbi = [
  'function getReserves() view returns (uint112 reserve0, uint112 reserve1, uint32 blockTimestampLast)',
  'function factory() view returns (address)',
  'event Sync(uint112 reserve0, uint112 reserve1)',
] as const

export const uniswapV2RouterAbi = [
  'function getAmountsOut(uint256 amountIn, address[] path) view returns (uint256[] amounts)',
] as const
