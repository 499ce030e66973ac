// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// What lives for one execution only, in transient storage (EIP-1153): the lock, the one callback we expect, and the
/// balances from which everything gained is counted. Core and modules share these slots, because a module runs by
/// delegatecall; none of them keeps anything here between two executions, and a reverted `try` takes its changes back.
library Frame {
    /// One callback we wait for. There is at most one: it is opened right before the call that must bring it, and
    /// taken before anything else is called.
    struct Record {
        address caller;
        bytes4 selector;
        uint8 kind;
        uint64 nonce;
        /// Bytes of the inner program that the caller hands back, and their hash (salted with the nonce).
        uint24 length;
        bytes32 commitment;
        /// What is lent, or what the pool may be paid in.
        address asset;
        uint256 amount;
    }

    /// A registered protocol calls back in the middle of an `act`.
    uint8 internal constant BY_ACT = 1;
    /// A pool asks for what it is owed.
    uint8 internal constant BY_POOL = 2;
    /// A pool that has paid asks for what it is owed, once our program has got it.
    uint8 internal constant BY_FLASH_SWAP = 3;
    /// A manager of pools, unlocked for one swap.
    uint8 internal constant BY_MANAGER = 4;
    /// Lenders: the flash kind is added to it.
    uint8 internal constant BY_LENDER = 16;

    uint256 private constant LOCK = 0;
    uint256 private constant RECORD = 1;
    uint256 private constant COMMITMENT = 2;
    uint256 private constant ASSET = 3;
    uint256 private constant AMOUNT = 4;
    uint256 private constant NONCE = 5;
    uint256 private constant PAYER = 6;
    uint256 private constant TOUCHED = 7;
    uint256 private constant NATIVE = 8;
    /// Touched token number i is in slot LIST + i.
    uint256 private constant LIST = 1 << 32;
    /// A token's opening balance, plus one so that zero means untouched, is in slot OPENING | token.
    uint256 private constant OPENING = 1 << 160;

    error Locked();
    error NotExecuting();
    error CallbackUnexpected(address caller, bytes4 selector);
    error CallbackMissing(address expected, bytes4 selector);

    function lock() internal {
        if (_get(LOCK) != 0) revert Locked();
        _set(LOCK, 1);
    }

    function isLocked() internal view returns (bool) {
        return _get(LOCK) != 0;
    }

    /// Modules ask this first: called on their own address, their own transient storage says no.
    function requireLocked() internal view {
        if (_get(LOCK) == 0) revert NotExecuting();
    }

    function requireUnlocked() internal view {
        if (_get(LOCK) != 0) revert Locked();
    }

    /// Clears all that an execution wrote, so that a second one in the same transaction begins anew.
    function unlock() internal {
        uint256 count = _get(TOUCHED);
        for (uint256 i; i < count; ++i) {
            uint256 token = _get(LIST + i);
            _set(OPENING | token, 0);
            _set(LIST + i, 0);
        }
        _set(TOUCHED, 0);
        _set(NATIVE, 0);
        _set(NONCE, 0);
        _set(LOCK, 0);
    }

    /// `commitment` of an empty payload is never compared: such a callback carries no program.
    function open(uint8 kind, address caller, bytes4 selector, uint256 length, bytes32 payloadHash, address asset, uint256 amount)
        internal
    {
        uint256 nonce = _get(NONCE) + 1;
        _set(NONCE, nonce);
        _set(
            RECORD,
            uint256(uint160(caller)) | (uint256(uint32(selector)) << 160) | (uint256(kind) << 192) | (length << 200)
                | (uint256(uint32(nonce)) << 224)
        );
        _set(COMMITMENT, uint256(keccak256(abi.encode(payloadHash, nonce))));
        _set(ASSET, uint256(uint160(asset)));
        _set(AMOUNT, amount);
    }

    /// Hands over the record and forgets it. Anything but the expected caller and selector reverts.
    function take() internal returns (Record memory record) {
        uint256 word = _get(RECORD);
        if (word == 0 || address(uint160(word)) != msg.sender || bytes4(uint32(word >> 160)) != msg.sig) {
            revert CallbackUnexpected(msg.sender, msg.sig);
        }
        record = Record({
            caller: msg.sender,
            selector: msg.sig,
            kind: uint8(word >> 192),
            length: uint24(word >> 200),
            nonce: uint64(word >> 224),
            commitment: bytes32(_get(COMMITMENT)),
            asset: address(uint160(_get(ASSET))),
            amount: _get(AMOUNT)
        });
        _set(RECORD, 0);
    }

    /// After the call that had to bring it.
    function requireTaken() internal view {
        uint256 word = _get(RECORD);
        if (word != 0) revert CallbackMissing(address(uint160(word)), bytes4(uint32(word >> 160)));
    }

    function isPending() internal view returns (bool) {
        return _get(RECORD) != 0;
    }

    /// Who may send native currency now, beside the wrapped token: the protocol being acted on.
    function payer() internal view returns (address) {
        return address(uint160(_get(PAYER)));
    }

    function setPayer(address to) internal {
        _set(PAYER, uint256(uint160(to)));
    }

    function setNativeOpening(uint256 balance) internal {
        _set(NATIVE, balance);
    }

    function nativeOpening() internal view returns (uint256) {
        return _get(NATIVE);
    }

    function isTouched(address token) internal view returns (bool) {
        return _get(OPENING | uint160(token)) != 0;
    }

    function setOpening(address token, uint256 balance) internal {
        uint256 count = _get(TOUCHED);
        _set(OPENING | uint160(token), balance + 1);
        _set(LIST + count, uint160(token));
        _set(TOUCHED, count + 1);
    }

    function openingOf(address token) internal view returns (uint256) {
        return _get(OPENING | uint160(token)) - 1;
    }

    function touchedCount() internal view returns (uint256) {
        return _get(TOUCHED);
    }

    function touchedAt(uint256 i) internal view returns (address) {
        return address(uint160(_get(LIST + i)));
    }

    function _get(uint256 slot) private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := tload(slot)
        }
    }

    function _set(uint256 slot, uint256 word) private {
        assembly ("memory-safe") {
            tstore(slot, word)
        }
    }
}
