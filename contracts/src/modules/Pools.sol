// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calls} from "../Calls.sol";
import {Frame} from "../Frame.sol";
import {IConcentratedPool, IConcentratedSwapper, IConstantProductPair} from "../Interfaces.sol";
import {Reader} from "../Reader.sol";
import {Registry} from "../Registry.sol";
import {Sales} from "../Sales.sol";
import {Tokens} from "../Tokens.sol";
import {ManagedPools} from "./ManagedPools.sol";
import {Redemptions} from "./Redemptions.sol";

/// Swaps, by kind: 1 Uniswap V3, 2 Uniswap V2, 3 Uniswap V4. No storage, no immutables, and of use to the core alone.
contract Pools is Redemptions, ManagedPools {
    struct Swap {
        address pool;
        address sell;
        address buy;
        uint256 feePips;
        uint256 amount;
    }

    uint256 private constant CONCENTRATED = 1;
    uint256 private constant CONSTANT_PRODUCT = 2;
    uint256 private constant MANAGED = 3;
    /// Fees are in millionths.
    uint256 private constant PIPS = 1_000_000;

    error PoolUnknown(address pool, address computed);
    error VenueUnknown(uint256 kind);

    /// Operand: kind (1) · factory (20) · pool (20) · sell (20) · buy (20) · fee (3) · mode (1) · amount (16) ·
    /// minimum (16) · of Uniswap V4 alone, whose manager is named as factory and as pool, tick spacing (3). Nothing
    /// gained to sell: nothing is done, and no minimum asked.
    function swap(bytes calldata operand) external {
        Frame.requireLocked();
        uint256 kind = Reader.number(operand, 0, 1);
        if (operand.length != (kind == MANAGED ? MANAGED_SIZE : 117)) revert Reader.BadProgram();
        Swap memory it;
        it.sell = Reader.account(operand, 41);
        it.buy = Reader.account(operand, 61);
        it.amount = Sales.amountOf(it.sell, Reader.number(operand, 84, 1), Reader.number(operand, 85, 16));
        Tokens.touch(it.buy);
        if (it.amount == 0) return;
        it.pool = Reader.account(operand, 21);
        it.feePips = Reader.number(operand, 81, 3);
        _verify(kind, Reader.account(operand, 1), it);
        uint256 before = Tokens.balance(it.buy);
        if (kind == CONCENTRATED) _concentrated(it, Frame.BY_POOL, operand[0:0]);
        else if (kind == MANAGED) _managed(it.pool, it.sell, it.amount, operand);
        else _constantProduct(it);
        Sales.demand(it.pool, it.buy, before, Reader.number(operand, 101, 16));
    }

    /// Uniswap V3 pays before it is paid: what is bought is there while the inner program runs, which must get what is
    /// sold. Operand: factory (20) · pool (20) · sell (20) · buy (20) · fee (3) · amount to sell (16) · inner program. No
    /// minimum: what was bought is spent inside, and a program that lacks it fails.
    function flashSwap(bytes calldata operand) external {
        Frame.requireLocked();
        Swap memory it;
        it.pool = Reader.account(operand, 20);
        it.sell = Reader.account(operand, 40);
        it.buy = Reader.account(operand, 60);
        it.feePips = Reader.number(operand, 80, 3);
        it.amount = Reader.number(operand, 83, 16);
        bytes calldata inside = Reader.rest(operand, 99);
        Tokens.touch(it.sell);
        Tokens.touch(it.buy);
        _verify(CONCENTRATED, Reader.account(operand, 0), it);
        _concentrated(it, Frame.BY_FLASH_SWAP, inside);
    }

    /// The pool we are swapping with asks for its payment, and gets no more than we meant to sell.
    function pay(address pool, address asset, uint256 limit, bytes calldata arguments) external {
        Frame.requireLocked();
        int256 amount0 = int256(Reader.number(arguments, 0, 32));
        int256 amount1 = int256(Reader.number(arguments, 32, 32));
        Sales.pay(pool, asset, amount0 > amount1 ? amount0 : amount1, limit);
    }

    /// The address must be where a registered factory makes its pool of these tokens and this fee; a manager of pools is
    /// itself what is registered.
    function _verify(uint256 kind, address factory, Swap memory it) private view {
        if (kind != CONCENTRATED && kind != CONSTANT_PRODUCT && kind != MANAGED) revert VenueUnknown(kind);
        bytes32 initCodeHash = Registry.demand(Registry.FACTORY, uint32(kind), factory);
        if (kind == MANAGED) {
            if (it.pool != factory || factory.code.length == 0) revert PoolUnknown(it.pool, factory);
            return;
        }
        (address token0, address token1) = it.sell < it.buy ? (it.sell, it.buy) : (it.buy, it.sell);
        bytes32 salt = kind == CONCENTRATED
            ? keccak256(abi.encode(token0, token1, it.feePips))
            : keccak256(abi.encodePacked(token0, token1));
        address computed =
            address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), factory, salt, initCodeHash)))));
        if (it.pool != computed || computed.code.length == 0) revert PoolUnknown(it.pool, computed);
    }

    /// The pool pays first, then calls back for what it is owed: see `pay`.
    function _concentrated(Swap memory it, uint8 by, bytes calldata inside) private {
        bool zeroForOne = it.sell < it.buy;
        bytes4 selector = IConcentratedSwapper.uniswapV3SwapCallback.selector;
        Frame.open(by, it.pool, selector, inside.length, keccak256(inside), it.sell, it.amount);
        Calls.call(
            it.pool,
            0,
            abi.encodeCall(
                IConcentratedPool.swap,
                (address(this), zeroForOne, int256(it.amount), Sales.priceLimit(zeroForOne), inside)
            )
        );
        Frame.requireTaken();
    }

    /// x·y = k after the fee, rounded down as the pair's own check needs. What the pair received counts, not what was
    /// sent: a token may keep a part of a transfer.
    function _constantProduct(Swap memory it) private {
        (uint256 reserveIn, uint256 reserveOut) = _reserves(it);
        Tokens.transfer(it.sell, it.pool, it.amount);
        uint256 taken = (Tokens.balanceOf(it.sell, it.pool) - reserveIn) * (PIPS - it.feePips);
        uint256 out = (taken * reserveOut) / (reserveIn * PIPS + taken);
        (uint256 out0, uint256 out1) = it.sell < it.buy ? (uint256(0), out) : (out, uint256(0));
        Calls.call(it.pool, 0, abi.encodeCall(IConstantProductPair.swap, (out0, out1, address(this), "")));
    }

    function _reserves(Swap memory it) private view returns (uint256 reserveIn, uint256 reserveOut) {
        (uint112 reserve0, uint112 reserve1,) = IConstantProductPair(it.pool).getReserves();
        return it.sell < it.buy ? (reserve0, reserve1) : (reserve1, reserve0);
    }
}
