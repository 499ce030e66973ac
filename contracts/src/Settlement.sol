// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Frame} from "./Frame.sol";
import {GasMeter} from "./GasMeter.sol";
import {IDataFees, IWrappedNative} from "./Interfaces.sol";
import {Tokens} from "./Tokens.sol";

/// The end of every execution: what was gained, what it cost, who gets what, and that nothing that stood here fell.
abstract contract Settlement {
    /// What is read of an order's head.
    struct Terms {
        uint256 minimumNet;
        uint256 tipShareBps;
        uint256 refundGas;
        uint256 calldataGas;
        uint256 calldataFloor;
    }

    IWrappedNative public immutable wrappedNative;
    /// What the chain takes beside gas; nothing where this is the zero address.
    IDataFees public immutable dataFees;

    uint256 internal constant BPS = 10_000;
    /// What a coinbase may burn while it is paid. Generous for a proxy, harmless for us: it is measured.
    uint256 private constant TIP_GAS = 50_000;
    /// What asking for a rollup's fees costs, near enough: it is asked before it can be measured.
    uint256 private constant FEES_GAS = 15_000;

    /// `plan` is the hash of the order's bytes; the rest is in wei of wrapped native. `gained` is before gas and tip;
    /// `gasCost` holds a rollup's fees too.
    event Executed(bytes32 indexed plan, uint256 gained, uint256 gasCost, uint256 tip);

    error BelowMinimum(int256 got, uint256 minimum);
    error StandingLost(address token, uint256 opening, uint256 closing);
    error TipRefused(address coinbase);
    error BadTipShare(uint256 shareBps);
    error NoCode(address account);

    constructor(address wrappedNative_, address dataFees_) {
        if (wrappedNative_.code.length == 0) revert NoCode(wrappedNative_);
        wrappedNative = IWrappedNative(wrappedNative_);
        dataFees = IDataFees(dataFees_);
    }

    /// The tip is a share of what remains after gas; it is paid before the last look at the balances, so whatever a
    /// coinbase does with its gas is in the sum that must reach the minimum.
    function _settle(Terms memory terms, uint256 gasAtStart, bytes calldata order) internal {
        uint256 gained = Tokens.gained(address(wrappedNative));
        uint256 tip;
        if (terms.tipShareBps != 0) {
            uint256 cost = _cost(terms, gasAtStart, GasMeter.TIP_TAIL);
            if (gained > cost) tip = ((gained - cost) * terms.tipShareBps) / BPS;
            if (tip != 0) _tip(tip);
        }
        uint256 gasCost = _cost(terms, gasAtStart, _tail());
        int256 net = int256(gained) - int256(gasCost) - int256(tip);
        if (net < int256(terms.minimumNet)) revert BelowMinimum(net, terms.minimumNet);
        _demandStanding(gained - tip);
        Frame.unlock();
        emit Executed(keccak256(order), gained, gasCost, tip);
    }

    /// In wei: the gas of the whole transaction at its price, and what a rollup takes beside it.
    function _cost(Terms memory terms, uint256 gasAtStart, uint256 tail) private view returns (uint256) {
        uint256 beside;
        if (address(dataFees) != address(0)) {
            beside = dataFees.fee(msg.data.length, _gas(terms, gasAtStart, tail + FEES_GAS));
        }
        return _gas(terms, gasAtStart, tail) * tx.gasprice + beside;
    }

    function _gas(Terms memory terms, uint256 gasAtStart, uint256 tail) private view returns (uint256) {
        return GasMeter.used(terms.calldataGas, terms.calldataFloor, terms.refundGas, gasAtStart, tail);
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

    /// What was gained of native currency becomes the token that profit is counted in.
    function _wrap() internal {
        uint256 gained = _nativeGained();
        if (gained != 0) wrappedNative.deposit{value: gained}();
    }

    function _nativeGained() internal view returns (uint256) {
        uint256 opening = Frame.nativeOpening();
        return address(this).balance > opening ? address(this).balance - opening : 0;
    }
}
