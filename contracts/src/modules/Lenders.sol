// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calls} from "../Calls.sol";
import {Frame} from "../Frame.sol";
import {
    IAaveBorrower,
    IAaveLender,
    IFlashBorrower,
    IFlashLender,
    ILenders,
    IMorphoBorrower,
    IMorphoLender,
    IPoolManager,
    IUnlocker
} from "../Interfaces.sol";
import {Reader} from "../Reader.sol";
import {Registry} from "../Registry.sol";
import {Tokens} from "../Tokens.sol";

/// Flash loans, by kind: 1 Morpho Blue, 2 Aave v3, 3 Uniswap V4, 4 ERC-3156 (Sky). No storage, no immutables, and of
/// use to the core alone.
contract Lenders is ILenders {
    uint256 private constant MORPHO = 1;
    uint256 private constant AAVE_V3 = 2;
    uint256 private constant UNISWAP_V4 = 3;
    uint256 private constant ERC_3156 = 4;
    /// How a V4 callback's answer begins: no bytes.
    uint256 private constant NO_BYTES = 0x20;

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
        (bytes4 selector, bytes memory request) = _request(kind, asset, amount, inside);
        Frame.open(Frame.BY_LENDER + uint8(kind), lender, selector, inside.length, keccak256(inside), asset, amount);
        Calls.call(lender, 0, request);
        Frame.requireTaken();
        if (kind != UNISWAP_V4) Tokens.disallow(asset, lender);
    }

    /// The lender is who we asked (the record says so); what it says it lent must be what we asked for. From Uniswap V4,
    /// which says nothing, it is taken here.
    function lent(uint256 kind, address asset, uint256 amount, bytes calldata arguments)
        external
        returns (uint256 owed)
    {
        Frame.requireLocked();
        if (kind == MORPHO) {
            uint256 assets = Reader.number(arguments, 0, 32);
            if (assets != amount) revert LoanMismatch(asset, assets, address(this));
            return amount;
        }
        if (kind == UNISWAP_V4) {
            Calls.call(msg.sender, 0, abi.encodeCall(IPoolManager.take, (asset, address(this), amount)));
            return amount;
        }
        // Both name the same four, in another order: Aave (asset, amount, premium, initiator), ERC-3156 the initiator first.
        uint256 first = kind == AAVE_V3 ? 0 : 32;
        address said = address(uint160(Reader.number(arguments, first, 32)));
        uint256 saidAmount = Reader.number(arguments, first + 32, 32);
        uint256 premium = Reader.number(arguments, first + 64, 32);
        address initiator = address(uint160(Reader.number(arguments, kind == AAVE_V3 ? 96 : 0, 32)));
        if (said != asset || saidAmount != amount || initiator != address(this)) {
            revert LoanMismatch(said, saidAmount, initiator);
        }
        return amount + premium;
    }

    /// To who calls back, which the record has vouched for.
    function repay(uint256 kind, address asset, uint256 owed) external returns (uint256 answer) {
        Frame.requireLocked();
        if (kind == UNISWAP_V4) {
            Calls.call(msg.sender, 0, abi.encodeCall(IPoolManager.sync, (asset)));
            Tokens.transfer(asset, msg.sender, owed);
            Calls.call(msg.sender, 0, abi.encodeCall(IPoolManager.settle, ()));
            return NO_BYTES;
        }
        Tokens.approve(asset, msg.sender, owed);
        return kind == ERC_3156 ? uint256(keccak256("ERC3156FlashBorrower.onFlashLoan")) : 1;
    }

    function _request(uint256 kind, address asset, uint256 amount, bytes calldata inside)
        private
        view
        returns (bytes4 selector, bytes memory request)
    {
        if (kind == MORPHO) {
            return
                (IMorphoBorrower.onMorphoFlashLoan.selector, abi.encodeCall(IMorphoLender.flashLoan, (asset, amount, inside)));
        }
        if (kind == AAVE_V3) {
            request = abi.encodeCall(IAaveLender.flashLoanSimple, (address(this), asset, amount, inside, 0));
            return (IAaveBorrower.executeOperation.selector, request);
        }
        if (kind == UNISWAP_V4) {
            return (IUnlocker.unlockCallback.selector, abi.encodeCall(IPoolManager.unlock, (inside)));
        }
        if (kind == ERC_3156) {
            request = abi.encodeCall(IFlashLender.flashLoan, (address(this), asset, amount, inside));
            return (IFlashBorrower.onFlashLoan.selector, request);
        }
        revert LenderUnknown(kind);
    }
}
