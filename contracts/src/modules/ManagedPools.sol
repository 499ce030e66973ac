// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calls} from "../Calls.sol";
import {Frame} from "../Frame.sol";
import {IPoolManager, IPools, IUnlocker, PoolKey, SwapParams} from "../Interfaces.sol";
import {Reader} from "../Reader.sol";
import {Sales} from "../Sales.sol";

/// Swaps with pools that one manager holds, as Uniswap V4 does: it must be unlocked, and all that is owed either way
/// settled before it is locked again.
abstract contract ManagedPools is IPools {
    /// Bytes of a swap's operand: as `Pools.swap` has it.
    uint256 internal constant MANAGED_SIZE = 120;
    /// Where a manager keeps whether it is unlocked: bytes32(uint256(keccak256("Unlocked")) - 1), spelled out by the
    /// compiler.
    bytes32 private constant UNLOCKED = bytes32(uint256(keccak256("Unlocked")) - 1);
    /// How the callback's answer begins: no bytes.
    uint256 private constant NO_BYTES = 0x20;

    /// The core's, in the callback that `_managed` asked for: the operand is what was handed over and handed back.
    function unlocked(address manager, uint256 amount, bytes calldata operand) external returns (uint256 answer) {
        Frame.requireLocked();
        _exchange(manager, amount, operand);
        return NO_BYTES;
    }

    /// What is unlocked cannot be unlocked again (a loan of the same manager is running): then the swap is done at once.
    /// Nothing of ours is owed by it afterwards, whoever unlocked it.
    function _managed(address manager, address sell, uint256 amount, bytes calldata operand) internal {
        (, uint256 isUnlocked) = Calls.call(manager, 0, abi.encodeCall(IPoolManager.exttload, (UNLOCKED)));
        if (isUnlocked != 0) {
            _exchange(manager, amount, operand);
            return;
        }
        bytes4 selector = IUnlocker.unlockCallback.selector;
        Frame.open(Frame.BY_MANAGER, manager, selector, operand.length, keccak256(operand), sell, amount);
        Calls.call(manager, 0, abi.encodeCall(IPoolManager.unlock, (operand)));
        Frame.requireTaken();
    }

    /// Swaps, pays what is asked, at most what was meant, and takes what was bought: no hooks, no native currency.
    function _exchange(address manager, uint256 amount, bytes calldata operand) private {
        address sell = Reader.account(operand, 41);
        address buy = Reader.account(operand, 61);
        bool zeroForOne = sell < buy;
        PoolKey memory key = PoolKey({
            currency0: zeroForOne ? sell : buy,
            currency1: zeroForOne ? buy : sell,
            fee: uint24(Reader.number(operand, 81, 3)),
            tickSpacing: int24(uint24(Reader.number(operand, 117, 3))),
            hooks: address(0)
        });
        SwapParams memory params = SwapParams(zeroForOne, -int256(amount), Sales.priceLimit(zeroForOne));
        (, uint256 word) = Calls.call(manager, 0, abi.encodeCall(IPoolManager.swap, (key, params, "")));
        // Two signed halves, the upper one of currency 0: below zero is what we owe.
        int256 change0 = int256(word) >> 128;
        int256 change1 = int256(int128(int256(word)));
        Calls.call(manager, 0, abi.encodeCall(IPoolManager.sync, (sell)));
        Sales.pay(manager, sell, zeroForOne ? -change0 : -change1, amount);
        Calls.call(manager, 0, abi.encodeCall(IPoolManager.settle, ()));
        int256 bought = zeroForOne ? change1 : change0;
        if (bought > 0) Calls.call(manager, 0, abi.encodeCall(IPoolManager.take, (buy, address(this), uint256(bought))));
    }
}
