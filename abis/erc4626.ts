/** A tokenised vault (EIP-4626), as one that redeems its shares sees it. */
export const erc4626Abi = [
  'function asset() view returns (address)',
  'function previewRedeem(uint256 shares) view returns (uint256 assets)',
  'function maxWithdraw(address owner) view returns (uint256 assets)',
  'function redeem(uint256 shares, address receiver, address owner) returns (uint256 assets)',
] as const
