// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

interface IMintable {
    function mint(address to, uint256 value) external;
    function approve(address spender, uint256 value) external;
    function balanceOf(address of_) external view returns (uint256);
}

interface ILendingPool {
    function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode) external;
    function borrow(address asset, uint256 amount, uint256 rateMode, uint16 referralCode, address onBehalfOf) external;
}

/// Borrows when it is created, and never does anything again.
contract Borrower {
    constructor(ILendingPool pool, address debt, uint256 amount) {
        pool.borrow(debt, amount, 2, 0, address(this));
    }
}

/// Opens many simple positions in one transaction, for tests that count calls.
contract Borrowers {
    uint256 public count;

    function open(ILendingPool pool, address collateral, uint256 supplied, address debt, uint256 borrowed, uint256 many)
        external
    {
        IMintable(collateral).mint(address(this), supplied * many);
        IMintable(collateral).approve(address(pool), 0);
        IMintable(collateral).approve(address(pool), supplied * many);
        for (uint256 i = 0; i < many; i++) {
            address next = _next(pool, debt, borrowed - i);
            pool.supply(collateral, supplied, next, 0);
            new Borrower{salt: bytes32(count)}(pool, debt, borrowed - i);
            count++;
        }
    }

    function _next(ILendingPool pool, address debt, uint256 amount) private view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(Borrower).creationCode, abi.encode(pool, debt, amount)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), bytes32(count), code)))));
    }
}
