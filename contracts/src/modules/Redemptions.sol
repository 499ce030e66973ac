// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calls} from "../Calls.sol";
import {Frame} from "../Frame.sol";
import {IAaveToken, ICore, IPools, IWrappedNative} from "../Interfaces.sol";
import {Reader} from "../Reader.sol";
import {Registry} from "../Registry.sol";
import {Sales} from "../Sales.sol";
import {Tokens} from "../Tokens.sol";

/// Unwraps a token into what it is made of. The order names the token and how much; who is called, with which function
/// and which arguments, its owner has registered for that token. Never more than was gained of it, and always to us.
abstract contract Redemptions is IPools {
    uint256 private constant ANSWERS_ZERO = 1;
    uint256 private constant PAYS_NATIVE = 2;

    uint256 private constant NOTHING = 0;
    uint256 private constant AMOUNT = 1;
    uint256 private constant EXECUTOR = 2;
    uint256 private constant UNDERLYING = 3;
    uint256 private constant ZERO = 4;

    error Answered(address target, uint256 word);

    /// Operand: sell (20) · buy (20) · mode (1) · amount (16) · minimum (16). Nothing gained to redeem: nothing is done,
    /// and no minimum asked.
    function redeem(bytes calldata operand) external {
        Frame.requireLocked();
        if (operand.length != 73) revert Reader.BadProgram();
        address sell = Reader.account(operand, 0);
        address buy = Reader.account(operand, 20);
        uint256 amount = Sales.amountOf(sell, Reader.number(operand, 40, 1), Reader.number(operand, 41, 16));
        Tokens.touch(buy);
        if (amount == 0) return;
        uint256 before = Tokens.balance(buy);
        _redeem(sell, buy, amount);
        Sales.demand(sell, buy, before, Reader.number(operand, 57, 16));
    }

    function _redeem(address sell, address buy, uint256 amount) private {
        (uint256 flags, uint256 takes, uint32 selector, address redeemer) =
            Registry.recipe(Registry.demand(Registry.EXIT, 0, sell));
        bytes memory data = _calldata(sell, amount, takes, selector);
        uint256 native = address(this).balance;
        address outer = Frame.payer();
        if (flags & PAYS_NATIVE != 0) Frame.setPayer(redeemer);
        (uint256 size, uint256 word) = Calls.call(redeemer, 0, data);
        if (flags & ANSWERS_ZERO != 0 && (size < 32 || word != 0)) revert Answered(redeemer, word);
        if (flags & PAYS_NATIVE == 0) return;
        Frame.setPayer(outer);
        // The only token that native currency may become.
        if (buy != ICore(address(this)).wrappedNative()) revert Reader.BadProgram();
        IWrappedNative(buy).deposit{value: address(this).balance - native}();
    }

    function _calldata(address sell, uint256 amount, uint256 takes, uint32 selector)
        private
        view
        returns (bytes memory data)
    {
        data = abi.encodePacked(selector);
        for (uint256 shift = 56; shift != 0;) {
            shift -= 8;
            uint256 what = (takes >> shift) & 0xff;
            if (what == NOTHING) return data;
            data = bytes.concat(data, bytes32(_argument(sell, amount, what)));
        }
    }

    function _argument(address sell, uint256 amount, uint256 what) private view returns (uint256) {
        if (what == AMOUNT) return amount;
        if (what == EXECUTOR) return uint160(address(this));
        // Asked of the token that is sold, and not of the order: another asset would take what else stands here.
        if (what == UNDERLYING) return uint160(IAaveToken(sell).UNDERLYING_ASSET_ADDRESS());
        if (what == ZERO) return 0;
        revert Reader.BadProgram();
    }
}
