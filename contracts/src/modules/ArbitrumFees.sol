// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDataFees} from "../Interfaces.sol";

interface IArbGasInfo {
    function getCurrentTxL1GasFees() external view returns (uint256);
}

/// Arbitrum takes its data fee as gas before the first instruction runs, where no contract sees it; its own precompile
/// says how much that was for this transaction.
contract ArbitrumFees is IDataFees {
    IArbGasInfo private constant GAS_INFO = IArbGasInfo(address(0x6C));

    function fee(uint256, uint256) external view returns (uint256) {
        return GAS_INFO.getCurrentTxL1GasFees();
    }
}
