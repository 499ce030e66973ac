// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

interface IV3Pool {
    function token0() external view returns (address);
    function token1() external view returns (address);
    function slot0() external view returns (uint160, int24, uint16, uint16, uint16, uint8, bool);
    function swap(address to, bool zeroForOne, int256 amount, uint160 limit, bytes calldata data)
        external
        returns (int256, int256);
}

interface IV2Pair {
    function token0() external view returns (address);
    function token1() external view returns (address);
    function getReserves() external view returns (uint112, uint112, uint32);
    function swap(uint256 out0, uint256 out1, address to, bytes calldata data) external;
}

/// The market of a private chain: moves pools to a price with tokens it holds. Anybody may call it.
contract PoolTrader {
    /// Until the pool's price is the one given, as a square root of token1 per token0 in units of 2^-96.
    function moveV3(address pool, uint160 target) external {
        (uint160 price,,,,,,) = IV3Pool(pool).slot0();
        if (price == target) return;
        IV3Pool(pool).swap(address(this), target < price, type(int128).max, target, "");
    }

    function uniswapV3SwapCallback(int256 owed0, int256 owed1, bytes calldata) external {
        if (owed0 > 0) _pay(IV3Pool(msg.sender).token0(), msg.sender, uint256(owed0));
        if (owed1 > 0) _pay(IV3Pool(msg.sender).token1(), msg.sender, uint256(owed1));
    }

    /// Until the reserves stand to each other as `price1` to `price0` (token1 per token0 is price1 / price0), near enough.
    function moveV2(address pair, uint256 price1, uint256 price0) external {
        (uint112 reserve0, uint112 reserve1,) = IV2Pair(pair).getReserves();
        uint256 k = uint256(reserve0) * reserve1;
        uint256 wanted0 = _root(k * price0 / price1);
        if (wanted0 > reserve0) {
            uint256 paid = (wanted0 - reserve0) * 1000 / 997;
            if (paid == 0) return;
            uint256 out = _out(paid, reserve0, reserve1);
            if (out == 0) return;
            _pay(IV2Pair(pair).token0(), pair, paid);
            IV2Pair(pair).swap(0, out, address(this), "");
        } else {
            uint256 wanted1 = _root(k * price1 / price0);
            if (wanted1 <= reserve1) return;
            uint256 paid = (wanted1 - reserve1) * 1000 / 997;
            uint256 out = _out(paid, reserve1, reserve0);
            if (out == 0) return;
            _pay(IV2Pair(pair).token1(), pair, paid);
            IV2Pair(pair).swap(out, 0, address(this), "");
        }
    }

    function _out(uint256 paid, uint256 reserveIn, uint256 reserveOut) private pure returns (uint256) {
        return paid * 997 * reserveOut / (reserveIn * 1000 + paid * 997);
    }

    function _pay(address token, address to, uint256 value) private {
        (bool done, bytes memory answer) =
            token.call(abi.encodeWithSignature("transfer(address,uint256)", to, value));
        require(done && (answer.length == 0 || abi.decode(answer, (bool))), "transfer");
    }

    function _root(uint256 square) private pure returns (uint256 root) {
        if (square == 0) return 0;
        root = square;
        uint256 next = (square + 1) / 2;
        while (next < root) {
            root = next;
            next = (square / next + next) / 2;
        }
    }
}
