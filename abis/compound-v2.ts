/**
 * Compound v2 and its forks: only what is read, called or decoded here. Reads that a fork lacks revert, and are told so.
 * Some events index an argument in one fork and not in another: they are decoded by place, not by these fragments.
 */
export const compoundComptroller = [
  'function getAllMarkets() view returns (address[])',
  'function oracle() view returns (address)',
  'function closeFactorMantissa() view returns (uint256)',
  'function liquidationIncentiveMantissa() view returns (uint256)',
  'function minLiquidatableCollateral() view returns (uint256)',
  'function liquidatorContract() view returns (address)',
  'function vaiController() view returns (address)',
  'function protocolPaused() view returns (bool)',
  'function seizeGuardianPaused() view returns (bool)',
  'function borrowGuardianPaused(address cToken) view returns (bool)',
  'function actionPaused(address market, uint8 action) view returns (bool)',
  'function isForcedLiquidationEnabled(address vToken) view returns (bool)',
  'function isForcedLiquidationEnabledForUser(address user, address vToken) view returns (bool)',
  'function mintedVAIs(address user) view returns (uint256)',
  'function lastPoolId() view returns (uint96)',
  'function pools(uint96 id) view returns (string label, bool isActive, bool allowCorePoolFallback)',
  'function userPoolId(address user) view returns (uint96)',
  'function markets(address cToken) view returns (bool isListed, uint256 collateralFactor)',
  'function poolMarkets(uint96 poolId, address vToken) view returns (bool isListed, uint256 collateralFactor, bool isVenus, uint256 liquidationThreshold, uint256 liquidationIncentive, uint96 marketPoolId, bool isBorrowAllowed)',
  'function getAssetsIn(address account) view returns (address[])',
  'function getAccountLiquidity(address account) view returns (uint256 code, uint256 liquidity, uint256 shortfall)',
  'function liquidateAccount(address borrower, tuple(address vTokenCollateral, address vTokenBorrowed, uint256 repayAmount)[] orders)',
  'function healAccount(address user)',
  'event MarketEntered(address cToken, address account)',
  'event MarketExited(address cToken, address account)',
  'event PoolSelected(address indexed account, uint96 previousPoolId, uint96 indexed newPoolId)',
  'event IsForcedLiquidationEnabledForUserUpdated(address indexed borrower, address indexed vToken, bool enable)',
] as const

/** Any of them has the comptroller and all its markets read again. */
export const compoundParameterEvents = [
  'event MarketListed(address cToken)',
  'event MarketSupported(address vToken)',
  'event MarketUnlisted(address indexed market)',
  'event NewCloseFactor(uint256 oldCloseFactorMantissa, uint256 newCloseFactorMantissa)',
  'event NewCollateralFactor(address cToken, uint256 oldCollateralFactorMantissa, uint256 newCollateralFactorMantissa)',
  'event NewCollateralFactor(uint96 indexed poolId, address indexed vToken, uint256 oldCollateralFactorMantissa, uint256 newCollateralFactorMantissa)',
  'event NewLiquidationThreshold(address vToken, uint256 oldLiquidationThresholdMantissa, uint256 newLiquidationThresholdMantissa)',
  'event NewLiquidationThreshold(uint96 indexed poolId, address indexed vToken, uint256 oldLiquidationThresholdMantissa, uint256 newLiquidationThresholdMantissa)',
  'event NewLiquidationIncentive(uint256 oldLiquidationIncentiveMantissa, uint256 newLiquidationIncentiveMantissa)',
  'event NewLiquidationIncentive(uint96 indexed poolId, address indexed vToken, uint256 oldLiquidationIncentiveMantissa, uint256 newLiquidationIncentiveMantissa)',
  'event NewPriceOracle(address oldPriceOracle, address newPriceOracle)',
  'event ActionPaused(string action, bool pauseState)',
  'event ActionPaused(address cToken, string action, bool pauseState)',
  'event ActionPausedMarket(address vToken, uint8 action, bool pauseState)',
  'event ActionProtocolPaused(bool state)',
  'event NewMinLiquidatableCollateral(uint256 oldMinLiquidatableCollateral, uint256 newMinLiquidatableCollateral)',
  'event NewLiquidatorContract(address oldLiquidatorContract, address newLiquidatorContract)',
  'event NewVAIController(address oldVAIController, address newVAIController)',
  'event IsForcedLiquidationEnabledUpdated(address indexed vToken, bool enable)',
  'event PoolCreated(uint96 indexed poolId, string label)',
  'event PoolMarketInitialized(uint96 indexed poolId, address indexed market)',
  'event PoolMarketRemoved(uint96 indexed poolId, address indexed vToken)',
  'event PoolActiveStatusUpdated(uint96 indexed poolId, bool oldStatus, bool newStatus)',
  'event PoolFallbackStatusUpdated(uint96 indexed poolId, bool oldStatus, bool newStatus)',
  'event NewImplementation(address oldImplementation, address newImplementation)',
  'event Upgraded(address indexed implementation)',
  'event DiamondCut(tuple(address facetAddress, uint8 action, bytes4[] functionSelectors)[] diamondCut)',
] as const

/** cToken, vToken, mToken. */
export const compoundToken = [
  'function underlying() view returns (address)',
  'function isTimeBased() view returns (bool)',
  'function accrualBlockNumber() view returns (uint256)',
  'function accrualBlockTimestamp() view returns (uint256)',
  'function borrowRatePerBlock() view returns (uint256)',
  'function borrowRatePerTimestamp() view returns (uint256)',
  'function borrowIndex() view returns (uint256)',
  'function totalBorrows() view returns (uint256)',
  'function totalReserves() view returns (uint256)',
  'function totalSupply() view returns (uint256)',
  'function badDebt() view returns (uint256)',
  'function getCash() view returns (uint256)',
  'function exchangeRateStored() view returns (uint256)',
  'function reserveFactorMantissa() view returns (uint256)',
  'function protocolSeizeShareMantissa() view returns (uint256)',
  'function reduceReservesBlockDelta() view returns (uint256)',
  'function reduceReservesBlockNumber() view returns (uint256)',
  'function interestRateModel() view returns (address)',
  'function balanceOf(address owner) view returns (uint256)',
  'function getAccountSnapshot(address account) view returns (uint256 code, uint256 tokens, uint256 borrowed, uint256 exchangeRate)',
  'function borrowBalanceCurrent(address account) returns (uint256)',
  'function exchangeRateCurrent() returns (uint256)',
  'function accrueInterest() returns (uint256)',
  'function liquidateBorrow(address borrower, uint256 repayAmount, address cTokenCollateral) returns (uint256)',
  'event AccrueInterest(uint256 cashPrior, uint256 interestAccumulated, uint256 borrowIndex, uint256 totalBorrows)',
  'event Mint(address minter, uint256 mintAmount, uint256 mintTokens)',
  'event Mint(address minter, uint256 mintAmount, uint256 mintTokens, uint256 balance)',
  'event MintBehalf(address payer, address receiver, uint256 mintAmount, uint256 mintTokens, uint256 balance)',
  'event Redeem(address redeemer, uint256 redeemAmount, uint256 redeemTokens)',
  'event Redeem(address redeemer, uint256 redeemAmount, uint256 redeemTokens, uint256 balance)',
  'event Borrow(address borrower, uint256 borrowAmount, uint256 accountBorrows, uint256 totalBorrows)',
  'event RepayBorrow(address payer, address borrower, uint256 repayAmount, uint256 accountBorrows, uint256 totalBorrows)',
  'event LiquidateBorrow(address liquidator, address borrower, uint256 repayAmount, address cTokenCollateral, uint256 seizeTokens)',
  'event Transfer(address indexed from, address indexed to, uint256 amount)',
  'event HealBorrow(address indexed payer, address indexed borrower, uint256 repayAmount)',
  'event BadDebtIncreased(address indexed borrower, uint256 badDebtDelta, uint256 badDebtOld, uint256 badDebtNew)',
  'event BadDebtRecovered(uint256 badDebtOld, uint256 badDebtNew)',
  'event ProtocolSeize(address indexed from, address indexed to, uint256 amount)',
  'event ReservesAdded(address benefactor, uint256 addAmount, uint256 newTotalReserves)',
  'event ReservesReduced(address admin, uint256 reduceAmount, uint256 newTotalReserves)',
  'event SpreadReservesReduced(address indexed protocolShareReserve, uint256 reduceAmount, uint256 newTotalReserves)',
  'event CashSynced(uint256 oldInternalCash, uint256 newInternalCash)',
] as const

/** Interest accrued as the oldest cTokens tell it: without the cash. */
export const compoundOldToken = [
  'event AccrueInterest(uint256 interestAccumulated, uint256 borrowIndex, uint256 totalBorrows)',
] as const

/** The market of the chain's own currency. */
export const compoundNativeToken = [
  'function liquidateBorrow(address borrower, address cTokenCollateral) payable',
] as const

/** Any of them has the comptroller and all its markets read again. */
export const compoundTokenParameterEvents = [
  'event NewReserveFactor(uint256 oldReserveFactorMantissa, uint256 newReserveFactorMantissa)',
  'event NewMarketInterestRateModel(address oldInterestRateModel, address newInterestRateModel)',
  'event NewProtocolSeizeShare(uint256 oldProtocolSeizeShareMantissa, uint256 newProtocolSeizeShareMantissa)',
  'event NewReduceReservesBlockDelta(uint256 oldReduceReservesBlockDelta, uint256 newReduceReservesBlockDelta)',
  'event NewImplementation(address oldImplementation, address newImplementation)',
  'event Upgraded(address indexed implementation)',
] as const

/** Venus core's Liquidator. */
export const venusLiquidator = [
  'function treasuryPercentMantissa() view returns (uint256)',
  'function liquidationRestricted(address borrower) view returns (bool)',
  'function liquidateBorrow(address vToken, address borrower, uint256 repayAmount, address vTokenCollateral) payable',
  'event LiquidateBorrowedTokens(address indexed liquidator, address indexed borrower, uint256 repayAmount, address vTokenBorrowed, address indexed vTokenCollateral, uint256 seizeTokensForTreasury, uint256 seizeTokensForLiquidator)',
  'event NewLiquidationTreasuryPercent(uint256 oldPercent, uint256 newPercent)',
  'event LiquidationRestricted(address indexed borrower)',
  'event LiquidationRestrictionsDisabled(address indexed borrower)',
] as const

export const venusVaiController = [
  'event MintVAI(address minter, uint256 mintVAIAmount)',
  'event RepayVAI(address payer, address borrower, uint256 repayVAIAmount)',
  'event LiquidateVAI(address liquidator, address borrower, uint256 repayAmount, address vTokenCollateral, uint256 seizeTokens)',
] as const

/** Compound's own shape of an oracle, and Venus' way from an asset to the feed behind its main oracle. */
export const compoundOracle = [
  'function getUnderlyingPrice(address cToken) view returns (uint256)',
  'function getTokenConfig(address asset) view returns (tuple(address asset, address[3] oracles, bool[3] enableFlagsForOracles, bool cachingEnabled))',
  'function tokenConfigs(address asset) view returns (address asset, address feed, uint256 maxStalePeriod)',
  'function decimals() view returns (uint8)',
] as const
