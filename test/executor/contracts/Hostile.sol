// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IToken} from "./Markets.sol";

/// A lender that has turned against us, in Morpho's shape, Aave's, Uniswap V4's and ERC-3156's.
contract HostileLender {
    enum Way {
        Honest,
        Silent,
        Twice,
        OtherAmount,
        OtherPayload,
        OtherInitiator,
        OtherAsset,
        LendsNothing,
        TakesNothing,
        HugePremium,
        Reenters
    }

    Way public way;

    function set(Way to) external {
        way = to;
    }

    function flashLoan(address token, uint256 assets, bytes calldata data) external {
        if (way != Way.LendsNothing) IToken(token).transfer(msg.sender, assets);
        if (way == Way.Silent) return;
        _morpho(way == Way.OtherAmount ? assets - 1 : assets, data);
        if (way == Way.Twice) _morpho(assets, data);
        if (way != Way.TakesNothing) IToken(token).transferFrom(msg.sender, address(this), assets);
    }

    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes calldata params, uint16) external {
        IToken(asset).transfer(receiver, amount);
        if (way == Way.Silent) return;
        uint256 premium = way == Way.HugePremium ? amount : 0;
        address initiator = way == Way.OtherInitiator ? address(this) : msg.sender;
        address said = way == Way.OtherAsset ? address(this) : asset;
        bytes memory what = way == Way.OtherPayload ? bytes("\x00\x00\x00\x00") : params;
        _call(
            receiver,
            abi.encodeWithSignature(
                "executeOperation(address,uint256,uint256,address,bytes)", said, amount, premium, initiator, what
            )
        );
        IToken(asset).transferFrom(receiver, address(this), amount + premium);
    }

    /// As Uniswap V4: lends when it is asked to, while it is unlocked.
    function unlock(bytes calldata data) external returns (bytes memory) {
        if (way == Way.Silent) return "";
        bytes memory what = way == Way.OtherPayload ? bytes("\x00\x00\x00\x00") : data;
        for (uint256 i; i < (way == Way.Twice ? 2 : 1); ++i) {
            _call(msg.sender, abi.encodeWithSignature("unlockCallback(bytes)", what));
        }
        return "";
    }

    function take(address token, address to, uint256 amount) external {
        if (way == Way.Reenters) _call(to, abi.encodeWithSignature("unlockCallback(bytes)", ""));
        if (way != Way.LendsNothing) IToken(token).transfer(to, amount);
    }

    function sync(address) external {}

    function settle() external payable returns (uint256) {
        return 0;
    }

    /// As ERC-3156.
    function flashLoan(address receiver, address token, uint256 amount, bytes calldata data) external returns (bool) {
        IToken(token).transfer(receiver, amount);
        if (way == Way.Silent) return true;
        uint256 fee = way == Way.HugePremium ? amount : 0;
        address initiator = way == Way.OtherInitiator ? address(this) : msg.sender;
        address said = way == Way.OtherAsset ? address(this) : token;
        uint256 told = way == Way.OtherAmount ? amount - 1 : amount;
        bytes memory what = way == Way.OtherPayload ? bytes("\x00\x00\x00\x00") : data;
        (bool ok, bytes memory answer) = receiver.call(
            abi.encodeWithSignature("onFlashLoan(address,address,uint256,uint256,bytes)", initiator, said, told, fee, what)
        );
        if (!ok) {
            assembly {
                revert(add(answer, 0x20), mload(answer))
            }
        }
        require(bytes32(answer) == keccak256("ERC3156FlashBorrower.onFlashLoan"), "not our word");
        IToken(token).transferFrom(receiver, address(this), amount + fee);
        return true;
    }

    function _morpho(uint256 assets, bytes calldata data) private {
        bytes memory what = way == Way.OtherPayload ? bytes("\x00\x00\x00\x00") : data;
        _call(msg.sender, abi.encodeWithSignature("onMorphoFlashLoan(uint256,bytes)", assets, what));
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

/// Says it is a pool of both kinds, pays nothing and asks for everything.
contract FakePool {
    function getReserves() external pure returns (uint112, uint112, uint32) {
        return (1, 1, 0);
    }

    function swap(uint256, uint256, address, bytes calldata) external {}

    function swap(address, bool zeroForOne, int256 amount, uint160, bytes calldata) external returns (int256, int256) {
        (int256 a, int256 b) = zeroForOne ? (amount, int256(0)) : (int256(0), amount);
        (bool ok, bytes memory why) =
            msg.sender.call(abi.encodeWithSignature("uniswapV3SwapCallback(int256,int256,bytes)", a, b, ""));
        if (!ok) {
            assembly {
                revert(add(why, 0x20), mload(why))
            }
        }
        return (a, b);
    }
}

/// A pool that a hostile but registered factory made: it asks for more than was offered, or twice, or never.
contract GreedyPool {
    uint256 public way;

    function set(uint256 to) external {
        way = to;
    }

    function swap(address, bool zeroForOne, int256 amount, uint160, bytes calldata data)
        external
        returns (int256, int256)
    {
        bytes memory what = way == 4 ? bytes("\x00\x00\x00\x00") : data;
        if (way == 0) return (0, 0);
        int256 asked = way == 1 ? amount + 1 : amount;
        (int256 a, int256 b) = zeroForOne ? (asked, int256(0)) : (int256(0), asked);
        for (uint256 i; i < (way == 2 ? 2 : 1); ++i) {
            (bool ok, bytes memory why) =
                msg.sender.call(abi.encodeWithSignature("uniswapV3SwapCallback(int256,int256,bytes)", a, b, what));
            if (!ok) {
                assembly {
                    revert(add(why, 0x20), mload(why))
                }
            }
        }
        return (a, b);
    }
}

/// Makes greedy pools where the executor expects a V3 factory to make them.
contract GreedyFactory {
    event Made(address pool);

    function initCodeHash() external pure returns (bytes32) {
        return keccak256(type(GreedyPool).creationCode);
    }

    function make(address token0, address token1, uint24 fee) external returns (address pool) {
        pool = address(new GreedyPool{salt: keccak256(abi.encode(token0, token1, fee))}());
        emit Made(pool);
    }
}

/// Tries a list of calls on the executor whenever a token or a payment hands it control, and counts what succeeded.
/// It is given every right there is, so that only the lock stands in its way.
contract Intruder {
    address public target;
    bytes[] public tries;
    uint256 public attempts;
    uint256 public successes;
    bytes4[] public failures;
    bool public isArmed;

    function arm(address target_, bytes[] calldata tries_) external {
        target = target_;
        delete tries;
        delete failures;
        for (uint256 i; i < tries_.length; ++i) {
            tries.push(tries_[i]);
        }
        attempts = 0;
        successes = 0;
        isArmed = true;
    }

    function hooked(address, address, uint256) external {
        _intrude();
    }

    function intrude() external {
        _intrude();
    }

    receive() external payable {
        _intrude();
    }

    function play(address to, bytes calldata data) external {
        (bool ok, bytes memory why) = to.call(data);
        if (!ok) {
            assembly {
                revert(add(why, 0x20), mload(why))
            }
        }
    }

    function results() external view returns (uint256, uint256, bytes4[] memory) {
        return (attempts, successes, failures);
    }

    function _intrude() private {
        if (!isArmed) return;
        isArmed = false;
        for (uint256 i; i < tries.length; ++i) {
            ++attempts;
            (bool ok, bytes memory why) = target.call(tries[i]);
            if (ok) ++successes;
            else failures.push(why.length < 4 ? bytes4(0) : bytes4(why));
        }
    }
}

contract RefusingCoinbase {
    receive() external payable {
        revert("no tips");
    }
}

contract BurningCoinbase {
    receive() external payable {
        while (true) {}
    }
}

/// Burns some, and takes the tip.
contract HungryCoinbase {
    receive() external payable {
        uint256 start = gasleft();
        while (start - gasleft() < 40_000) {}
    }
}

/// An operator itself, which tries to enter again while it is paid.
contract ReenteringCoinbase {
    address public target;
    bytes4 public why;

    function aim(address to) external {
        target = to;
    }

    receive() external payable {
        (, bytes memory answer) = target.call(abi.encodeWithSignature("execute(bytes)", new bytes(51)));
        why = bytes4(answer);
    }
}
