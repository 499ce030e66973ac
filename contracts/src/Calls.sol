// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Calls that copy no more of an answer than they need: a callee that returns megabytes makes us pay for none of it.
library Calls {
    /// Bytes of a failure that are kept, at most.
    uint256 internal constant REASON = 256;

    error CallFailed(address to);

    /// Passes a failure on, its first bytes at least. @return size of the answer, word its first 32 bytes.
    function call(address to, uint256 value, bytes memory data) internal returns (uint256 size, uint256 word) {
        bool ok;
        assembly ("memory-safe") {
            mstore(0x00, 0)
            ok := call(gas(), to, value, add(data, 0x20), mload(data), 0x00, 0x20)
            size := returndatasize()
            word := mload(0x00)
        }
        if (!ok) bubble(to);
    }

    /// Runs a module's code as our own. @return word the first 32 bytes it answers.
    function delegate(address module, bytes memory data) internal returns (uint256 word) {
        bool ok;
        assembly ("memory-safe") {
            mstore(0x00, 0)
            ok := delegatecall(gas(), module, add(data, 0x20), mload(data), 0x00, 0x20)
            word := mload(0x00)
        }
        if (!ok) bubble(module);
    }

    /// Reverts with what the last call failed with.
    function bubble(address to) internal pure {
        bytes memory why = reason();
        if (why.length == 0) revert CallFailed(to);
        assembly ("memory-safe") {
            revert(add(why, 0x20), mload(why))
        }
    }

    /// The first bytes of the last call's answer.
    function reason() internal pure returns (bytes memory why) {
        assembly ("memory-safe") {
            let size := returndatasize()
            if gt(size, REASON) { size := REASON }
            why := mload(0x40)
            mstore(why, size)
            returndatacopy(add(why, 0x20), 0, size)
            mstore(0x40, and(add(add(why, size), 0x3f), not(0x1f)))
        }
    }
}
