/** Aave V3, as one that withdraws what an aToken stands for sees it. */
export const aaveV3ExitAbi = [
  'function UNDERLYING_ASSET_ADDRESS() view returns (address)',
  'function withdraw(address asset, uint256 amount, address to) returns (uint256)',
] as const
