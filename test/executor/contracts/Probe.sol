// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Answers an `expects`.
contract Probe {
    uint256 public price = 7;

    function set(uint256 to) external {
        price = to;
    }
}
