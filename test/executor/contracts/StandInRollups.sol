// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// In the place of the OP Stack's GasPriceOracle and of Arbitrum's ArbGasInfo and NodeInterface; simple sums instead of theirs.
contract StandInRollup {
    function getL1FeeUpperBound(uint256 unsignedTxSize) external pure returns (uint256) {
        return unsignedTxSize * 1e12;
    }

    function getOperatorFee(uint256 gasUsed) external pure returns (uint256) {
        return gasUsed * 1e6 + 5e14;
    }

    /// As NodeInterface, which is at another address.
    function gasEstimateL1Component(address, bool, bytes calldata data)
        external
        pure
        returns (uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate)
    {
        return (uint64(7e6 + data.length), 1e9, 0);
    }

    function getCurrentTxL1GasFees() external pure returns (uint256) {
        return 7e15;
    }
}
