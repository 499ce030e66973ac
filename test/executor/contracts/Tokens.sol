// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Stand-ins for tests: anybody may mint. `_before` is where the odd ones are odd.
abstract contract BaseToken {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    function _move(address from, address to, uint256 value) internal virtual {
        require(balanceOf[from] >= value, "balance");
        balanceOf[from] -= value;
        balanceOf[to] += value;
    }

    function _spend(address from, uint256 value) internal {
        require(allowance[from][msg.sender] >= value, "allowance");
        allowance[from][msg.sender] -= value;
    }
}

contract PlainToken is BaseToken {
    function approve(address spender, uint256 value) public virtual returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function transfer(address to, uint256 value) public virtual returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) public virtual returns (bool) {
        _spend(from, value);
        _move(from, to, value);
        return true;
    }
}

/// Keeps 3 % of every transfer.
contract FeeToken is PlainToken {
    function _move(address from, address to, uint256 value) internal override {
        super._move(from, to, value);
        balanceOf[to] -= (value * 3) / 100;
    }
}

/// Answers nothing.
contract NoReturnToken is BaseToken {
    function approve(address spender, uint256 value) external virtual {
        allowance[msg.sender][spender] = value;
    }

    function transfer(address to, uint256 value) external {
        _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        _spend(from, value);
        _move(from, to, value);
    }
}

/// Answers nothing, and an allowance that stands can only become zero.
contract ApproveToZeroToken is NoReturnToken {
    function approve(address spender, uint256 value) external override {
        require(value == 0 || allowance[msg.sender][spender] == 0, "zero it first");
        allowance[msg.sender][spender] = value;
    }
}

/// Answers false instead of reverting.
contract FalseToken is PlainToken {
    bool public refuses;

    function refuse(bool on) external {
        refuses = on;
    }

    function approve(address spender, uint256 value) public override returns (bool) {
        return !refuses && super.approve(spender, value);
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        return !refuses && super.transfer(to, value);
    }
}

/// As centrally issued dollars: some may neither send nor receive.
contract BlacklistToken is PlainToken {
    mapping(address => bool) public isBlocked;

    function blocklist(address who, bool on) external {
        isBlocked[who] = on;
    }

    function _move(address from, address to, uint256 value) internal override {
        require(!isBlocked[from] && !isBlocked[to], "blocked");
        super._move(from, to, value);
    }
}

interface IHook {
    function hooked(address from, address to, uint256 value) external;
}

/// As ERC-777: tells somebody in the middle of every transfer.
contract HookToken is PlainToken {
    IHook public hook;

    function setHook(IHook to) external {
        hook = to;
    }

    function _move(address from, address to, uint256 value) internal override {
        super._move(from, to, value);
        if (address(hook) != address(0)) hook.hooked(from, to, value);
    }
}
