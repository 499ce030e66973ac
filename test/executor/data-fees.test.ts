import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address } from '#core/address.ts'
import { bps, wei } from '#core/numbers.ts'
import type { Order } from '#core/program.ts'
import { artifactNamed } from '../../contracts/compile.ts'
import type { DataFees } from '../../contracts/compile-executor.ts'
import { readExecutor } from '../../contracts/read-executor.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { account, type Bench, deployOn, E18, startBench } from './bench.ts'
import { outcomeOf, send } from './calls.ts'
import { act, order } from './programs.ts'

const abi = new Interface(executorAbi)
const predeploys = {
  'op-stack': '0x420000000000000000000000000000000000000f',
  arbitrum: `0x${'0'.repeat(38)}6c`,
} as const

describe('what a rollup takes beside gas (by stand-ins for its own contracts)', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await startBench()
    const code = artifactNamed(bench.own, 'StandInRollup').deployed
    for (const at of Object.values(predeploys)) await bench.rpc.request('anvil_setCode', [at, code])
  })
  afterAll(() => bench?.stop())

  const deployed = (dataFees: DataFees): Promise<Address> =>
    deployOn(bench, account.owner.address, [account.operator.address], account.sink.address, dataFees)
  const gift = (executor: Address, rest: Partial<Order> = {}): Order =>
    order([act(bench.market, 'redeem', [E18, bench.weth.address, executor])], rest)
  async function costOf(to: Address, what: Order) {
    const receipt = await send(bench.rpc, { from: account.operator.address, to, data: encodeOrder(what) })
    expect(receipt.status).toBe('0x1')
    const { args } = abi.parseLog(receipt.logs.find((log) => log.topics[0] === abi.getEvent('Executed')!.topicHash)!)!
    return {
      beside: (args.gasCost as bigint) - receipt.gasUsed * receipt.gasPrice,
      tip: args.tip as bigint,
      price: receipt.gasPrice,
    }
  }

  it('OP Stack: the data fee of the calldata and the operator fee of the gas are in the cost', async () => {
    const executor = await deployed('op-stack')
    expect((await readExecutor(bench.rpc, executor, { operators: [], registry: [] })).dataFees).toBe('op-stack')
    const what = gift(executor)
    const bytes = BigInt((encodeOrder(what).length - 2) / 2)
    const { beside, price } = await costOf(executor, what)
    const least = (bytes + 90n) * 10n ** 12n + 5n * 10n ** 14n
    expect(beside).toBeGreaterThan(least)
    expect(beside).toBeLessThan(least + 15_000n * price)
  })

  it('Arbitrum: what its precompile says is in the cost', async () => {
    const executor = await deployed('arbitrum')
    const { beside, price } = await costOf(executor, gift(executor))
    expect(beside).toBeGreaterThanOrEqual(7n * 10n ** 15n)
    expect(beside).toBeLessThan(7n * 10n ** 15n + 15_000n * price)
  })

  it('a gain that only the data fee eats up reverts, and the tip is a share of what the fee leaves', async () => {
    const executor = await deployed('arbitrum')
    const attempt = (what: Order) =>
      outcomeOf(bench.rpc, { from: account.operator.address, to: executor, data: encodeOrder(what), gasPrice: 0n })
    expect(await attempt(gift(executor, { minimumNet: wei(E18 - 7n * 10n ** 15n) }))).toBe('ok')
    expect(await attempt(gift(executor, { minimumNet: wei(E18 - 7n * 10n ** 15n + 1n) }))).toMatch(/^BelowMinimum/)
    const { tip } = await costOf(executor, gift(executor, { tipShareBps: bps(5_000n) }))
    expect(tip).toBeLessThan((E18 - 7n * 10n ** 15n) / 2n)
  })
})
