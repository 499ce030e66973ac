// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Reader} from "./Reader.sol";
import {Tokens} from "./Tokens.sol";

/// What swaps and redemptions have in common: never more is given away than was gained, and what arrives is measured.
library Sales {
    /// How an amount is meant: that much at most, or all that was gained less that much.
    uint256 private constant EXACTLY = 0;
    uint256 private constant GAINED_LESS = 1;

    error TooLittle(address pool, uint256 bought, uint256 minimum);

    function amountOf(address sell, uint256 mode, uint256 amount) internal returns (uint256) {
        uint256 gained = Tokens.gained(sell);
        if (mode == EXACTLY) return gained < amount ? gained : amount;
        if (mode != GAINED_LESS) revert Reader.BadProgram();
        // More than a signed number holds would be read as a wish to buy.
        if (gained > uint256(type(int256).max)) revert Reader.BadProgram();
        return gained > amount ? gained - amount : 0;
    }

    /// @param before balance of `buy` before.
    function demand(address pool, address buy, uint256 before, uint256 minimum) internal view {
        uint256 afterwards = Tokens.balance(buy);
        uint256 bought = afterwards > before ? afterwards - before : 0;
        if (bought < minimum) revert TooLittle(pool, bought, minimum);
    }
}
