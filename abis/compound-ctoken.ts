/** A market's own token of Compound v2 and its forks (cToken, vToken): what redeeming it needs. */
export const compoundCTokenAbi = [
  'function underlying() view returns (address)',
  'function comptroller() view returns (address)',
  'function getCash() view returns (uint256)',
  'function exchangeRateCurrent() returns (uint256)',
  'function redeem(uint256 redeemTokens) returns (uint256)',
] as const

/** What the comptroller says about redeeming; the last two are Venus's. */
export const compoundRedeemRulesAbi = [
  'function getAllMarkets() view returns (address[])',
  'function treasuryPercent() view returns (uint256)',
  'function actionPaused(address market, uint8 action) view returns (bool)',
] as const
