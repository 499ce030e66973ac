import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address } from '#core/address.ts'
import { gasFreeProfit } from '#core/plan.ts'
import { artifactNamed } from '../../contracts/compile.ts'
import erc4626 from '../../exits/erc4626/index.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { type Bench, E18, startBench } from '../executor/bench.ts'
import { order } from '../executor/programs.ts'
import { type ExitRig, exitRig, type Loan } from '../exits/rig.ts'

const oracle: Address = '0x420000000000000000000000000000000000000f' as Address
const [gasInfo, nodeInterface] = ['6c', 'c8'].map((end) => `0x${end.padStart(40, '0')}` as Address)

describe('what a rollup takes beside gas is in the sum (by stand-ins for its own contracts)', () => {
  let bench: Bench
  const rigs = {} as Record<'none' | 'op-stack' | 'arbitrum', ExitRig>
  beforeAll(async () => {
    bench = await startBench()
    const code = artifactNamed(bench.own, 'StandInRollup').deployed
    for (const at of [oracle, gasInfo, nodeInterface]) await bench.rpc.request('anvil_setCode', [at, code])
    const exits = [
      {
        ...{ name: 'erc4626', definition: erc4626 as never },
        config: erc4626.config.parse({ vaults: [bench.vault.address] }),
      },
    ]
    for (const kind of ['none', 'op-stack', 'arbitrum'] as const)
      rigs[kind] = await exitRig(bench, exits, { dataFees: kind })
  }, 120_000)
  afterAll(() => bench?.stop())

  /** Shares worth `worth` of wrapped native and a tenth, for as many tokens of debt: what the pool takes is dear. */
  const loan = (worth: bigint, pay: bigint): Loan => ({
    ...{ seize: bench.vault.address, give: worth, debt: bench.tokens.PlainToken.address, pay },
  })

  it.each(['op-stack', 'arbitrum'] as const)(
    '%s: never less than the executor counts, and little more',
    async (kind) => {
      const plan = await rigs[kind].planOf(loan(E18, E18))
      const free = await rigs.none.planOf(loan(E18, E18))
      expect(free.sum.dataFee).toBe(0n)
      expect(plan.sum.dataFee).toBeLessThan(0n)
      const { sum } = plan
      expect(sum.net).toBe(gasFreeProfit(sum) + sum.gas + sum.dataFee + sum.tip)
      const bytes = BigInt((encodeOrder(order(plan.program)).length - 2) / 2)
      const exact =
        kind === 'arbitrum'
          ? 7n * 10n ** 15n
          : (bytes + 90n) * 10n ** 12n + BigInt(plan.gasUnits) * 10n ** 6n + 5n * 10n ** 14n
      expect(-sum.dataFee).toBeGreaterThanOrEqual(exact)
      expect(Number(-sum.dataFee) / Number(exact)).toBeLessThan(1.01)
      const { gained, gasCost, paid } = await rigs[kind].execute(plan)
      expect(gained).toBe(gasFreeProfit(sum))
      expect(gasCost - paid).toBeLessThan(-sum.dataFee + 200_000n * 10n ** 9n)
    },
  )

  it.each(['op-stack', 'arbitrum'] as const)(
    '%s: what only the data makes unprofitable is left alone',
    async (kind) => {
      // At the pool's price about three thousandths of wrapped native are left, of which gas takes next to nothing.
      const small = loan(E18 / 100n, ((E18 / 100n) * 85n) / 100n)
      const plan = await rigs.none.planOf(small)
      expect(plan.sum.net).toBeGreaterThan(0n)
      if (kind === 'arbitrum') expect(plan.sum.net).toBeLessThan(7n * 10n ** 15n)
      const tiny = kind === 'arbitrum' ? small : loan(E18 / 1_000n, ((E18 / 1_000n) * 85n) / 100n)
      expect((await rigs.none.planOf(tiny)).sum.net).toBeGreaterThan(0n)
      await expect(rigs[kind].planOf(tiny)).rejects.toThrow('unprofitable')
    },
  )
})
