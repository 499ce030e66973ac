// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Reader} from "./Reader.sol";
import {Tokens} from "./Tokens.sol";

/// What swaps and redemptions have in common: never more is given away than was gained, and what arrives is measured.
library Sales {
    /// How an amount is meant: that much at most, or all that was gained less that much.
    uint256 private constant EXACTLY = 0;
    uint256 private constant GAINED_LESS = 1;

    /// A pool's own ends of the price scale, one inside: no limit, because the minimum bought is checked.
    uint160 private constant PRICE_FLOOR = 4295128740;
    uint160 private constant PRICE_CEILING = 1461446703485210103287273052203988822378723970341;

    error TooLittle(address pool, uint256 bought, uint256 minimum);
    error Overcharged(address pool, uint256 asked, uint256 limit);

    function amountOf(address sell, uint256 mode, uint256 amount) internal returns (uint256) {
        uint256 gained = Tokens.gained(sell);
        if (mode == EXACTLY) return gained < amount ? gained : amount;
        if (mode != GAINED_LESS) revert Reader.BadProgram();
        // More than a signed number holds would be read as a wish to buy.
        if (gained > uint256(type(int256).max)) revert Reader.BadProgram();
        return gained > amount ? gained - amount : 0;
    }

    function priceLimit(bool zeroForOne) internal pure returns (uint160) {
        return zeroForOne ? PRICE_FLOOR : PRICE_CEILING;
    }

    /// Gives a pool what it asks for, and no more than we meant to sell.
    function pay(address pool, address asset, int256 asked, uint256 limit) internal {
        if (asked <= 0 || uint256(asked) > limit) revert Overcharged(pool, uint256(asked), limit);
        Tokens.transfer(asset, pool, uint256(asked));
    }

    /// @param before balance of `buy` before.
    function demand(address pool, address buy, uint256 before, uint256 minimum) internal view {
        uint256 afterwards = Tokens.balance(buy);
        uint256 bought = afterwards > before ? afterwards - before : 0;
        if (bought < minimum) revert TooLittle(pool, bought, minimum);
    }
}
