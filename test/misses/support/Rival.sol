// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// A rival with funds of its own: calls a protocol directly, and pays the block's beneficiary what it was told to.
contract Rival {
    receive() external payable {}

    function act(address to, bytes calldata data, uint256 bid) external {
        (bool done, bytes memory answer) = to.call(data);
        if (!done) {
            assembly {
                revert(add(answer, 32), mload(answer))
            }
        }
        if (bid == 0) return;
        (bool paid,) = block.coinbase.call{value: bid}("");
        require(paid, "not paid");
    }
}
