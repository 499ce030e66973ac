// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// What an operator's program may name. Only the owner adds to it, and only after a delay; see `Governed`.
/// A library over one fixed slot, so that modules, which have no storage of their own, read the core's.
library Registry {
    /// `value` is never zero for what is registered; what it says depends on the kind of the key.
    struct Entry {
        bytes32 key;
        bytes32 value;
    }

    struct Proposal {
        bytes32 value;
        uint64 acceptableAt;
    }

    struct Layout {
        mapping(bytes32 key => bytes32) values;
        mapping(bytes32 key => Proposal) proposals;
    }

    /// A contract and one of its functions that `act` may call. Value: see `targetRule`.
    uint256 internal constant TARGET = 1;
    /// A contract that may be approved although it is not the one called. Value: 1.
    uint256 internal constant SPENDER = 2;
    /// A flash lender and its kind. Value: 1.
    uint256 internal constant LENDER = 3;
    /// A factory and its kind. Value: the hash of its pools' creation code.
    uint256 internal constant FACTORY = 4;
    /// A contract that may call back, or pay native currency, although it is not the one called. Value: 1.
    uint256 internal constant PEER = 5;
    /// A wrapped token. Value: how it is unwrapped; see `recipe`.
    uint256 internal constant EXIT = 6;

    error NotRegistered(bytes32 key);

    /// bytes32(uint256(keccak256("plimsoll.executor.registry")) - 1), spelled out by the compiler.
    bytes32 private constant SLOT = bytes32(uint256(keccak256("plimsoll.executor.registry")) - 1);

    /// kind (1 byte) · 7 zero bytes · detail (4 bytes: a selector, or a kind's number) · address (20 bytes)
    function keyOf(uint256 kind, uint32 detail, address who) internal pure returns (bytes32) {
        return bytes32((kind << 248) | (uint256(detail) << 160) | uint160(who));
    }

    function layout() internal pure returns (Layout storage at) {
        bytes32 slot = SLOT;
        assembly ("memory-safe") {
            at.slot := slot
        }
    }

    function valueOf(bytes32 key) internal view returns (bytes32) {
        return layout().values[key];
    }

    /// @return value of the entry, never zero.
    function demand(uint256 kind, uint32 detail, address who) internal view returns (bytes32 value) {
        bytes32 key = keyOf(kind, detail, who);
        value = layout().values[key];
        if (value == 0) revert NotRegistered(key);
    }

    /// A target's value: bit 0 is set; byte 1 is one more than the number of the argument that names who receives,
    /// and must be us (0: the function has none); the high 20 bytes are a token that the function may take from us
    /// without an approval, so it is watched (0: none).
    function targetRule(bytes32 value) internal pure returns (uint256 recipientArgument, address watched) {
        return ((uint256(value) >> 8) & 0xff, address(uint160(uint256(value) >> 96)));
    }

    /// An exit's value: flags (1) · what each of up to seven arguments is (1 each, 0 where there is none) · selector (4)
    /// · who redeems (20).
    function recipe(bytes32 value)
        internal
        pure
        returns (uint256 flags, uint256 takes, uint32 selector, address redeemer)
    {
        uint256 word = uint256(value);
        return (word >> 248, (word >> 192) & 0xffffffffffffff, uint32(word >> 160), address(uint160(word)));
    }
}
