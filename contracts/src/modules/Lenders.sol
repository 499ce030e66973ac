// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calls} from "../Calls.sol";
import {Frame} from "../Frame.sol";
import {IAaveBorrower, IAaveLender, ILenders, IMorphoBorrower, IMorphoLender} from "../Interfaces.sol";
import {Reader} from "../Reader.sol";
import {Registry} from "../Registry.sol";
import {Tokens} from "../Tokens.sol";

/// Flash loans, by kind: 1 Morpho Blue, 2 Aave v3. No storage, no immutables, and of use to the core alone.
contract Lenders is ILenders {
    uint256 private constant MORPHO = 1;
    uint256 private constant AAVE_V3 = 2;

    error LenderUnknown(uint256 kind);
    error LoanMismatch(address asset, uint256 amount, address initiator);

    /// Operand: kind (1) · lender (20) · asset (20) · amount (16) · inner program.
    function lend(bytes calldata operand) external {
        Frame.requireLocked();
        uint256 kind = Reader.number(operand, 0, 1);
        address lender = Reader.account(operand, 1);
        address asset = Reader.account(operand, 21);
        uint256 amount = Reader.number(operand, 41, 16);
        bytes calldata inside = Reader.rest(operand, 57);
        Registry.demand(Registry.LENDER, uint32(kind), lender);
        Tokens.touch(asset);
        bytes4 selector;
        bytes memory request;
        if (kind == MORPHO) {
            selector = IMorphoBorrower.onMorphoFlashLoan.selector;
            request = abi.encodeCall(IMorphoLender.flashLoan, (asset, amount, inside));
        } else if (kind == AAVE_V3) {
            selector = IAaveBorrower.executeOperation.selector;
            request = abi.encodeCall(IAaveLender.flashLoanSimple, (address(this), asset, amount, inside, 0));
        } else {
            revert LenderUnknown(kind);
        }
        Frame.open(Frame.BY_LENDER + uint8(kind), lender, selector, inside.length, keccak256(inside), asset, amount);
        Calls.call(lender, 0, request);
        Frame.requireTaken();
        Tokens.disallow(asset, lender);
    }

    /// The lender is who we asked (the record says so); what it says it lent must be what we asked for.
    function lent(uint256 kind, address asset, uint256 amount, bytes calldata arguments)
        external
        view
        returns (uint256 owed)
    {
        Frame.requireLocked();
        if (kind == MORPHO) {
            uint256 assets = Reader.number(arguments, 0, 32);
            if (assets != amount) revert LoanMismatch(asset, assets, address(this));
            return amount;
        }
        address said = address(uint160(Reader.number(arguments, 0, 32)));
        uint256 saidAmount = Reader.number(arguments, 32, 32);
        uint256 premium = Reader.number(arguments, 64, 32);
        address initiator = address(uint160(Reader.number(arguments, 96, 32)));
        if (said != asset || saidAmount != amount || initiator != address(this)) {
            revert LoanMismatch(said, saidAmount, initiator);
        }
        return amount + premium;
    }
}
