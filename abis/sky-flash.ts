/** DssFlash of Sky (Maker): ERC-3156, lending money it makes. */
export const skyFlashAbi = [
  'function maxFlashLoan(address token) view returns (uint256)',
  'function flashFee(address token, uint256 amount) view returns (uint256)',
  'event File(bytes32 indexed what, uint256 data)',
] as const
