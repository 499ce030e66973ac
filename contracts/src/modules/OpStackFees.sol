// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataFees} from "../Interfaces.sol";

interface IGasPriceOracle {
    function getL1FeeUpperBound(uint256 unsignedTxSize) external view returns (uint256);
    function getOperatorFee(uint256 gasUsed) external view returns (uint256);
}

/// The data fee and the operator fee of the OP Stack, by its own oracle. The data fee is the bound for bytes that cannot
/// be compressed (Fjord): the true one needs the signed transaction, which a contract does not see.
contract OpStackFees is IDataFees {
    IGasPriceOracle private constant ORACLE = IGasPriceOracle(0x420000000000000000000000000000000000000F);
    /// What stands around the calldata in an unsigned transaction: nonce, fees, gas, addresses, lengths.
    uint256 private constant ENVELOPE = 90;

    function fee(uint256 calldataBytes, uint256 gasUsed) external view returns (uint256) {
        return ORACLE.getL1FeeUpperBound(calldataBytes + ENVELOPE) + ORACLE.getOperatorFee(gasUsed);
    }
}
