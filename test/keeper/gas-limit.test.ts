import { describe, expect, it } from 'vitest'
import { address } from '#core/address.ts'
import { amount } from '#core/numbers.ts'
import type { Instruction } from '#core/program.ts'
import { gasLimitOf, transactionGasLimit } from '../../src/execution/sign.ts'
import { aPlan } from '../builders/plan.ts'

const some = address('0x5FbDB2315678afecb367f032d93F642f64180aa3')
const tries = (gasLimit: number): Instruction => ({ op: 'try', gasLimit, inside: [] })
const lent = (inside: readonly Instruction[]): Instruction => ({
  ...{ op: 'flash', kind: 'morpho', lender: some, asset: some },
  amount: amount(1n),
  inside,
})

describe('an order’s gas limit', () => {
  it('leaves room beyond what was measured', () => {
    expect(gasLimitOf({ ...aPlan(), gasUnits: 500_000 })).toBe(850_000)
    expect(gasLimitOf({ ...aPlan(), gasUnits: 16_000_000 })).toBe(transactionGasLimit)
  })

  it('has the whole limit of the last try left when all before it is used, however cheap that was', () => {
    for (const [gasUnits, loans] of [
      [450_000, 1],
      [600_000, 1],
      [700_000, 2],
    ] as const) {
      const acts = [tries(758_000), tries(758_000)]
      const program = loans === 1 ? [lent(acts)] : [lent([lent(acts)])]
      let left = gasLimitOf({ ...aPlan(), gasUnits, program }) - gasUnits * 1.25
      for (let calls = 0; calls < 3 * loans; calls += 1) left -= left / 64
      // As the executor asks for it.
      expect(left).toBeGreaterThanOrEqual((758_000 * 64) / 63 + 10_000)
    }
  })
})
