// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

interface IToken {
    function balanceOf(address who) external view returns (uint256);
    function transfer(address to, uint256 value) external;
    function transferFrom(address from, address to, uint256 value) external;
}

interface IExecutorCallbacks {
    function onLiquidate(uint256 owed, bytes calldata data) external;
}

/// A stand-in for a lending market: gives and takes what it is told, in the shapes that real ones have.
contract Market {
    receive() external payable {}

    /// As Aave: pays what is seized, takes what is owed by allowance.
    function liquidate(address debt, uint256 pay, address seize, uint256 give) external {
        IToken(debt).transferFrom(msg.sender, address(this), pay);
        IToken(seize).transfer(msg.sender, give);
    }

    /// As Morpho: gives, calls back, takes.
    function liquidateBack(address debt, uint256 pay, address seize, uint256 give, bytes calldata data) external {
        IToken(seize).transfer(msg.sender, give);
        if (data.length > 0) IExecutorCallbacks(msg.sender).onLiquidate(pay, data);
        IToken(debt).transferFrom(msg.sender, address(this), pay);
    }

    /// Pays in native currency, with as little gas as Solidity's `transfer` gives.
    function liquidateNative(address debt, uint256 pay, uint256 give) external payable {
        IToken(debt).transferFrom(msg.sender, address(this), pay);
        payable(msg.sender).transfer(give);
    }

    /// As Compound v2: says no by its answer.
    function liquidateCode(uint256 code) external pure returns (uint256) {
        return code;
    }

    /// Takes native currency for a token.
    function buy(address token, uint256 give) external payable {
        IToken(token).transfer(msg.sender, give);
    }

    /// Takes a token for native currency or another, as much as its argument says.
    function sellAll(address token, uint256 value, address into, uint256 give) external {
        IToken(token).transferFrom(msg.sender, address(this), value);
        IToken(into).transfer(msg.sender, give);
    }

    /// Has a recipient of its own: the registry holds it to the executor.
    function redeem(uint256 give, address token, address to) external {
        IToken(token).transfer(to, give);
    }

    /// Takes a token that stands with the caller without an allowance, as a vault does with its shares.
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    function allowance(address, address) external pure returns (uint256) {
        return 0;
    }

    function burnShares(uint256 shares, address token, uint256 give) external {
        balanceOf[msg.sender] -= shares;
        IToken(token).transfer(msg.sender, give);
    }

    function refuse() external pure {
        revert("healthy");
    }

    function useGas(uint256 rounds) external view {
        for (uint256 i; i < rounds; ++i) {
            keccak256(abi.encode(i, gasleft()));
        }
    }

    /// Returns, or reverts with, as many bytes as it is told.
    function bomb(uint256 size, bool reverts) external pure {
        assembly {
            if reverts { revert(0, size) }
            return(0, size)
        }
    }
}

/// A market that has turned against us. It is registered in these tests: what is registered may still be hostile.
contract HostileMarket {
    function neverCallsBack(bytes calldata) external {}

    function callsBackTwice(bytes calldata data) external {
        IExecutorCallbacks(msg.sender).onLiquidate(0, data);
        IExecutorCallbacks(msg.sender).onLiquidate(0, data);
    }

    function callsBackWithOther(bytes calldata data, bytes calldata other) external {
        data;
        IExecutorCallbacks(msg.sender).onLiquidate(0, other);
    }

    function callsBackOtherwise(bytes calldata data, bytes4 selector) external {
        (bool ok, bytes memory why) = msg.sender.call(abi.encodeWithSelector(selector, 0, data));
        _pass(ok, why);
    }

    /// Sends somebody else to call back.
    function callsBackBy(bytes calldata data, Puppet puppet) external {
        puppet.play(msg.sender, abi.encodeCall(IExecutorCallbacks.onLiquidate, (0, data)));
    }

    /// Takes more than was approved.
    function takesMore(address token, uint256 value) external {
        IToken(token).transferFrom(msg.sender, address(this), value);
    }

    /// Leaves an allowance unused, for later.
    function takesNothing() external {}

    function takesLater(address token, address from, uint256 value) external {
        IToken(token).transferFrom(from, address(this), value);
    }

    function reenters(bytes calldata data) external {
        (bool ok, bytes memory why) = msg.sender.call(data);
        _pass(ok, why);
    }

    function sendsThrough(Puppet puppet, uint256 value) external {
        puppet.pay{value: value}(msg.sender);
    }

    receive() external payable {}

    function _pass(bool ok, bytes memory why) private pure {
        if (!ok) {
            assembly {
                revert(add(why, 0x20), mload(why))
            }
        }
    }
}

contract Puppet {
    function play(address to, bytes calldata data) external {
        (bool ok, bytes memory why) = to.call(data);
        if (!ok) {
            assembly {
                revert(add(why, 0x20), mload(why))
            }
        }
    }

    function pay(address to) external payable {
        (bool ok, bytes memory why) = to.call{value: msg.value}("");
        if (!ok) {
            assembly {
                revert(add(why, 0x20), mload(why))
            }
        }
    }
}
