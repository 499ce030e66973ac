import { type Wei, wei } from '#core/numbers.ts'
import type { Plan } from '#core/plan.ts'
import type { Instruction } from '#core/program.ts'

/** EIP-7825: no transaction may have more. */
export const transactionGasLimit = 16_777_216

/**
 * Measured gas may differ by cold slots and by what others did first in the block. And a `try` gets its whole limit or
 * the order reverts: there must be as much left when the last begins, whatever was used (a fifth more than was paid, at
 * most) before.
 */
export function gasLimitOf({ gasUnits, program }: Plan): number {
  const usual = gasUnits * 1.5 + 100_000
  const tries = forTries(program)
  return Math.min(transactionGasLimit, Math.ceil(tries === 0 ? usual : Math.max(usual, gasUnits * 1.25 + tries)))
}

/** What must be left for the largest `try`: each call on the way to it keeps a 64th (EIP-150), three to a loan. */
function forTries(program: readonly Instruction[]): number {
  const each = program.map((one) => {
    if (one.op === 'try') return (one.gasLimit * 64) / 63 + 20_000
    return one.op === 'flash' ? forTries(one.inside) * (64 / 63) ** 3 : 0
  })
  return Math.max(0, ...each)
}

/** The base fee may rise by an eighth a block: `maxFee` covers it over the window. Rounds up. */
export function maxFeeOf(baseFee: Wei, priorityFee: Wei, blocks: number): Wei {
  let fee: bigint = baseFee
  for (let ahead = 1; ahead < blocks; ahead += 1) fee += fee / 8n + 1n
  return wei(fee + priorityFee)
}
