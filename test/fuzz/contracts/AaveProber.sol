// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

interface IPool {
    function getUserAccountData(address user) external view returns (uint256, uint256, uint256, uint256, uint256, uint256);
    function getUserConfiguration(address user) external view returns (uint256);
    function liquidationCall(address collateral, address debt, address user, uint256 debtToCover, bool receiveAToken) external;
}

interface IToken {
    function balanceOf(address of_) external view returns (uint256);
    function scaledBalanceOf(address of_) external view returns (uint256);
}

/// What the oracle reads while fuzzing: the answer is slot 0, so that a call can be asked with another.
contract PriceSource {
    int256 public latestAnswer;

    constructor(int256 answer) {
        latestAnswer = answer;
    }
}

struct Call {
    address to;
    bytes data;
}

/// One borrower. Calls that fail are passed over: a borrow the pool refuses makes another position, no less random.
contract Borrower {
    address private immutable maker = msg.sender;

    function run(Call[] calldata calls) external {
        require(msg.sender == maker, "maker");
        for (uint256 i = 0; i < calls.length; i++) {
            (bool done, ) = calls[i].to.call(calls[i].data);
            done;
        }
    }
}

/// Makes borrowers, and tries liquidations of one from the same state again and again: each try is undone by its revert.
contract AaveProber {
    struct Step {
        address collateral;
        address debt;
        uint256 input;
    }
    struct After {
        int256[] paid;
        int256[] got;
        uint256 config;
        uint256[] balances;
        uint256[6] account;
    }

    error Done(After outcome);

    event Made(address borrower);

    function approve(address[] calldata tokens, address spender) external {
        for (uint256 i = 0; i < tokens.length; i++) send(tokens[i], abi.encodeWithSignature("approve(address,uint256)", spender, type(uint256).max));
    }

    function make(Call[] calldata gifts, Call[] calldata calls) external {
        Borrower borrower = new Borrower();
        for (uint256 i = 0; i < gifts.length; i++) {
            send(gifts[i].to, abi.encodeWithSignature("transfer(address,uint256)", address(borrower), abi.decode(gifts[i].data, (uint256))));
        }
        Call[] memory own = calls;
        for (uint256 i = 0; i < own.length; i++) own[i].data = withSelf(own[i].data, address(borrower));
        borrower.run(own);
        emit Made(address(borrower));
    }

    function tries(address pool, address user, Step[][] calldata all, address[] calldata tokens)
        external
        returns (uint256[6] memory account, bytes[] memory answers)
    {
        account = accountOf(pool, user);
        answers = new bytes[](all.length);
        for (uint256 i = 0; i < all.length; i++) {
            try this.attempt(pool, user, all[i], tokens) {} catch (bytes memory answer) {
                answers[i] = answer;
            }
        }
    }

    function attempt(address pool, address user, Step[] calldata steps, address[] calldata tokens) external {
        After memory done;
        done.paid = new int256[](steps.length);
        done.got = new int256[](steps.length);
        for (uint256 i = 0; i < steps.length; i++) {
            Step calldata step = steps[i];
            int256 debt = int256(IToken(step.debt).balanceOf(address(this)));
            int256 collateral = int256(IToken(step.collateral).balanceOf(address(this)));
            IPool(pool).liquidationCall(step.collateral, step.debt, user, step.input, false);
            done.paid[i] = debt - int256(IToken(step.debt).balanceOf(address(this)));
            done.got[i] = int256(IToken(step.collateral).balanceOf(address(this))) - collateral;
        }
        done.config = IPool(pool).getUserConfiguration(user);
        done.balances = new uint256[](tokens.length);
        for (uint256 i = 0; i < tokens.length; i++) done.balances[i] = IToken(tokens[i]).scaledBalanceOf(user);
        done.account = accountOf(pool, user);
        revert Done(done);
    }

    function accountOf(address pool, address user) private view returns (uint256[6] memory account) {
        (account[0], account[1], account[2], account[3], account[4], account[5]) = IPool(pool).getUserAccountData(user);
    }

    /// The borrower's address is not known when the calls are written: it stands in the place of a marker.
    function withSelf(bytes memory data, address self) private pure returns (bytes memory) {
        for (uint256 at = 4; at + 32 <= data.length; at += 32) {
            uint256 word;
            assembly {
                word := mload(add(add(data, 32), at))
            }
            if (word != 0x5e1f) continue;
            assembly {
                mstore(add(add(data, 32), at), self)
            }
        }
        return data;
    }

    function send(address to, bytes memory data) private {
        (bool done, ) = to.call(data);
        require(done, "token");
    }
}

interface ILender {
    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes calldata data, uint16 referral) external;
}

/// Takes flash loans and pays their premium from its own pocket.
contract FlashTaker {
    function take(address pool, address asset, uint256 amount) external {
        ILender(pool).flashLoanSimple(address(this), asset, amount, "", 0);
    }

    function executeOperation(address asset, uint256 amount, uint256 premium, address, bytes calldata) external returns (bool) {
        (bool done, ) = asset.call(abi.encodeWithSignature("approve(address,uint256)", msg.sender, 0));
        (done, ) = asset.call(abi.encodeWithSignature("approve(address,uint256)", msg.sender, amount + premium));
        return done;
    }
}
