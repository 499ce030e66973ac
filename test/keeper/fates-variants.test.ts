import { Wallet } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import { amount } from '#core/numbers.ts'
import type { Plan } from '#core/plan.ts'
import type { Instruction } from '#core/program.ts'
import { decodeLog, type RawLog } from '../../src/chain/log.ts'
import { sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import type { Config } from '../../src/config/config.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { executedEvent } from '../../src/execution/executed.ts'
import { Execution } from '../../src/execution/execution.ts'
import { createGasModel } from '../../src/execution/gas-model.ts'
import type { AttemptEvent, Intent } from '../../src/execution/intent.ts'
import { createLane } from '../../src/execution/lane.ts'
import { createSender } from '../../src/execution/sender.ts'
import { signedRelay } from '../../src/execution/signed-relay.ts'
import { openKeys } from '../../src/keys/open-keys.ts'
import { type Rig, rig } from './rig.ts'

async function* nothing(): AsyncGenerator<never> {
  yield* []
}

/** The same plan with exits that nothing can meet: it reverts wherever it is run. */
const impossible = (program: readonly Instruction[]): readonly Instruction[] =>
  program.map((one) => {
    if (one.op === 'swap') return { ...one, minimum: amount(2n ** 120n) }
    return one.op === 'flash' || one.op === 'try' ? { ...one, inside: impossible(one.inside) } : one
  })

describe('several transactions on one nonce, on the chain', () => {
  let world: Rig
  let config: Config
  let plan: Plan
  const told: AttemptEvent[] = []
  const landed: Intent[] = []
  beforeAll(async () => {
    world = await rig({ borrowers: 'few' })
    config = (await world.configure({ dryRun: true })).config
    const plans: Plan[] = []
    const keeper = await world.live(config, {
      verdict: (verdict) => void (verdict.do === 'act' && plans.push(verdict.plan)),
    })
    await world.price('WETH', 2_800)
    await keeper.block()
    plan = plans.at(-1) as Plan
    await keeper.stop()
  })
  afterAll(() => world?.end())

  async function opened(): Promise<Execution> {
    const { sandbox } = world
    const keys = await openKeys(config.keys, { env: sandboxEnv(sandbox), warn: () => undefined })
    const relay = signedRelay({ name: 'sandbox', url: sandbox.relayUrl, auth: keys.relay.signer })
    const executor = config.executor?.address as Address
    const { submission, chain } = config
    const execution = new Execution({
      settings: {
        ...{ via: 'bundle', isDryRun: false, chainId: chain.id, executor, blocks: 1, finalityBlocks: 64 },
        ...{ tipShareBps: submission.tipShareBps, priorityFee: submission.priorityFeeWei, simulates: 'never' },
        ...{ minimumNet: submission.minimumNetWei, blockSeconds: 12, lateMs: 0 },
      },
      lanes: keys.operators.slice(0, 1).map(({ signer }) => createLane(signer)),
      gas: createGasModel(),
      store: { append: async () => undefined, read: nothing },
      reserve: () => undefined,
      after: setImmediate,
      now: process.hrtime.bigint,
      send: createSender([relay], sandbox.rpc.request, () => undefined),
      request: sandbox.rpc.request,
      encode: encodeOrder,
      isExecuted: (log) => executedEvent(log, executor) !== null,
      ownerOf: () => null,
      against: () => null,
      on: {
        intent: () => undefined,
        attempt: (event) => told.push(event),
        landed: async (intent, _receipt, tell) => {
          landed.push(intent)
          await tell()
        },
        funded: () => undefined,
        freed: () => undefined,
        fault: (error) => expect(error).toBeNull(),
      },
    })
    const { number } = plan.block
    const block = { ...plan.block, number: number - 1 }
    await execution.restore({ hash: plan.block.parentHash, block, logs: [] })
    return execution
  }

  it('the one that can run lands right behind the update it waits for; the other costs nothing, and the journal knows', async () => {
    const { sandbox } = world
    const trader = new Wallet(sandbox.accounts.trader.privateKey)
    const update = (await trader.signTransaction({
      ...{ type: 2, chainId: sandbox.chainId, to: sandbox.accounts.sink.address, value: 1n, gasLimit: 21_000 },
      nonce: Number(await sandbox.rpc.request('eth_getTransactionCount', [trader.address, 'latest'])),
      maxFeePerGas: 10n ** 12n,
      maxPriorityFeePerGas: 1n,
    })) as Hex
    const execution = await opened()
    const behind = { ...plan, before: [update] }
    const bad = { ...behind, program: impossible(plan.program) }
    expect(execution.submit(bad, plan.block.parentHash, 0, [{ ...behind, shape: 'the good one' }])).toBeNull()
    await execution.settled()
    const { number } = await sandbox.mine()
    const raw = (await sandbox.rpc.request('eth_getBlockByNumber', [`0x${number.toString(16)}`, true])) as {
      readonly hash: Hex
      readonly transactions: readonly { readonly hash: Hex; readonly from: string; readonly to: string }[]
    }
    const logs = (await sandbox.rpc.request('eth_getLogs', [{ blockHash: raw.hash }])) as readonly RawLog[]
    const block = { ...plan.block, number }
    execution.onHead({ hash: raw.hash, block, logs: logs.map((log) => decodeLog(log, block)) })
    await execution.settled()
    const at = raw.transactions.findIndex(({ to }) => to.toLowerCase() === config.executor?.address)
    expect(raw.transactions[at - 1]?.from.toLowerCase()).toBe(trader.address.toLowerCase())
    expect(raw.transactions.filter(({ to }) => to.toLowerCase() === config.executor?.address)).toHaveLength(1)
    expect(landed).toMatchObject([{ hash: raw.transactions[at]?.hash, shape: 'the good one', plan: plan.id }])
    expect(told.map(({ status }) => status)).toEqual(['sent', 'included'])
  })
})
