// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PlainToken} from "./Tokens.sol";

interface IBorrower {
    function onFlashLoan(address initiator, address token, uint256 amount, uint256 fee, bytes calldata data)
        external
        returns (bytes32);
}

/// As Sky's DssFlash: makes what it lends, up to a ceiling, and takes it back by allowance.
contract StandInDssFlash {
    PlainToken public immutable dai;
    uint256 public max;
    uint256 public toll;

    event File(bytes32 indexed what, uint256 data);

    constructor(PlainToken dai_) {
        dai = dai_;
    }

    function file(bytes32 what, uint256 data) external {
        if (what == "max") max = data;
        else toll = data;
        emit File(what, data);
    }

    function maxFlashLoan(address token) external view returns (uint256) {
        return token == address(dai) ? max : 0;
    }

    function flashFee(address token, uint256 amount) public view returns (uint256) {
        require(token == address(dai), "token-unsupported");
        return (amount * toll) / 1e18;
    }

    function flashLoan(IBorrower receiver, address token, uint256 amount, bytes calldata data) external returns (bool) {
        require(token == address(dai), "token-unsupported");
        require(amount <= max, "ceiling-exceeded");
        uint256 fee = flashFee(token, amount);
        dai.mint(address(receiver), amount);
        bytes32 said = receiver.onFlashLoan(msg.sender, token, amount, fee, data);
        require(said == keccak256("ERC3156FlashBorrower.onFlashLoan"), "callback-failed");
        dai.transferFrom(address(receiver), address(this), amount + fee);
        return true;
    }
}
