// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// What this transaction costs, in gas, measured from inside it. Right when an operator's account calls us directly.
library GasMeter {
    /// Every transaction's own.
    uint256 private constant INTRINSIC = 21_000;
    /// From the first instruction to the first measurement.
    uint256 private constant ENTRY = 300;
    /// What follows the last measurement, beside the tokens touched: the event, the lock, the way out.
    uint256 internal constant TAIL = 5_000;
    /// A balance in a token whose contract and slot are warm, and its place in the ledger cleared.
    uint256 internal constant TAIL_PER_TOKEN = 3_500;
    /// What follows the measurement that the tip is a share of: unwrapping, paying, the last checks.
    uint256 internal constant TIP_TAIL = 45_000;

    /// A zero byte costs 4 and another 16; by the floor of EIP-7623 10 and 40.
    function ofCalldata() internal pure returns (uint256 standard, uint256 floor) {
        uint256 others;
        uint256 size;
        assembly ("memory-safe") {
            size := calldatasize()
            let ones := 0x0101010101010101010101010101010101010101010101010101010101010101
            let low4 := 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f
            let low2 := 0x0303030303030303030303030303030303030303030303030303030303030303
            // Bytes beyond the end read as zeros, and are not in `size`.
            for { let i := 0 } lt(i, size) { i := add(i, 0x20) } {
                let word := calldataload(i)
                // Each byte becomes 1 where any of its bits is set.
                word := or(and(word, low4), and(shr(4, word), low4))
                word := or(and(word, low2), and(shr(2, word), low2))
                word := and(or(word, shr(1, word)), ones)
                // The top byte of the product is the sum of all bytes.
                others := add(others, shr(248, mul(word, ones)))
            }
        }
        uint256 weight = (size - others) + 4 * others;
        return (weight * 4, weight * 10);
    }

    /// In gas. `tail` is what is still to come; `refund` what the order expects to get back, of which a fifth of the
    /// gas is believed at most, because no more is ever given back (EIP-3529).
    function used(uint256 calldataGas, uint256 calldataFloor, uint256 refund, uint256 gasAtStart, uint256 tail)
        internal
        view
        returns (uint256)
    {
        uint256 measured = INTRINSIC + calldataGas + ENTRY + (gasAtStart - gasleft()) + tail;
        measured -= refund < measured / 5 ? refund : measured / 5;
        return measured < INTRINSIC + calldataFloor ? INTRINSIC + calldataFloor : measured;
    }
}
