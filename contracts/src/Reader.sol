// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Reads packed bytes, never past their end.
library Reader {
    error BadProgram();

    /// A big-endian number of `size` bytes (1 to 32).
    function number(bytes calldata data, uint256 at, uint256 size) internal pure returns (uint256 value) {
        requireBytes(data, at, size);
        assembly ("memory-safe") {
            value := shr(sub(256, shl(3, size)), calldataload(add(data.offset, at)))
        }
    }

    function account(bytes calldata data, uint256 at) internal pure returns (address) {
        return address(uint160(number(data, at, 20)));
    }

    function rest(bytes calldata data, uint256 at) internal pure returns (bytes calldata) {
        requireBytes(data, at, 0);
        return data[at:];
    }

    function slice(bytes calldata data, uint256 at, uint256 size) internal pure returns (bytes calldata) {
        requireBytes(data, at, size);
        return data[at:at + size];
    }

    /// `at` and `size` come from fields of three bytes at most, so their sum never wraps.
    function requireBytes(bytes calldata data, uint256 at, uint256 size) internal pure {
        if (at + size > data.length) revert BadProgram();
    }
}
