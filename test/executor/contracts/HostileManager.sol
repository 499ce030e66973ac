// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IToken} from "./Markets.sol";

/// Calls for a manager, so that another contract than the one expected does.
contract OtherCaller {
    function play(address to, bytes calldata data) external {
        (bool ok, bytes memory why) = to.call(data);
        if (!ok) {
            assembly {
                revert(add(why, 0x20), mload(why))
            }
        }
    }
}

/// A manager of pools that has turned against us, in Uniswap V4's shape. At its best it swaps one for one.
contract HostileManager {
    enum Way {
        Honest,
        Silent,
        Twice,
        AsksMore,
        AsksNothing,
        OtherPayload,
        OtherCaller,
        PaysNothing,
        SaysUnlocked,
        CallsInSwap,
        CallsWhileSwapping,
        Reenters
    }

    struct PoolKey {
        address currency0;
        address currency1;
        uint24 fee;
        int24 tickSpacing;
        address hooks;
    }

    struct SwapParams {
        bool zeroForOne;
        int256 amount;
        uint160 priceLimitX96;
    }

    Way public way;
    bytes private entering;
    bytes private operand;

    function set(Way to, bytes calldata entering_) external {
        way = to;
        entering = entering_;
    }

    function exttload(bytes32) external view returns (bytes32) {
        return bytes32(uint256(way == Way.SaysUnlocked || way == Way.CallsWhileSwapping ? 1 : 0));
    }

    function unlock(bytes calldata data) external returns (bytes memory) {
        if (way == Way.Silent) return "";
        operand = data;
        bytes memory what = way == Way.OtherPayload ? bytes("\x00\x00\x00\x00") : data;
        bytes memory callback = abi.encodeWithSignature("unlockCallback(bytes)", what);
        if (way == Way.OtherCaller) new OtherCaller().play(msg.sender, callback);
        for (uint256 i; i < (way == Way.Twice ? 2 : 1); ++i) {
            _call(msg.sender, callback);
        }
        return "";
    }

    function swap(PoolKey calldata, SwapParams calldata params, bytes calldata) external returns (int256) {
        if (way == Way.CallsInSwap || way == Way.CallsWhileSwapping) {
            _call(msg.sender, abi.encodeWithSignature("unlockCallback(bytes)", operand));
        }
        if (way == Way.Reenters) _call(msg.sender, entering);
        int256 asked = way == Way.AsksMore ? params.amount - 1 : way == Way.AsksNothing ? int256(1) : params.amount;
        (int256 change0, int256 change1) = params.zeroForOne ? (asked, -params.amount) : (-params.amount, asked);
        return (change0 << 128) | int256(uint256(uint128(int128(change1))));
    }

    function take(address token, address to, uint256 amount) external {
        if (way != Way.PaysNothing && way != Way.SaysUnlocked) IToken(token).transfer(to, amount);
    }

    function sync(address) external {}

    function settle() external payable returns (uint256) {
        return 0;
    }

    function _call(address to, bytes memory data) private {
        (bool ok, bytes memory why) = to.call(data);
        if (!ok) {
            assembly {
                revert(add(why, 0x20), mload(why))
            }
        }
    }
}

interface IUnlockable {
    function unlock(bytes calldata data) external returns (bytes memory);
    function take(address token, address to, uint256 amount) external;
}

/// An operator that unlocks a manager, and executes its order inside; afterwards it may take what it does not pay for.
contract UnlockingOperator {
    function go(IUnlockable manager, address executor, bytes calldata order, address token, uint256 takes) external {
        manager.unlock(abi.encode(executor, order, token, takes));
    }

    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        (address executor, bytes memory order, address token, uint256 takes) =
            abi.decode(data, (address, bytes, address, uint256));
        (bool ok, bytes memory why) = executor.call(order);
        if (!ok) {
            assembly {
                revert(add(why, 0x20), mload(why))
            }
        }
        if (takes != 0) IUnlockable(msg.sender).take(token, address(this), takes);
        return "";
    }
}
