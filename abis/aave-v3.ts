/** Aave V3, from 3.0 on: only what is read, called or decoded here. Reads that a version lacks revert, and are told so. */
export const aaveV3Provider = [
  'function getPool() view returns (address)',
  'function getPoolConfigurator() view returns (address)',
  'function getPriceOracle() view returns (address)',
  'function getPriceOracleSentinel() view returns (address)',
  'function getPoolDataProvider() view returns (address)',
  'event PoolUpdated(address indexed oldAddress, address indexed newAddress)',
  'event PoolConfiguratorUpdated(address indexed oldAddress, address indexed newAddress)',
  'event PriceOracleUpdated(address indexed oldAddress, address indexed newAddress)',
  'event PriceOracleSentinelUpdated(address indexed oldAddress, address indexed newAddress)',
] as const

export const aaveV3Pool = [
  'function POOL_REVISION() view returns (uint256)',
  'function getReservesList() view returns (address[])',
  'function getReserveData(address asset) view returns (tuple(uint256 configuration, uint128 liquidityIndex, uint128 currentLiquidityRate, uint128 variableBorrowIndex, uint128 currentVariableBorrowRate, uint128 currentStableBorrowRate, uint40 lastUpdateTimestamp, uint16 id, address aTokenAddress, address stableDebtTokenAddress, address variableDebtTokenAddress, address interestRateStrategyAddress, uint128 accruedToTreasury, uint128 unbacked, uint128 isolationModeTotalDebt))',
  'function getVirtualUnderlyingBalance(address asset) view returns (uint128)',
  'function getLiquidationGracePeriod(address asset) view returns (uint40)',
  'function getEModeCategoryData(uint8 id) view returns (tuple(uint16 ltv, uint16 liquidationThreshold, uint16 liquidationBonus, address priceSource, string label))',
  'function getEModeCategoryCollateralBitmap(uint8 id) view returns (uint128)',
  'function getUserConfiguration(address user) view returns (uint256)',
  'function getUserEMode(address user) view returns (uint256)',
  'function getUserAccountData(address user) view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)',
  'function liquidationCall(address collateralAsset, address debtAsset, address borrower, uint256 debtToCover, bool receiveAToken)',
  'event Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)',
  'event Withdraw(address indexed reserve, address indexed user, address indexed to, uint256 amount)',
  'event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode)',
  'event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount, bool useATokens)',
  'event SwapBorrowRateMode(address indexed reserve, address indexed user, uint8 interestRateMode)',
  'event RebalanceStableBorrowRate(address indexed reserve, address indexed user)',
  'event MintUnbacked(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)',
  'event BackUnbacked(address indexed reserve, address indexed backer, uint256 amount, uint256 fee)',
  'event UserEModeSet(address indexed user, uint8 categoryId)',
  'event ReserveUsedAsCollateralEnabled(address indexed reserve, address indexed user)',
  'event ReserveUsedAsCollateralDisabled(address indexed reserve, address indexed user)',
  'event FlashLoan(address indexed target, address initiator, address indexed asset, uint256 amount, uint8 interestRateMode, uint256 premium, uint16 indexed referralCode)',
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
  'event ReserveDataUpdated(address indexed reserve, uint256 liquidityRate, uint256 stableBorrowRate, uint256 variableBorrowRate, uint256 liquidityIndex, uint256 variableBorrowIndex)',
  'event DeficitCreated(address indexed user, address indexed debtAsset, uint256 amountCreated)',
  'event Upgraded(address indexed implementation)',
] as const

export const aaveV3Configurator = [
  'event ReserveInitialized(address indexed asset, address indexed aToken, address stableDebtToken, address variableDebtToken, address interestRateStrategyAddress)',
  'event ReserveDropped(address indexed asset)',
  'event CollateralConfigurationChanged(address indexed asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus)',
  'event ReserveActive(address indexed asset, bool active)',
  'event ReserveFrozen(address indexed asset, bool frozen)',
  'event ReservePaused(address indexed asset, bool paused)',
  'event LiquidationProtocolFeeChanged(address indexed asset, uint256 oldFee, uint256 newFee)',
  'event LiquidationGracePeriodChanged(address indexed asset, uint40 gracePeriodUntil)',
  'event LiquidationGracePeriodDisabled(address indexed asset)',
  'event AssetCollateralInEModeChanged(address indexed asset, uint8 categoryId, bool collateral)',
  'event EModeAssetCategoryChanged(address indexed asset, uint8 oldCategoryId, uint8 newCategoryId)',
  'event EModeCategoryAdded(uint8 indexed categoryId, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus, address oracle, string label)',
] as const

export const aaveV3Oracle = [
  'function getAssetPrice(address asset) view returns (uint256)',
  'function getSourceOfAsset(address asset) view returns (address)',
  'event AssetSourceUpdated(address indexed asset, address indexed source)',
  'event FallbackOracleUpdated(address indexed fallbackOracle)',
] as const

export const aaveV3Sentinel = ['function isLiquidationAllowed() view returns (bool)'] as const

/** aTokens and both debt tokens: what they share, and the stable debt token's own. */
export const aaveV3Token = [
  'function scaledBalanceOf(address user) view returns (uint256)',
  'function balanceOf(address user) view returns (uint256)',
  'function principalBalanceOf(address user) view returns (uint256)',
  'function getUserStableRate(address user) view returns (uint256)',
  'function getUserLastUpdated(address user) view returns (uint40)',
  'event Mint(address indexed caller, address indexed onBehalfOf, uint256 value, uint256 balanceIncrease, uint256 index)',
  'event BalanceTransfer(address indexed from, address indexed to, uint256 value, uint256 index)',
] as const
