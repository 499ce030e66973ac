// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

interface IWrappedNative {
    function deposit() external payable;
    function withdraw(uint256 amount) external;
}

/// Morpho Blue: lends its whole balance for nothing, then takes the sum back by allowance.
interface IMorphoLender {
    function flashLoan(address token, uint256 assets, bytes calldata data) external;
}

interface IMorphoBorrower {
    function onMorphoFlashLoan(uint256 assets, bytes calldata data) external;
}

/// Aave v3: lends for a premium, takes both back by allowance, and wants `true`.
interface IAaveLender {
    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes calldata params, uint16 referral)
        external;
}

interface IAaveBorrower {
    function executeOperation(address asset, uint256 amount, uint256 premium, address initiator, bytes calldata params)
        external
        returns (bool);
}

/// Uniswap V4: whoever unlocks it may take what it holds, for nothing, and must have settled at the end.
interface IPoolManager {
    function unlock(bytes calldata data) external returns (bytes memory);
    function take(address currency, address to, uint256 amount) external;
    function sync(address currency) external;
    function settle() external payable returns (uint256);
    function swap(PoolKey calldata key, SwapParams calldata params, bytes calldata hookData)
        external
        returns (int256 delta);
    function exttload(bytes32 slot) external view returns (bytes32);
}

/// One of its pools. `hooks` of ours is always nobody.
struct PoolKey {
    address currency0;
    address currency1;
    uint24 fee;
    int24 tickSpacing;
    address hooks;
}

/// `amount` is negative: exactly so much is sold.
struct SwapParams {
    bool zeroForOne;
    int256 amount;
    uint160 priceLimitX96;
}

interface IUnlocker {
    function unlockCallback(bytes calldata data) external returns (bytes memory);
}

/// ERC-3156, as Sky's (Maker's) DssFlash lends its own money: takes it back by allowance, and wants a word of its own.
interface IFlashLender {
    function flashLoan(address receiver, address token, uint256 amount, bytes calldata data) external returns (bool);
}

interface IFlashBorrower {
    function onFlashLoan(address initiator, address token, uint256 amount, uint256 fee, bytes calldata data)
        external
        returns (bytes32);
}

/// What a rollup takes beside gas. Read, never run as our own code.
interface IDataFees {
    /// @return In wei, for a transaction of so many bytes of calldata that has used so much gas; never too little.
    function fee(uint256 calldataBytes, uint256 gasUsed) external view returns (uint256);
}

interface IConstantProductPair {
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 at);
    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata data) external;
}

interface IConcentratedPool {
    function swap(address recipient, bool zeroForOne, int256 amount, uint160 priceLimitX96, bytes calldata data)
        external
        returns (int256 amount0, int256 amount1);
}

interface IConcentratedSwapper {
    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata data) external;
}

/// What the core asks of the module that knows lenders. Both run by delegatecall.
interface ILenders {
    function lend(bytes calldata operand) external;
    /// Checks a lender's callback (its first words) against what was asked for. @return owed what it takes back.
    function lent(uint256 kind, address asset, uint256 amount, bytes calldata arguments) external returns (uint256 owed);
    /// What the callback ends with: the sum is given back, or may be taken. @return answer what the lender wants to hear.
    function repay(uint256 kind, address asset, uint256 owed) external returns (uint256 answer);
}

/// What the core asks of the module that knows pools. Both run by delegatecall.
interface IPools {
    function swap(bytes calldata operand) external;
    function pay(address pool, address asset, uint256 limit, bytes calldata arguments) external;
    /// In the callback of a manager of pools. @return answer what it wants to hear.
    function unlocked(address manager, uint256 amount, bytes calldata operand) external returns (uint256 answer);
    function redeem(bytes calldata operand) external;
    function flashSwap(bytes calldata operand) external;
}

interface IAaveToken {
    function UNDERLYING_ASSET_ADDRESS() external view returns (address);
}

/// What a module asks of the core it runs as.
interface ICore {
    function wrappedNative() external view returns (address);
}
