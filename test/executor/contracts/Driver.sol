// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IToken} from "./Markets.sol";

interface IExecutorUnderTest {
    function entry(bytes32 key) external view returns (bytes32);
    function isOperator(address who) external view returns (bool);
    function sink() external view returns (address);
}

/// Somebody who acts on the driver's word.
contract Actor {
    function act(address to, bytes calldata data) external returns (bool ok, bytes memory answer) {
        (ok, answer) = to.call(data);
    }
}

/// A target that must never be reached while it is not registered.
contract Decoy {
    uint256 public hits;

    fallback(bytes calldata) external payable returns (bytes memory) {
        ++hits;
        return abi.encode(uint256(0));
    }

    receive() external payable {}
}

/// Carries out random calls on an executor, one after the other in one transaction, and looks at everything that must
/// hold after each of them.
contract Driver {
    struct Step {
        uint8 actor;
        bytes data;
    }

    IExecutorUnderTest public target;
    Actor[] public actors;
    address[] public tokens;
    address[] public spenders;
    Decoy public decoy;
    bytes32[] public decoyKeys;

    event Ran(uint256 succeeded, uint256 failed, uint256 executed, uint256 withdrawn);

    error StandingFell(uint256 step, address token, uint256 before, uint256 afterwards);
    error NotToSink(uint256 step, address token);
    error AllowanceLeft(uint256 step, address token, address spender);
    error DecoyReached(uint256 step);
    error StrangerSucceeded(uint256 step);
    error CanaryFailed(uint256 gasLeft, bytes why);

    constructor(uint256 count) {
        for (uint256 i; i < count; ++i) {
            actors.push(new Actor());
        }
        decoy = new Decoy();
    }

    function actorCount() external view returns (uint256) {
        return actors.length;
    }

    function aim(
        IExecutorUnderTest to,
        address[] calldata tokens_,
        address[] calldata spenders_,
        bytes32[] calldata decoyKeys_
    ) external {
        target = to;
        tokens = tokens_;
        spenders = spenders_;
        decoyKeys = decoyKeys_;
    }

    /// `canary` is an order that pays: it must be carried out after whatever came before it.
    /// `canary` is an order that pays: it must be carried out after whatever came before it.
    function run(Step[] calldata steps, bytes calldata canary) external {
        uint256[] memory before = _balances(address(target));
        uint256[4] memory counts;
        for (uint256 i; i < steps.length; ++i) {
            // The rest would not have its gas: the caller counts what was done.
            if (gasleft() < 4_000_000) break;
            before = _step(i, steps[i], before, counts);
        }
        (bool sings, bytes memory why) = actors[1].act(address(target), canary);
        if (!sings) revert CanaryFailed(gasleft(), why);
        emit Ran(counts[0], counts[1], counts[2], counts[3]);
    }

    function _step(uint256 i, Step calldata step, uint256[] memory before, uint256[4] memory counts)
        private
        returns (uint256[] memory afterwards)
    {
        address sink = target.sink();
        uint256[] memory sunk = _balances(sink);
        bool isWithdrawal;
        {
            uint256 hits = decoy.hits();
            bool mayHit = _decoyIsRegistered();
            bool mayExecute = target.isOperator(address(actors[step.actor]));
            (bool ok,) = actors[step.actor].act{gas: 2_000_000}(address(target), step.data);
            ++counts[ok ? 0 : 1];
            bytes4 selector = bytes4(step.data[:4]);
            isWithdrawal = ok && selector == bytes4(keccak256("withdraw(address,uint256)"));
            if (isWithdrawal) ++counts[3];
            if (ok && selector == bytes4(keccak256("execute(bytes)"))) {
                if (!mayExecute) revert StrangerSucceeded(i);
                ++counts[2];
            }
            if (decoy.hits() != hits && !mayHit) revert DecoyReached(i);
        }
        return _check(i, before, sunk, sink, isWithdrawal);
    }

    function _check(uint256 step, uint256[] memory before, uint256[] memory sunk, address sink, bool isWithdrawal)
        private
        view
        returns (uint256[] memory afterwards)
    {
        afterwards = _balances(address(target));
        for (uint256 t; t < afterwards.length; ++t) {
            address token = t < tokens.length ? tokens[t] : address(0);
            if (afterwards[t] >= before[t]) continue;
            if (!isWithdrawal) revert StandingFell(step, token, before[t], afterwards[t]);
            uint256 arrived = (token == address(0) ? sink.balance : IToken(token).balanceOf(sink)) - sunk[t];
            // Some tokens keep up to 3 % of a transfer.
            if (arrived * 100 < (before[t] - afterwards[t]) * 97) revert NotToSink(step, token);
        }
        for (uint256 t; t < tokens.length; ++t) {
            for (uint256 s; s < spenders.length; ++s) {
                if (IAllowance(tokens[t]).allowance(address(target), spenders[s]) != 0) {
                    revert AllowanceLeft(step, tokens[t], spenders[s]);
                }
            }
        }
    }

    function _balances(address holder) private view returns (uint256[] memory all) {
        all = new uint256[](tokens.length + 1);
        for (uint256 t; t < tokens.length; ++t) {
            all[t] = IToken(tokens[t]).balanceOf(holder);
        }
        all[tokens.length] = holder.balance;
    }

    function _decoyIsRegistered() private view returns (bool) {
        for (uint256 i; i < decoyKeys.length; ++i) {
            if (target.entry(decoyKeys[i]) != 0) return true;
        }
        return false;
    }
}

interface IAllowance {
    function allowance(address owner, address spender) external view returns (uint256);
}
