// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IFlashPool {
    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes calldata params, uint16 code) external;
}

interface IApprovable {
    function approve(address spender, uint256 amount) external;
}

/// Borrows for one transaction and says what that cost.
contract FlashReceiver {
    uint256 private paid;

    function borrow(address pool, address asset, uint256 amount) external returns (uint256) {
        IFlashPool(pool).flashLoanSimple(address(this), asset, amount, "", 0);
        return paid;
    }

    function executeOperation(address asset, uint256 amount, uint256 premium, address, bytes calldata)
        external
        returns (bool)
    {
        paid = premium;
        IApprovable(asset).approve(msg.sender, amount + premium);
        return true;
    }
}
