import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Address } from '#core/address.ts'
import { gasFreeProfit, type Plan } from '#core/plan.ts'
import { composeSettings } from '../../src/cli/compose-settings.ts'
import type { Config } from '../../src/config/config.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { executorError } from '../../src/execution/executed.ts'
import { offerOf, orderOf } from '../../src/execution/job.ts'
import { simulate } from '../../src/execution/simulate.ts'
import { type Rig, rig } from './rig.ts'

let world: Rig
let config: Config
beforeAll(async () => {
  world = await rig({ borrowers: 'few', aave: ['3.6'] })
  const own = (await world.configure()).config
  config = { ...own, submission: { ...own.submission, minimumNetWei: 1n as typeof own.submission.minimumNetWei } }
}, 120_000)
afterAll(() => world?.end())

/** What the executor says to a plan that is sent all the same: gas counts at the block's own fee there. */
async function simulatedBy(plan: Plan): Promise<string | null> {
  const { execution } = composeSettings(config)
  const to = execution.executor as Address
  const from = world.sandbox.accounts.operators[0]?.address as Address
  const { gasLimit, maxFee } = offerOf(plan, { ...execution, executor: to })
  const data = encodeOrder(orderOf(plan, { ...execution, executor: to }, 0))
  const call = { from, to, data, gasLimit, maxFee, priorityFee: execution.priorityFee }
  const found = await simulate(world.sandbox.rpc.request, call, plan.block)
  return found.status === 'reverts' ? executorError(found.data) : found.status
}

it('a plan that only its first estimate of gas speaks against is run by the node, and lands in the same block', async () => {
  const left: Plan[] = []
  const acts: Plan[] = []
  const fee = (wei: bigint): Promise<unknown> =>
    world.sandbox.rpc.request('anvil_setNextBlockBaseFeePerGas', [`0x${wei.toString(16)}`])
  await world.price('WETH', 2_800)
  await world.sandbox.mine()
  // So dear that nothing pays, whatever it takes.
  await fee(10n ** 13n)
  await world.sandbox.mine()
  const keeper = await world.live(config, {
    verdict: (verdict) => {
      if (verdict.plan !== null) (verdict.do === 'act' ? acts : left).push(verdict.plan)
    },
  })
  const first = left.toSorted((a, b) => (gasFreeProfit(a.sum) < gasFreeProfit(b.sum) ? 1 : -1))[0]
  if (first === undefined) throw new Error('nobody is below the line')
  expect(acts).toEqual([])
  expect(await simulatedBy(first)).toMatch(/^BelowMinimum\(-/)

  // A fiftieth dearer than where the estimate says that it pays; behind an empty block the fee is an eighth less.
  const price = (gasFreeProfit(first.sum) * 51n) / (50n * BigInt(first.gasUnits))
  await fee(((price - config.submission.priorityFeeWei) * 8n) / 7n)
  await keeper.block()
  const act = acts.find(({ steps }) => steps[0]?.opportunity.id === first.steps[0]?.opportunity.id)
  if (act === undefined) throw new Error('it was left')
  process.stdout.write(`gas: ${first.gasUnits} by estimate, ${act.gasUnits} as measured\n`)
  const dear = act.block.baseFee + config.submission.priorityFeeWei
  expect(gasFreeProfit(act.sum)).toBeLessThan(BigInt(first.gasUnits) * dear)

  await keeper.block()
  const [landed] = keeper.journal.select({ streams: ['receipt'] })
  const { receipt } = (landed?.record ?? {}) as unknown as { receipt: { status: string; actual: { net: bigint } } }
  expect(receipt.status).toBe('included')
  expect(receipt.actual.net).toBeGreaterThan(0n)
  expect(keeper.faults).toEqual([])
})
