// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Acts} from "./Acts.sol";
import {Calls} from "./Calls.sol";
import {Frame} from "./Frame.sol";
import {GasMeter} from "./GasMeter.sol";
import {Governed} from "./Governed.sol";
import {ILenders, IPools} from "./Interfaces.sol";
import {Reader} from "./Reader.sol";
import {Registry} from "./Registry.sol";
import {Settlement} from "./Settlement.sol";
import {Tokens} from "./Tokens.sol";

/// Carries out one order of an operator's and reverts unless it paid. The order is a small program; nothing it names is
/// trusted: what it may call, approve, borrow from and swap with is in the registry or follows from it. Whatever it does
/// between, at the end every token it touched, and native currency, stand no lower than before, and what was gained in
/// wrapped native covers the gas measured here, the builder's tip and the order's minimum.
contract Executor is Governed, Settlement, Acts {
    struct Setup {
        address owner;
        address sink;
        uint256 delay;
        address wrappedNative;
        address[] operators;
        Registry.Entry[] entries;
        address lenders;
        bytes32 lendersCodeHash;
        address pools;
        bytes32 poolsCodeHash;
        /// Zero on chains that take nothing beside gas; its hash is then not looked at.
        address dataFees;
        bytes32 dataFeesCodeHash;
    }

    /// Code without storage that we run as our own; see `modules/`.
    address public immutable lenders;
    address public immutable pools;

    uint256 private constant OP_NOTHING = 0;
    uint256 private constant OP_FLASH = 1;
    uint256 private constant OP_TRY = 2;
    uint256 private constant OP_ACT = 3;
    uint256 private constant OP_SWAP = 4;
    uint256 private constant OP_WRAP = 5;
    uint256 private constant OP_REDEEM = 6;
    uint256 private constant OP_FLASH_SWAP = 7;

    /// Left beside a `try`'s own limit, for the call itself and for what follows a failure.
    uint256 private constant TRY_MARGIN = 10_000;
    /// Bytes of a callback's arguments that a `try` inside it may still fill from.
    uint256 private constant ARGUMENTS = 256;

    /// `inside` is the hash of the program that was rolled back, `reason` the first bytes of why.
    event TryFailed(bytes32 indexed inside, bytes reason);

    error ModuleMismatch(address module, bytes32 codeHash);
    error OutsideBlocks(uint256 number, uint256 first, uint256 last);
    error PriceMoved(address at, bytes32 expected, bytes32 found);
    error NotSelf(address caller);
    error TryStarved(uint256 available, uint256 needed);
    error NativeRefused(address from);
    error PayloadMismatch();

    constructor(Setup memory setup)
        Governed(setup.owner, setup.sink, setup.delay, setup.operators, setup.entries)
        Settlement(setup.wrappedNative, setup.dataFees)
    {
        if (setup.lenders.codehash != setup.lendersCodeHash) {
            revert ModuleMismatch(setup.lenders, setup.lenders.codehash);
        }
        if (setup.pools.codehash != setup.poolsCodeHash) revert ModuleMismatch(setup.pools, setup.pools.codehash);
        if (setup.dataFees != address(0) && setup.dataFees.codehash != setup.dataFeesCodeHash) {
            revert ModuleMismatch(setup.dataFees, setup.dataFees.codehash);
        }
        lenders = setup.lenders;
        pools = setup.pools;
    }

    /// Native currency comes from the wrapped token, and, while executing, from the protocol acted on or a registered
    /// peer. The first two answers cost little, because some protocols send with 2,300 gas.
    receive() external payable {
        if (msg.sender == address(wrappedNative)) return;
        if (Frame.isLocked()) {
            if (msg.sender == Frame.payer()) return;
            if (Registry.valueOf(Registry.keyOf(Registry.PEER, 0, msg.sender)) != 0) return;
        }
        revert NativeRefused(msg.sender);
    }

    /// The only way in. Order: first block (6) · last block (6) · minimum net in wei (16) · tip share in bps (2) ·
    /// gas expected back (3) · count of tokens (1), each 20 bytes, whose balances are noted before anything happens · count of expectations
    /// (1), each to (20), word (32), length (2) and that many bytes of calldata · the program.
    ///
    /// `minimumNet` is what must remain of the wrapped native gained after the tip and after all the gas of this
    /// transaction at its price: 21,000, the calldata (EIP-7623's floor where that binds) and what was spent here.
    /// Refunds cannot be seen from inside: what the order expects is believed up to a fifth of the gas.
    function execute(bytes calldata order) external {
        uint256 gasAtStart = gasleft();
        if (!isOperator[msg.sender]) revert NotOperator(msg.sender);
        Frame.lock();
        (Terms memory terms, bytes calldata program) = _begin(order);
        _run(program, order[0:0]);
        _settle(terms, gasAtStart, order);
    }

    /// A `try` of the program. Only we call it, and only to be able to undo it.
    function attempt(bytes calldata program, bytes calldata arguments) external {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        Frame.requireLocked();
        _run(program, arguments);
    }

    /// Every callback. What may call, how, how often and with what is in the record that the call before it left.
    fallback() external {
        Frame.Record memory record = Frame.take();
        bytes calldata arguments = msg.data[4:];
        if (record.kind == Frame.BY_POOL) {
            _payPool(record, arguments);
            return;
        }
        bytes calldata payload = _payload(record, arguments);
        if (record.kind == Frame.BY_FLASH_SWAP) {
            _run(payload, arguments);
            _payPool(record, arguments);
            return;
        }
        if (record.kind == Frame.BY_ACT) {
            _run(payload, arguments);
            return;
        }
        uint256 answer;
        if (record.kind == Frame.BY_MANAGER) {
            answer = Calls.delegate(pools, abi.encodeCall(IPools.unlocked, (record.caller, record.amount, payload)));
        } else {
            answer = _lent(record, payload, arguments);
        }
        // A word, for those who ask for one; read as bytes, none.
        assembly ("memory-safe") {
            mstore(0x00, answer)
            mstore(0x20, 0)
            return(0x00, 0x40)
        }
    }

    /// Block window, then expectations, then the opening balances.
    function _begin(bytes calldata order) private returns (Terms memory terms, bytes calldata program) {
        uint256 first = Reader.number(order, 0, 6);
        uint256 last = Reader.number(order, 6, 6);
        if (block.number < first || block.number > last) revert OutsideBlocks(block.number, first, last);
        terms.minimumNet = Reader.number(order, 12, 16);
        terms.tipShareBps = Reader.number(order, 28, 2);
        if (terms.tipShareBps > BPS) revert BadTipShare(terms.tipShareBps);
        terms.refundGas = Reader.number(order, 30, 3);
        (terms.calldataGas, terms.calldataFloor) = GasMeter.ofCalldata();
        uint256 tokens = Reader.number(order, 33, 1);
        uint256 at = 34 + tokens * 20;
        uint256 expectations = Reader.number(order, at, 1);
        ++at;
        for (uint256 i; i < expectations; ++i) {
            at = _expect(order, at);
        }
        Frame.setNativeOpening(address(this).balance);
        Tokens.touch(address(wrappedNative));
        for (uint256 i; i < tokens; ++i) {
            Tokens.touch(Reader.account(order, 34 + i * 20));
        }
        program = Reader.rest(order, at);
    }

    function _expect(bytes calldata order, uint256 at) private view returns (uint256 next) {
        address to = Reader.account(order, at);
        bytes32 expected = bytes32(Reader.number(order, at + 20, 32));
        uint256 size = Reader.number(order, at + 52, 2);
        bytes memory question = Reader.slice(order, at + 54, size);
        bool ok;
        bytes32 found;
        assembly ("memory-safe") {
            mstore(0x00, 0)
            ok := staticcall(gas(), to, add(question, 0x20), mload(question), 0x00, 0x20)
            ok := and(ok, gt(returndatasize(), 0x1f))
            found := mload(0x00)
        }
        if (!ok || found != expected) revert PriceMoved(to, expected, found);
        return at + 54 + size;
    }

    /// Each instruction: its number (1) · the length of its operand (3) · the operand. `arguments`: those of the
    /// callback we are in, empty outside.
    function _run(bytes calldata program, bytes calldata arguments) private {
        uint256 at;
        while (at < program.length) {
            uint256 op = Reader.number(program, at, 1);
            uint256 size = Reader.number(program, at + 1, 3);
            bytes calldata operand = Reader.slice(program, at + 4, size);
            at += 4 + size;
            if (op == OP_SWAP) Calls.delegate(pools, abi.encodeCall(IPools.swap, (operand)));
            else if (op == OP_ACT) _act(operand, arguments);
            else if (op == OP_FLASH) Calls.delegate(lenders, abi.encodeCall(ILenders.lend, (operand)));
            else if (op == OP_TRY) _try(operand, arguments);
            else if (op == OP_WRAP) _wrap();
            else if (op == OP_REDEEM) Calls.delegate(pools, abi.encodeCall(IPools.redeem, (operand)));
            else if (op == OP_FLASH_SWAP) Calls.delegate(pools, abi.encodeCall(IPools.flashSwap, (operand)));
            else if (op != OP_NOTHING) revert Reader.BadProgram();
        }
    }

    /// Operand: gas limit (4) · inner program. What it did is undone as one where it fails, the record of touched
    /// tokens with it. It gets its whole limit or nothing happens at all: a `try` that failed only because we ran
    /// short ourselves (EIP-150 hands on 63 parts of 64) would pass for a position that cannot be liquidated.
    function _try(bytes calldata operand, bytes calldata arguments) private {
        uint256 limit = Reader.number(operand, 0, 4);
        bytes calldata inside = Reader.rest(operand, 4);
        bytes memory request = abi.encodeCall(this.attempt, (inside, _head(arguments, ARGUMENTS)));
        uint256 available = gasleft();
        uint256 needed = (limit * 64) / 63 + TRY_MARGIN;
        if (available < needed) revert TryStarved(available, needed);
        bool ok;
        assembly ("memory-safe") {
            ok := call(limit, address(), 0, add(request, 0x20), mload(request), 0, 0)
        }
        if (!ok) emit TryFailed(keccak256(inside), Calls.reason());
    }

    /// The loan is here: the inner program runs, and it is given back. @return answer what the lender wants to hear.
    function _lent(Frame.Record memory record, bytes calldata payload, bytes calldata arguments)
        private
        returns (uint256 answer)
    {
        uint256 kind = record.kind - Frame.BY_LENDER;
        uint256 owed = Calls.delegate(
            lenders,
            abi.encodeCall(ILenders.lent, (kind, record.asset, record.amount, _head(arguments, ARGUMENTS)))
        );
        _run(payload, arguments);
        return Calls.delegate(lenders, abi.encodeCall(ILenders.repay, (kind, record.asset, owed)));
    }

    function _payPool(Frame.Record memory record, bytes calldata arguments) private {
        Calls.delegate(pools, abi.encodeCall(IPools.pay, (record.caller, record.asset, record.amount, arguments[:64])));
    }

    /// The inner program as the caller hands it back: the last argument, padded to words. Where it lies is a guess
    /// that need not be trusted, because its hash must be the one recorded.
    function _payload(Frame.Record memory record, bytes calldata arguments) private pure returns (bytes calldata payload) {
        uint256 padded = (uint256(record.length) + 31) & ~uint256(31);
        if (arguments.length < padded) revert PayloadMismatch();
        payload = Reader.slice(arguments, arguments.length - padded, record.length);
        bytes32 commitment = keccak256(abi.encode(keccak256(payload), uint256(record.nonce)));
        if (commitment != record.commitment) revert PayloadMismatch();
    }

    function _head(bytes calldata data, uint256 size) private pure returns (bytes calldata) {
        return data.length > size ? data[:size] : data;
    }
}
