/**
 * Liquity v1 and its forks: only what is read, called or decoded here. Forks put their debt token's symbol into the
 * names of functions and events (`LUSD`, `ZUSD`), so the fragments are told by it. Reads that a fork lacks revert.
 */
export const liquityManager = (debt: string): readonly string[] => [
  'function borrowerOperationsAddress() view returns (address)',
  'function activePool() view returns (address)',
  'function defaultPool() view returns (address)',
  'function priceFeed() view returns (address)',
  'function stabilityPool() view returns (address)',
  'function _stabilityPool() view returns (address)',
  `function ${debt.toLowerCase()}Token() view returns (address)`,
  `function _${debt.toLowerCase()}Token() view returns (address)`,
  'function liquityBaseParams() view returns (address)',
  `function ${debt}_GAS_COMPENSATION() view returns (uint256)`,
  'function MCR() view returns (uint256)',
  'function CCR() view returns (uint256)',
  'function PERCENT_DIVISOR() view returns (uint256)',
  'function L_ETH() view returns (uint256)',
  `function L_${debt}Debt() view returns (uint256)`,
  'function totalStakes() view returns (uint256)',
  'function totalStakesSnapshot() view returns (uint256)',
  'function totalCollateralSnapshot() view returns (uint256)',
  'function lastETHError_Redistribution() view returns (uint256)',
  `function last${debt}DebtError_Redistribution() view returns (uint256)`,
  'function getTroveOwnersCount() view returns (uint256)',
  'function getTroveFromTroveOwnersArray(uint256 index) view returns (address)',
  'function Troves(address borrower) view returns (uint256 debt, uint256 coll, uint256 stake, uint8 status, uint128 arrayIndex)',
  'function rewardSnapshots(address borrower) view returns (uint256 coll, uint256 debt)',
  'function getCurrentICR(address borrower, uint256 price) view returns (uint256)',
  'function getEntireDebtAndColl(address borrower) view returns (uint256 debt, uint256 coll, uint256 pendingDebt, uint256 pendingColl)',
  'function getTCR(uint256 price) view returns (uint256)',
  'function batchLiquidateTroves(address[] troves)',
  'event TroveUpdated(address indexed borrower, uint256 debt, uint256 coll, uint256 stake, uint8 operation)',
  'event TroveLiquidated(address indexed borrower, uint256 debt, uint256 coll, uint8 operation)',
  'event Liquidation(uint256 liquidatedDebt, uint256 liquidatedColl, uint256 collGasCompensation, uint256 debtGasCompensation)',
  'event TotalStakesUpdated(uint256 totalStakes)',
  'event SystemSnapshotsUpdated(uint256 totalStakesSnapshot, uint256 totalCollateralSnapshot)',
  'event LTermsUpdated(uint256 collPerStake, uint256 debtPerStake)',
  'event BorrowerOperationsAddressChanged(address at)',
  'event PriceFeedAddressChanged(address at)',
  'event ActivePoolAddressChanged(address at)',
  'event DefaultPoolAddressChanged(address at)',
  'event StabilityPoolAddressChanged(address at)',
]

export const liquityBorrower = [
  'event TroveCreated(address indexed borrower, uint256 arrayIndex)',
  'event TroveUpdated(address indexed borrower, uint256 debt, uint256 coll, uint256 stake, uint8 operation)',
] as const

/** Active pool, default pool and stability pool together. */
export const liquityPools = (debt: string): readonly string[] => [
  'function getETH() view returns (uint256)',
  `function get${debt}Debt() view returns (uint256)`,
  `function getTotal${debt}Deposits() view returns (uint256)`,
  'function getMaxAmountToOffset() view returns (uint256)',
  'event ActivePoolETHBalanceUpdated(uint256 coll)',
  `event ActivePool${debt}DebtUpdated(uint256 debt)`,
  'event DefaultPoolETHBalanceUpdated(uint256 coll)',
  `event DefaultPool${debt}DebtUpdated(uint256 debt)`,
  `event StabilityPool${debt}BalanceUpdated(uint256 deposits)`,
  'event EtherSent(address to, uint256 amount)',
]

export const liquityPriceFeed = [
  'function fetchPrice() returns (uint256)',
  'function priceAggregator() view returns (address)',
  'function status() view returns (uint8)',
  'function decimals() view returns (uint8)',
  'event PriceFeedStatusChanged(uint8 status)',
] as const
