// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calls} from "./Calls.sol";
import {Frame} from "./Frame.sol";

/// Tokens as they are, not as the standard says: some answer nothing, some refuse to change one allowance into another,
/// some keep a part of each transfer. Nothing is believed but balances read before and after.
library Tokens {
    error NotToken(address token);
    error TransferRefused(address token);
    error ApprovalRefused(address token, address spender);

    /// Notes the balance now as the one everything gained is counted from; once an execution.
    function touch(address token) internal {
        if (!Frame.isTouched(token)) Frame.setOpening(token, balance(token));
    }

    /// Smallest units gained since the token was touched; nothing where it has fallen.
    function gained(address token) internal returns (uint256) {
        touch(token);
        uint256 now_ = balance(token);
        uint256 opening = Frame.openingOf(token);
        return now_ > opening ? now_ - opening : 0;
    }

    /// @return units the executor's own. An address without code, or one that answers no word, is no token.
    function balance(address token) internal view returns (uint256 units) {
        return balanceOf(token, address(this));
    }

    function balanceOf(address token, address holder) internal view returns (uint256 units) {
        bool ok;
        assembly ("memory-safe") {
            mstore(0x00, shl(224, 0x70a08231)) // balanceOf(address)
            mstore(0x04, holder)
            ok := staticcall(gas(), token, 0x00, 0x24, 0x00, 0x20)
            ok := and(ok, gt(returndatasize(), 0x1f))
            units := mload(0x00)
        }
        if (!ok) revert NotToken(token);
    }

    function transfer(address token, address to, uint256 amount) internal {
        if (!_succeeds(token, 0xa9059cbb, to, amount)) revert TransferRefused(token); // transfer(address,uint256)
    }

    /// Exactly `amount`. A token that will not change an allowance that stands is brought to zero first.
    function approve(address token, address spender, uint256 amount) internal {
        if (_succeeds(token, 0x095ea7b3, spender, amount)) return; // approve(address,uint256)
        if (!_succeeds(token, 0x095ea7b3, spender, 0) || !_succeeds(token, 0x095ea7b3, spender, amount)) {
            revert ApprovalRefused(token, spender);
        }
    }

    /// Zero afterwards: what the spender did not take is taken back. It is asked first, because some tokens refuse
    /// an approval of zero, and because it is cheaper.
    function disallow(address token, address spender) internal {
        uint256 left;
        bool ok;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, shl(224, 0xdd62ed3e)) // allowance(address,address)
            mstore(add(free, 0x04), address())
            mstore(add(free, 0x24), spender)
            ok := staticcall(gas(), token, free, 0x44, 0x00, 0x20)
            ok := and(ok, gt(returndatasize(), 0x1f))
            left := mload(0x00)
        }
        if (!ok) revert NotToken(token);
        if (left != 0 && !_succeeds(token, 0x095ea7b3, spender, 0)) revert ApprovalRefused(token, spender);
    }

    /// True where the call succeeds and answers nothing, or anything but zero, and there is code to answer.
    function _succeeds(address token, uint32 selector, address who, uint256 amount) private returns (bool ok) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, shl(224, selector))
            mstore(add(free, 0x04), who)
            mstore(add(free, 0x24), amount)
            mstore(0x00, 1)
            ok := call(gas(), token, 0, free, 0x44, 0x00, 0x20)
            switch returndatasize()
            case 0 { ok := and(ok, gt(extcodesize(token), 0)) }
            default { ok := and(ok, and(gt(returndatasize(), 0x1f), gt(mload(0x00), 0))) }
        }
    }
}
