// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// Stands in for Multicall3, which no package ships: the one function a keeper reads with, written anew.
contract StandInMulticall {
    struct Call {
        address target;
        bool allowFailure;
        bytes callData;
    }
    struct Result {
        bool success;
        bytes returnData;
    }

    error CallFailed(uint256 index);

    function aggregate3(Call[] calldata calls) external payable returns (Result[] memory results) {
        results = new Result[](calls.length);
        for (uint256 at; at < calls.length; ++at) {
            (bool success, bytes memory answer) = calls[at].target.call(calls[at].callData);
            if (!success && !calls[at].allowFailure) revert CallFailed(at);
            results[at] = Result(success, answer);
        }
    }
}
