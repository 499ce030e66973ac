// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

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

interface IManager {
    function unlock(bytes calldata data) external returns (bytes memory);
    function swap(PoolKey calldata key, SwapParams calldata params, bytes calldata hookData) external returns (int256);
}

/// Stands in for Uniswap's V4Quoter, by its ABI: the manager itself swaps, and all is undone.
contract StandInV4Quoter {
    struct Question {
        PoolKey poolKey;
        bool zeroForOne;
        uint128 exactAmount;
        bytes hookData;
    }

    IManager private immutable manager;

    error Told(uint256 bought);
    error NotEnoughLiquidity();

    constructor(IManager manager_) {
        manager = manager_;
    }

    function quoteExactInputSingle(Question calldata question) external returns (uint256 amountOut, uint256 gasEstimate) {
        uint256 gasBefore = gasleft();
        try manager.unlock(abi.encode(question)) {
            revert("settled without paying");
        } catch (bytes memory why) {
            if (bytes4(why) != Told.selector) {
                assembly ("memory-safe") {
                    revert(add(why, 0x20), mload(why))
                }
            }
            assembly ("memory-safe") {
                amountOut := mload(add(why, 0x24))
            }
        }
        gasEstimate = gasBefore - gasleft();
    }

    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        Question memory question = abi.decode(data, (Question));
        bool down = question.zeroForOne;
        uint160 limit = down ? 4295128740 : 1461446703485210103287273052203988822378723970341;
        int256 changes = manager.swap(
            question.poolKey, SwapParams(down, -int256(uint256(question.exactAmount)), limit), question.hookData
        );
        (int256 change0, int256 change1) = (changes >> 128, int256(int128(changes)));
        (int256 sold, int256 bought) = down ? (-change0, change1) : (-change1, change0);
        if (sold != int256(uint256(question.exactAmount))) revert NotEnoughLiquidity();
        revert Told(uint256(bought));
    }
}
