// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

interface Answers {
    function latestAnswer() external view returns (int256);
}

/// OpenZeppelin's vault as it is: shares of an asset that grow when more of it is put in.
contract StandInVault is ERC4626 {
    constructor(string memory name, string memory symbol, IERC20 asset) ERC20(name, symbol) ERC4626(asset) {}
}

/// Stands in for Aave's price cap adapter (CAPO) of a token worth more and more of another: the ratio is capped by a
/// line that rises with time. The formula is that of PriceCapAdapterBase.
contract StandInCapoAdapter {
    Answers public immutable BASE_TO_USD_AGGREGATOR;
    ERC4626 public immutable RATIO_PROVIDER;
    uint8 public constant RATIO_DECIMALS = 18;
    uint8 public constant decimals = 8;
    uint256 public immutable getSnapshotRatio;
    uint256 public immutable getSnapshotTimestamp;
    uint256 public immutable getMaxRatioGrowthPerSecond;

    constructor(Answers base, ERC4626 vault, uint256 snapshotRatio, uint256 snapshotTimestamp, uint256 growthPerSecond) {
        BASE_TO_USD_AGGREGATOR = base;
        RATIO_PROVIDER = vault;
        getSnapshotRatio = snapshotRatio;
        getSnapshotTimestamp = snapshotTimestamp;
        getMaxRatioGrowthPerSecond = growthPerSecond;
    }

    function getRatio() public view returns (int256) {
        return int256(RATIO_PROVIDER.convertToAssets(1e18));
    }

    function latestAnswer() external view returns (int256) {
        int256 base = BASE_TO_USD_AGGREGATOR.latestAnswer();
        int256 ratio = getRatio();
        if (base <= 0 || ratio <= 0) return 0;
        int256 cap = int256(getSnapshotRatio + getMaxRatioGrowthPerSecond * (block.timestamp - getSnapshotTimestamp));
        return (base * (cap < ratio ? cap : ratio)) / int256(10 ** RATIO_DECIMALS);
    }
}

/// A vault's share priced by what it is worth of its asset, without a cap; a contract of ours, no protocol's.
contract StandInVaultAdapter {
    Answers public immutable BASE_FEED;
    ERC4626 public immutable VAULT;
    uint8 public constant decimals = 8;

    constructor(Answers base, ERC4626 vault) {
        BASE_FEED = base;
        VAULT = vault;
    }

    function getRatio() public view returns (int256) {
        return int256(VAULT.convertToAssets(1e18));
    }

    function latestAnswer() external view returns (int256) {
        return (BASE_FEED.latestAnswer() * getRatio()) / 1e18;
    }
}
