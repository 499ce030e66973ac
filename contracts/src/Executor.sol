// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calls} from "./Calls.sol";
import {Frame} from "./Frame.sol";
import {GasMeter} from "./GasMeter.sol";
import {Governed} from "./Governed.sol";
import {ILenders, IPools, IWrappedNative} from "./Interfaces.sol";
import {Reader} from "./Reader.sol";
import {Registry} from "./Registry.sol";
import {Tokens} from "./Tokens.sol";

/// Carries out one order of an operator's and reverts unless it paid. The order is a small program; nothing it names is
/// trusted: what it may call, approve, borrow from and swap with is in the registry or follows from it. Whatever it does
/// between, at the end every token it touched, and native currency, stand no lower than before, and what was gained in
/// wrapped native covers the gas measured here, the builder's tip and the order's minimum.
contract Executor is Governed {
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
    }

    /// What is read of an order's head.
    struct Terms {
        uint256 minimumNet;
        uint256 tipShareBps;
        uint256 calldataGas;
        uint256 calldataFloor;
    }

    IWrappedNative public immutable wrappedNative;
    /// Code without storage that we run as our own; see `modules/`.
    address public immutable lenders;
    address public immutable pools;

    uint256 private constant OP_NOTHING = 0;
    uint256 private constant OP_FLASH = 1;
    uint256 private constant OP_TRY = 2;
    uint256 private constant OP_ACT = 3;
    uint256 private constant OP_SWAP = 4;
    uint256 private constant OP_WRAP = 5;

    uint256 private constant ACT_VALUE = 1;
    uint256 private constant ACT_APPROVE = 2;
    uint256 private constant ACT_CALLBACK = 4;
    uint256 private constant ACT_ANSWER_ZERO = 8;

    uint256 private constant BPS = 10_000;
    /// What a coinbase may burn while it is paid. Generous for a proxy, harmless for us: it is measured.
    uint256 private constant TIP_GAS = 50_000;
    /// Left beside a `try`'s own limit, for the call itself and for what follows a failure.
    uint256 private constant TRY_MARGIN = 10_000;
    /// Bytes of a callback's arguments that a `try` inside it may still fill from.
    uint256 private constant ARGUMENTS = 256;

    /// `plan` is the hash of the order's bytes; the rest is in wei of wrapped native. `gained` is before gas and tip.
    event Executed(bytes32 indexed plan, uint256 gained, uint256 gasCost, uint256 tip);
    /// `inside` is the hash of the program that was rolled back, `reason` the first bytes of why.
    event TryFailed(bytes32 indexed inside, bytes reason);

    error ModuleMismatch(address module, bytes32 codeHash);
    error OutsideBlocks(uint256 number, uint256 first, uint256 last);
    error PriceMoved(address at, bytes32 expected, bytes32 found);
    error BelowMinimum(int256 got, uint256 minimum);
    error StandingLost(address token, uint256 opening, uint256 closing);
    error TipRefused(address coinbase);
    error BadTipShare(uint256 shareBps);
    error NotSelf(address caller);
    error TryStarved(uint256 available, uint256 needed);
    error SpenderUnknown(address spender);
    error RecipientMismatch(address recipient);
    error Answered(address target, uint256 word);
    error NativeShort(uint256 gained, uint256 needed);
    error NativeRefused(address from);
    error PayloadMismatch();
    error NoCode(address account);

    constructor(Setup memory setup) Governed(setup.owner, setup.sink, setup.delay, setup.operators, setup.entries) {
        if (setup.wrappedNative.code.length == 0) revert NoCode(setup.wrappedNative);
        if (setup.lenders.codehash != setup.lendersCodeHash) {
            revert ModuleMismatch(setup.lenders, setup.lenders.codehash);
        }
        if (setup.pools.codehash != setup.poolsCodeHash) revert ModuleMismatch(setup.pools, setup.pools.codehash);
        wrappedNative = IWrappedNative(setup.wrappedNative);
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
    /// count of tokens (1), each 20 bytes, whose balances are noted before anything happens · count of expectations
    /// (1), each to (20), word (32), length (2) and that many bytes of calldata · the program.
    ///
    /// `minimumNet` is what must remain of the wrapped native gained after the tip and after all the gas of this
    /// transaction at its price: 21,000, the calldata (EIP-7623's floor where that binds) and what was spent here.
    /// Refunds are not counted, so the true cost is never above the measured one.
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
            Calls.delegate(
                pools, abi.encodeCall(IPools.pay, (record.caller, record.asset, record.amount, arguments[:64]))
            );
            return;
        }
        bytes calldata payload = _payload(record, arguments);
        if (record.kind == Frame.BY_ACT) {
            _run(payload, arguments);
            return;
        }
        uint256 owed = Calls.delegate(
            lenders,
            abi.encodeCall(
                ILenders.lent,
                (record.kind - Frame.BY_LENDER, record.asset, record.amount, _head(arguments, ARGUMENTS))
            )
        );
        _run(payload, arguments);
        Tokens.approve(record.asset, record.caller, owed);
        // `true`, for those who ask for it.
        assembly ("memory-safe") {
            mstore(0x00, 1)
            return(0x00, 0x20)
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
        (terms.calldataGas, terms.calldataFloor) = GasMeter.ofCalldata();
        uint256 tokens = Reader.number(order, 30, 1);
        uint256 at = 31 + tokens * 20;
        uint256 expectations = Reader.number(order, at, 1);
        ++at;
        for (uint256 i; i < expectations; ++i) {
            at = _expect(order, at);
        }
        Frame.setNativeOpening(address(this).balance);
        Tokens.touch(address(wrappedNative));
        for (uint256 i; i < tokens; ++i) {
            Tokens.touch(Reader.account(order, 31 + i * 20));
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

    /// Operand: flags (1) · target (20) · [value (16)] · [asset (20), spender (20), amount (16)] · [caller back (20),
    /// its selector (4), where the inner program begins in the calldata (3), its length (3)] · count of fills (1) ·
    /// each: where (3), with what (1), asset or number of the callback's argument (20) · calldata.
    function _act(bytes calldata operand, bytes calldata arguments) private {
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

    /// The inner program as the caller hands it back: the last argument, padded to words. Where it lies is a guess
    /// that need not be trusted, because its hash must be the one recorded.
    function _payload(Frame.Record memory record, bytes calldata arguments) private pure returns (bytes calldata payload) {
        uint256 padded = (uint256(record.length) + 31) & ~uint256(31);
        if (arguments.length < padded) revert PayloadMismatch();
        payload = Reader.slice(arguments, arguments.length - padded, record.length);
        bytes32 commitment = keccak256(abi.encode(keccak256(payload), uint256(record.nonce)));
        if (commitment != record.commitment) revert PayloadMismatch();
    }

    function _wrap() private {
        uint256 gained = _nativeGained();
        if (gained != 0) wrappedNative.deposit{value: gained}();
    }

    function _demandNative(uint256 value) private view {
        uint256 gained = _nativeGained();
        if (gained < value) revert NativeShort(gained, value);
    }

    function _nativeGained() private view returns (uint256) {
        uint256 opening = Frame.nativeOpening();
        return address(this).balance > opening ? address(this).balance - opening : 0;
    }

    function _head(bytes calldata data, uint256 size) private pure returns (bytes calldata) {
        return data.length > size ? data[:size] : data;
    }

    /// The tip is a share of what remains after gas; it is paid before the last look at the balances, so whatever a
    /// coinbase does with its gas is in the sum that must reach the minimum.
    function _settle(Terms memory terms, uint256 gasAtStart, bytes calldata order) private {
        uint256 gained = Tokens.gained(address(wrappedNative));
        uint256 tip;
        if (terms.tipShareBps != 0) {
            uint256 cost = GasMeter.cost(terms.calldataGas, terms.calldataFloor, gasAtStart, GasMeter.TIP_TAIL);
            if (gained > cost) tip = ((gained - cost) * terms.tipShareBps) / BPS;
            if (tip != 0) _tip(tip);
        }
        uint256 gasCost = GasMeter.cost(terms.calldataGas, terms.calldataFloor, gasAtStart, _tail());
        int256 net = int256(gained) - int256(gasCost) - int256(tip);
        if (net < int256(terms.minimumNet)) revert BelowMinimum(net, terms.minimumNet);
        _demandStanding(gained - tip);
        Frame.unlock();
        emit Executed(keccak256(order), gained, gasCost, tip);
    }

    /// Last, under the lock, out of what was gained and never out of what stands here.
    function _tip(uint256 tip) private {
        wrappedNative.withdraw(tip);
        address builder = block.coinbase;
        bool ok;
        assembly ("memory-safe") {
            ok := call(TIP_GAS, builder, tip, 0, 0, 0, 0)
        }
        if (!ok) revert TipRefused(builder);
    }

    /// No token touched, and no native currency, may stand lower than it did; wrapped native stands higher by what
    /// was gained and not paid away.
    function _demandStanding(uint256 kept) private view {
        uint256 count = Frame.touchedCount();
        for (uint256 i; i < count; ++i) {
            address token = Frame.touchedAt(i);
            uint256 opening = Frame.openingOf(token);
            if (token == address(wrappedNative)) opening += kept;
            uint256 closing = Tokens.balance(token);
            if (closing < opening) revert StandingLost(token, opening, closing);
        }
        uint256 native = Frame.nativeOpening();
        if (address(this).balance < native) revert StandingLost(address(0), native, address(this).balance);
    }

    /// Gas of what comes after the last measurement: a look at each token touched, the event, clearing.
    function _tail() private view returns (uint256) {
        return GasMeter.TAIL + Frame.touchedCount() * GasMeter.TAIL_PER_TOKEN;
    }
}
