import type { PricePath } from './price-path.ts'

const GWEI = 1e9
/** Of a block, and half of it: see the sandbox's. */
const LIMIT = 32_000_000
const TARGET = LIMIT / 2

export type Gas = {
  /** Wei for each gas that the times ask for. */
  readonly wanted: (second: number) => bigint
  /** What a block is to use so that the next one's base fee goes there, as far as EIP-1559 lets it go in one block. */
  readonly used: (baseFee: bigint, second: number) => bigint
}

/** Quiet at `calm` gwei, `spike` times as much at the trough: everybody wants to get out at once. */
export function gasOf(path: PricePath, calm: number, spike: number): Gas {
  const wanted = (second: number): number => calm * GWEI * (1 + (spike - 1) * path.haste(second))
  return {
    wanted: (second) => BigInt(Math.round(wanted(second))),
    used: (baseFee, second) => {
      const gas = TARGET * (1 + 8 * (wanted(second) / Number(baseFee) - 1))
      return BigInt(Math.round(Math.min(LIMIT - 100_000, Math.max(0, gas))))
    },
  }
}
