/** Aave V2: only what is read, called or decoded here. */
export const aaveV2Provider = [
  'function getLendingPool() view returns (address)',
  'function getLendingPoolConfigurator() view returns (address)',
  'function getLendingPoolCollateralManager() view returns (address)',
  'function getPriceOracle() view returns (address)',
  'event LendingPoolUpdated(address indexed newAddress)',
  'event LendingPoolConfiguratorUpdated(address indexed newAddress)',
  'event LendingPoolCollateralManagerUpdated(address indexed newAddress)',
  'event PriceOracleUpdated(address indexed newAddress)',
] as const

export const aaveV2Pool = [
  'function LENDINGPOOL_REVISION() view returns (uint256)',
  'function paused() view returns (bool)',
  'function getReservesList() view returns (address[])',
  'function getReserveData(address asset) view returns (tuple(uint256 configuration, uint128 liquidityIndex, uint128 variableBorrowIndex, uint128 currentLiquidityRate, uint128 currentVariableBorrowRate, uint128 currentStableBorrowRate, uint40 lastUpdateTimestamp, address aTokenAddress, address stableDebtTokenAddress, address variableDebtTokenAddress, address interestRateStrategyAddress, uint8 id))',
  'function getReserveNormalizedIncome(address asset) view returns (uint256)',
  'function getReserveNormalizedVariableDebt(address asset) view returns (uint256)',
  'function getUserConfiguration(address user) view returns (uint256)',
  'function getUserAccountData(address user) view returns (uint256 totalCollateralETH, uint256 totalDebtETH, uint256 availableBorrowsETH, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)',
  'function liquidationCall(address collateralAsset, address debtAsset, address user, uint256 debtToCover, bool receiveAToken)',
  'event Deposit(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referral)',
  'event Withdraw(address indexed reserve, address indexed user, address indexed to, uint256 amount)',
  'event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint256 borrowRateMode, uint256 borrowRate, uint16 indexed referral)',
  'event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount)',
  'event Swap(address indexed reserve, address indexed user, uint256 rateMode)',
  'event ReserveUsedAsCollateralEnabled(address indexed reserve, address indexed user)',
  'event ReserveUsedAsCollateralDisabled(address indexed reserve, address indexed user)',
  'event RebalanceStableBorrowRate(address indexed reserve, address indexed user)',
  'event FlashLoan(address indexed target, address indexed initiator, address indexed asset, uint256 amount, uint256 premium, uint16 referralCode)',
  'event Paused()',
  'event Unpaused()',
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
  'event ReserveDataUpdated(address indexed reserve, uint256 liquidityRate, uint256 stableBorrowRate, uint256 variableBorrowRate, uint256 liquidityIndex, uint256 variableBorrowIndex)',
  'event Upgraded(address indexed implementation)',
] as const

export const aaveV2Configurator = [
  'event ReserveInitialized(address indexed asset, address indexed aToken, address stableDebtToken, address variableDebtToken, address interestRateStrategyAddress)',
  'event CollateralConfigurationChanged(address indexed asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus)',
  'event ReserveActivated(address indexed asset)',
  'event ReserveDeactivated(address indexed asset)',
  'event ReserveDecimalsChanged(address indexed asset, uint256 decimals)',
  'event ATokenUpgraded(address indexed asset, address indexed proxy, address indexed implementation)',
  'event StableDebtTokenUpgraded(address indexed asset, address indexed proxy, address indexed implementation)',
  'event VariableDebtTokenUpgraded(address indexed asset, address indexed proxy, address indexed implementation)',
] as const

/** `WETH` and, on later deployments of the oracle, `BASE_CURRENCY` name the asset whose price is one by definition. */
export const aaveV2Oracle = [
  'function getAssetPrice(address asset) view returns (uint256)',
  'function getSourceOfAsset(address asset) view returns (address)',
  'function WETH() view returns (address)',
  'function BASE_CURRENCY() view returns (address)',
  'event AssetSourceUpdated(address indexed asset, address indexed source)',
  'event FallbackOracleUpdated(address indexed fallbackOracle)',
] as const

/** aTokens and both debt tokens: what they share, and the stable debt token's own. */
export const aaveV2Token = [
  'function scaledBalanceOf(address user) view returns (uint256)',
  'function scaledTotalSupply() view returns (uint256)',
  'function totalSupply() view returns (uint256)',
  'function balanceOf(address user) view returns (uint256)',
  'function principalBalanceOf(address user) view returns (uint256)',
  'function getUserStableRate(address user) view returns (uint256)',
  'function getUserLastUpdated(address user) view returns (uint40)',
  'event BalanceTransfer(address indexed from, address indexed to, uint256 value, uint256 index)',
] as const
