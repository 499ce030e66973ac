// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calls} from "./Calls.sol";
import {Frame} from "./Frame.sol";
import {Reader} from "./Reader.sol";
import {Registry} from "./Registry.sol";
import {Settlement} from "./Settlement.sol";
import {Tokens} from "./Tokens.sol";

/// Calls of protocols: only registered functions, with exact approvals, and at most one callback each.
abstract contract Acts is Settlement {
    uint256 private constant ACT_VALUE = 1;
    uint256 private constant ACT_APPROVE = 2;
    uint256 private constant ACT_CALLBACK = 4;
    uint256 private constant ACT_ANSWER_ZERO = 8;

    error SpenderUnknown(address spender);
    error RecipientMismatch(address recipient);
    error Answered(address target, uint256 word);
    error NativeShort(uint256 gained, uint256 needed);

    /// Operand: flags (1) · target (20) · [value (16)] · [asset (20), spender (20), amount (16)] · [caller back (20),
    /// its selector (4), where the inner program begins in the calldata (3), its length (3)] · count of fills (1) ·
    /// each: where (3), with what (1), asset or number of the callback's argument (20) · calldata.
    function _act(bytes calldata operand, bytes calldata arguments) internal {
        uint256 flags = Reader.number(operand, 0, 1);
        address target = Reader.account(operand, 1);
        uint256 at = 21;
        uint256 value;
        if (flags & ACT_VALUE != 0) {
            value = Reader.number(operand, at, 16);
            at += 16;
        }
        uint256 approval = at;
        if (flags & ACT_APPROVE != 0) at += 56;
        uint256 callback = at;
        if (flags & ACT_CALLBACK != 0) at += 30;
        bytes memory data = _calldata(operand, at, arguments);
        _authorise(target, data);
        if (value != 0) _demandNative(value);
        if (flags & ACT_APPROVE != 0) _approve(operand, approval, target);
        if (flags & ACT_CALLBACK != 0) _expectCallback(operand, callback, target, data);
        address outer = Frame.payer();
        Frame.setPayer(target);
        (uint256 size, uint256 word) = Calls.call(target, value, data);
        Frame.setPayer(outer);
        Frame.requireTaken();
        if (flags & ACT_ANSWER_ZERO != 0 && (size < 32 || word != 0)) revert Answered(target, word);
        if (flags & ACT_APPROVE != 0) {
            Tokens.disallow(Reader.account(operand, approval), Reader.account(operand, approval + 20));
        }
    }

    /// The calldata with its fills done: words that only the chain knows.
    function _calldata(bytes calldata operand, uint256 at, bytes calldata arguments) private returns (bytes memory data) {
        uint256 fills = Reader.number(operand, at, 1);
        uint256 fill = at + 1;
        data = Reader.rest(operand, fill + fills * 24);
        if (data.length < 4) revert Reader.BadProgram();
        for (uint256 i; i < fills; ++i) {
            uint256 offset = Reader.number(operand, fill, 3);
            uint256 with = Reader.number(operand, fill + 3, 1);
            uint256 word;
            if (with == 0) word = Tokens.gained(Reader.account(operand, fill + 4));
            else if (with == 1) word = Reader.number(arguments, 32 * Reader.number(operand, fill + 22, 2), 32);
            else revert Reader.BadProgram();
            // The selector is what is registered: it is never filled.
            if (offset < 4 || offset + 32 > data.length) revert Reader.BadProgram();
            assembly ("memory-safe") {
                mstore(add(add(data, 0x20), offset), word)
            }
            fill += 24;
        }
    }

    /// Only registered functions of registered contracts, and where one names who receives, that must be us.
    function _authorise(address target, bytes memory data) private {
        uint32 selector;
        assembly ("memory-safe") {
            selector := shr(224, mload(add(data, 0x20)))
        }
        bytes32 rule = Registry.demand(Registry.TARGET, selector, target);
        if (target.code.length == 0) revert NoCode(target);
        (uint256 recipientArgument, address watched) = Registry.targetRule(rule);
        if (watched != address(0)) Tokens.touch(watched);
        if (recipientArgument == 0) return;
        uint256 offset = 4 + 32 * (recipientArgument - 1);
        if (offset + 32 > data.length) revert Reader.BadProgram();
        uint256 recipient;
        assembly ("memory-safe") {
            recipient := mload(add(add(data, 0x20), offset))
        }
        if (recipient != uint160(address(this))) revert RecipientMismatch(address(uint160(recipient)));
    }

    /// Exactly what the program says, to the target itself or a registered spender.
    function _approve(bytes calldata operand, uint256 at, address target) private {
        address asset = Reader.account(operand, at);
        address spender = Reader.account(operand, at + 20);
        if (spender != target && Registry.valueOf(Registry.keyOf(Registry.SPENDER, 0, spender)) == 0) {
            revert SpenderUnknown(spender);
        }
        Tokens.touch(asset);
        Tokens.approve(asset, spender, Reader.number(operand, at + 40, 16));
    }

    function _expectCallback(bytes calldata operand, uint256 at, address target, bytes memory data) private {
        address from = Reader.account(operand, at);
        if (from != target) Registry.demand(Registry.PEER, 0, from);
        uint256 offset = Reader.number(operand, at + 24, 3);
        uint256 size = Reader.number(operand, at + 27, 3);
        if (offset + size > data.length) revert Reader.BadProgram();
        bytes32 payloadHash;
        assembly ("memory-safe") {
            payloadHash := keccak256(add(add(data, 0x20), offset), size)
        }
        bytes4 selector = bytes4(uint32(Reader.number(operand, at + 20, 4)));
        Frame.open(Frame.BY_ACT, from, selector, size, payloadHash, address(0), 0);
    }

    function _demandNative(uint256 value) private view {
        uint256 gained = _nativeGained();
        if (gained < value) revert NativeShort(gained, value);
    }
}
