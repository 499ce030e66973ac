// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IToken} from "./Markets.sol";

/// Stand-ins for tokens that stand for others. Anybody may mint; what they pay out must be sent to them before.
abstract contract Wrapper {
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    function allowance(address, address) external pure returns (uint256) {
        return 0;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        balanceOf[msg.sender] -= value;
        balanceOf[to] += value;
        return true;
    }
}

/// A vault whose shares gain by the second: EIP-4626 as far as redeeming goes.
contract StandInVault is Wrapper {
    address public immutable asset;
    uint256 private immutable start = block.timestamp;
    uint256 private immutable perSecond;

    constructor(address asset_, uint256 perSecond_) {
        asset = asset_;
        perSecond = perSecond_;
    }

    function previewRedeem(uint256 shares) public view returns (uint256) {
        return (shares * (1.1e18 + perSecond * (block.timestamp - start))) / 1e18;
    }

    function maxWithdraw(address holder) external view returns (uint256) {
        uint256 owned = previewRedeem(balanceOf[holder]);
        uint256 held = IToken(asset).balanceOf(address(this));
        return owned < held ? owned : held;
    }

    function redeem(uint256 shares, address receiver, address holder) external returns (uint256 assets) {
        require(holder == msg.sender, "no allowance");
        balanceOf[holder] -= shares;
        assets = previewRedeem(shares);
        IToken(asset).transfer(receiver, assets);
    }
}

contract StandInComptroller {
    address[] private markets;
    uint256 public treasuryPercent;
    mapping(address => bool) public isPaused;

    function add(address market) external {
        markets.push(market);
    }

    function set(uint256 percent, address market, bool paused) external {
        treasuryPercent = percent;
        isPaused[market] = paused;
    }

    function getAllMarkets() external view returns (address[] memory) {
        return markets;
    }

    function actionPaused(address market, uint8) external view returns (bool) {
        return isPaused[market];
    }
}

/// As Compound v2: the rate grows by the block, a redemption takes the interest first, and says no by its answer.
contract StandInCToken is Wrapper {
    StandInComptroller public immutable comptroller;
    address internal immutable token;
    uint256 public exchangeRateStored = 2e26 + 7;
    uint256 private accruedAt = block.number;

    constructor(StandInComptroller comptroller_, address token_) {
        comptroller = comptroller_;
        token = token_;
    }

    function exchangeRateCurrent() public returns (uint256) {
        exchangeRateStored += (exchangeRateStored * 317 * (block.number - accruedAt)) / 1e9;
        accruedAt = block.number;
        return exchangeRateStored;
    }

    function redeem(uint256 tokens) external returns (uint256) {
        if (comptroller.isPaused(address(this))) return 9;
        uint256 amount = (exchangeRateCurrent() * tokens) / 1e18;
        if (amount > getCash()) return 14;
        balanceOf[msg.sender] -= tokens;
        uint256 fee = (amount * comptroller.treasuryPercent()) / 1e18;
        if (fee != 0) _pay(address(comptroller), fee);
        _pay(msg.sender, amount - fee);
        return 0;
    }

    function getCash() public view virtual returns (uint256) {
        return IToken(token).balanceOf(address(this));
    }

    function _pay(address to, uint256 amount) internal virtual {
        IToken(token).transfer(to, amount);
    }
}

contract StandInCErc20 is StandInCToken {
    constructor(StandInComptroller comptroller_, address token_) StandInCToken(comptroller_, token_) {}

    function underlying() external view returns (address) {
        return token;
    }
}

/// Pays in native currency, with as little gas as Solidity's `transfer` gives.
contract StandInCEther is StandInCToken {
    constructor(StandInComptroller comptroller_) StandInCToken(comptroller_, address(0)) {}

    receive() external payable {}

    function getCash() public view override returns (uint256) {
        return address(this).balance;
    }

    function _pay(address to, uint256 amount) internal override {
        payable(to).transfer(amount);
    }
}

/// As Aave's: one pool redeems many tokens, and is told the asset, not the token.
contract StandInATokenPool {
    mapping(address => StandInAToken) public tokenOf;

    function list(address asset) external {
        tokenOf[asset] = new StandInAToken(asset);
    }

    function withdraw(address asset, uint256 amount, address to) external returns (uint256) {
        tokenOf[asset].burn(msg.sender, amount);
        IToken(asset).transfer(to, amount);
        return amount;
    }
}

contract StandInAToken is Wrapper {
    address public immutable UNDERLYING_ASSET_ADDRESS;

    constructor(address asset) {
        UNDERLYING_ASSET_ADDRESS = asset;
    }

    function burn(address from, uint256 value) external {
        balanceOf[from] -= value;
    }
}

/// A registered token that has turned against us.
contract HostileWrapper is Wrapper {
    enum Way {
        PaysNothing,
        TakesMore,
        CallsBack,
        PaysThrough
    }

    Way public way;
    address private puppet;
    bytes private what;

    function set(Way to, address puppet_, bytes calldata what_) external {
        way = to;
        puppet = puppet_;
        what = what_;
    }

    function redeem(uint256 shares) external returns (uint256) {
        balanceOf[msg.sender] -= way == Way.TakesMore ? shares + 1 : shares;
        if (way == Way.CallsBack) {
            (bool ok, bytes memory why) = msg.sender.call(what);
            if (!ok) {
                assembly {
                    revert(add(why, 0x20), mload(why))
                }
            }
        }
        if (way == Way.PaysThrough) IPuppet(puppet).pay{value: 1}(msg.sender);
        return 0;
    }

    receive() external payable {}
}

interface IPuppet {
    function pay(address to) external payable;
}
