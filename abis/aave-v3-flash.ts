/** Aave V3's pool, as a lender of one transaction; the same in every revision. */
export const aaveV3FlashAbi = [
  'function getReservesList() view returns (address[])',
  'function getReserveData(address asset) view returns (uint256 configuration, uint128 liquidityIndex, uint128 currentLiquidityRate, uint128 variableBorrowIndex, uint128 currentVariableBorrowRate, uint128 currentStableBorrowRate, uint40 lastUpdateTimestamp, uint16 id, address aTokenAddress, address stableDebtTokenAddress, address variableDebtTokenAddress, address interestRateStrategyAddress, uint128 accruedToTreasury, uint128 unbacked, uint128 isolationModeTotalDebt)',
  'function getVirtualUnderlyingBalance(address asset) view returns (uint128)',
  'function FLASHLOAN_PREMIUM_TOTAL() view returns (uint128)',
  'function POOL_REVISION() view returns (uint256)',
  'function ADDRESSES_PROVIDER() view returns (address)',
  'event ReserveDataUpdated(address indexed reserve, uint256 liquidityRate, uint256 stableBorrowRate, uint256 variableBorrowRate, uint256 liquidityIndex, uint256 variableBorrowIndex)',
] as const

/** What the pool's configurator says when a lender's terms change. */
export const aaveV3ConfiguratorFlashAbi = [
  'function getPoolConfigurator() view returns (address)',
  'event ReserveFlashLoaning(address indexed asset, bool enabled)',
  'event ReserveActive(address indexed asset, bool active)',
  'event ReservePaused(address indexed asset, bool paused)',
  'event FlashloanPremiumTotalUpdated(uint128 oldFlashloanPremiumTotal, uint128 newFlashloanPremiumTotal)',
] as const
