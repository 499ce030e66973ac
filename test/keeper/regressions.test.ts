import { setTimeout as sleep } from 'node:timers/promises'
import { Interface, Transaction } from 'ethers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import { wei } from '#core/numbers.ts'
import type { Config } from '../../src/config/config.ts'
import { simulate } from '../../src/execution/simulate.ts'
import { type Live, type Rig, rig } from './rig.ts'
import { type Tap, tapRelay } from './tap.ts'

const executor = new Interface(executorAbi)

/** Each is a way in which another keeper is known to fail. Someone else's receiver in a configuration: `run.test.ts`. */
describe('regressions of sending', () => {
  let world: Rig
  let tap: Tap
  let config: Config
  let snapshot: unknown
  let lives = 0
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true })
    tap = await tapRelay(world.sandbox.relayUrl)
    config = (await world.configure()).config
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
  })
  beforeEach(async () => {
    await world.sandbox.rpc.request('evm_revert', [snapshot])
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
    world.sandbox.relayFaults.delayMs = 0
  })
  afterAll(async () => {
    await world?.end()
    await tap?.stop()
  })

  const start = (via: Config['submission']['via'] = 'bundle'): Promise<Live> => {
    const own = { ...config, journal: { ...config.journal, path: `${config.journal.path}.${++lives}` } }
    return world.live(tap.before({ ...own, submission: { ...own.submission, via } }))
  }
  const included = (keeper: Live): readonly string[] =>
    keeper.attempts().flatMap(({ status, plan }) => (status === 'included' ? [plan] : []))

  it('a bundle transaction carries calldata and fees, and lands', async () => {
    const keeper = await start()
    const before = tap.sent.length
    await world.price('WETH', 2_800)
    await keeper.block()
    const sent = tap.sent.slice(before).map(({ raw }) => Transaction.from(raw))
    expect(sent.length).toBeGreaterThan(0)
    const baseFee = keeper.keeper.head()?.block.baseFee ?? 0n
    for (const { data, to, type, gasLimit, maxFeePerGas, chainId } of sent) {
      expect(to?.toLowerCase()).toBe(keeper.keeper.executor())
      expect(data.slice(0, 10)).toBe(executor.getFunction('execute')?.selector)
      expect(data.length).toBeGreaterThan(400)
      expect([type, Number(chainId)]).toEqual([2, world.sandbox.chainId])
      expect(gasLimit).toBeGreaterThan(200_000n)
      expect(maxFeePerGas ?? 0n).toBeGreaterThanOrEqual((baseFee * 7n) / 8n)
    }
    await keeper.block()
    expect(included(keeper).length).toBeGreaterThan(0)
    await keeper.stop()
  })

  it('a treasury that is not the signer is still profitable: the profit is where only the sink can take it', async () => {
    const keeper = await start()
    const { sink, operators } = world.sandbox.accounts
    expect(operators.map(({ address }) => address)).not.toContain(sink.address)
    await world.price('WETH', 2_800)
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    const receipts = keeper.journal
      .select({ streams: ['receipt'] })
      .map(({ record }) => record as never as { gained: bigint; receipt: { actual: { net: bigint } } })
    expect(receipts.length).toBeGreaterThan(0)
    for (const { receipt, gained } of receipts) {
      expect(receipt.actual.net).toBeGreaterThan(0n)
      expect(gained).toBeGreaterThan(0n)
    }
    const call = {
      to: config.chain.wrappedNative,
      data: new Interface(['function balanceOf(address)']).encodeFunctionData('balanceOf', [keeper.keeper.executor()]),
    }
    const held = BigInt((await world.sandbox.rpc.request('eth_call', [call, 'latest'])) as string)
    expect(held).toBeGreaterThan(0n)
    await keeper.stop()
  })

  it("a stranger who copies the live bundle's calldata gains nothing, while the operator's own call succeeds", async () => {
    const keeper = await start()
    const before = tap.sent.length
    await world.price('WETH', 2_800)
    await keeper.block()
    const copied = tap.sent.slice(before).map(({ raw }) => Transaction.from(raw))[0]
    const [intent] = keeper.intents()
    if (copied === undefined || intent === undefined) throw new Error('nothing was sent')
    const block = {
      number: intent.block,
      timestamp: intent.timestamp,
      baseFee: wei(copied.maxFeePerGas ?? 0n),
      parentHash: intent.head,
    }
    const as = (from: string) =>
      simulate(
        world.sandbox.rpc.request,
        {
          from: from as Address,
          to: keeper.keeper.executor(),
          data: copied.data as Hex,
          gasLimit: 5_000_000,
          maxFee: copied.maxFeePerGas ?? 0n,
          priorityFee: 0n,
        },
        block,
      )
    expect(await as(copied.from?.toLowerCase() ?? '')).toMatchObject({ status: 'success' })
    const stolen = await as(world.sandbox.accounts.trader.address)
    expect(stolen).toMatchObject({ status: 'reverts' })
    expect('data' in stolen && executor.parseError(stolen.data)?.name).toBe('NotOperator')
    await keeper.stop()
  })

  it('a slow run that spans three blocks never sends twice for one block, and lands each position once', async () => {
    const keeper = await start()
    world.sandbox.relayFaults.delayMs = 900
    await world.price('WETH', 2_700)
    for (let blocks = 0; blocks < 4; blocks += 1) {
      await world.sandbox.mine()
      await sleep(300)
    }
    world.sandbox.relayFaults.delayMs = 0
    for (let blocks = 0; blocks < 4; blocks += 1) await keeper.block()
    const intents = keeper.intents()
    const nonces = intents.map(({ lane, nonce, block }) => `${lane} ${nonce} ${block}`)
    expect(new Set(nonces).size).toBe(nonces.length)
    // One plan may take a position again; two for a block may not.
    const acts = intents.flatMap(({ block, steps }) => [
      ...new Set(steps.map(({ position, debt }) => `${block} ${position} ${debt}`)),
    ])
    expect(new Set(acts).size).toBe(acts.length)
    const landed = included(keeper)
    expect(landed.length).toBeGreaterThan(0)
    expect(new Set(landed).size).toBe(landed.length)
    const hashes = intents.filter(({ plan }) => landed.includes(plan)).map(({ hash }) => hash)
    const receipts = await Promise.all(
      hashes.map((hash) => world.sandbox.rpc.request('eth_getTransactionReceipt', [hash])),
    )
    expect(receipts.every((one) => (one as { status: string }).status === '0x1')).toBe(true)
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  it('a reverted receipt is not counted as success, and its position is decided anew', async () => {
    const keeper = await start('public')
    await world.price('WETH', 2_800)
    await keeper.block()
    const first = keeper.intents()
    await world.sandbox.movePoolsFirst({ WETH: 150_000_000_000n })
    await keeper.block()
    const fates = keeper.attempts().filter(({ plan }) => first.some((one) => one.plan === plan))
    expect(fates.map(({ status }) => status)).toContain('reverted')
    const metrics = await keeper.observe.metricsText()
    expect(metrics).toMatch(new RegExp(`plimsoll_receipts_total{[^}]*status="reverted"[^}]*} ${first.length}`))
    expect(metrics).not.toMatch(/plimsoll_receipts_total{[^}]*status="included"[^}]*} (?!0$)/m)
    expect(metrics).not.toMatch(/plimsoll_realised_profit_ether_total{[^}]*} (?!0$)/m)
    expect(metrics).toMatch(/plimsoll_realised_loss_ether_total{via="public"[^}]*} 0\.0/)
    const position = first[0]?.steps[0]?.position
    const { sandbox } = world
    await sandbox.movePools({ WETH: 280_000_000_000n })
    await keeper.block()
    await keeper.block()
    expect(
      keeper
        .intents()
        .slice(first.length)
        .flatMap(({ steps }) => steps.map((step) => step.position)),
    ).toContain(position)
    expect(included(keeper).length).toBeGreaterThan(0)
    await keeper.stop()
  })

  it('a profit far beyond what the bonus pays is bad data: nothing is sent, its markets are halted, over restarts too', async () => {
    const keeper = await start()
    const before = world.sandbox.sends()
    await world.sandbox.movePools({ WETH: 1_500_000_000_000n })
    await world.sandbox.setPrice('WETH', 280_000_000_000n)
    await keeper.block()
    await keeper.block()
    const reasons = keeper.journal.select({ streams: ['verdict'] }).map(({ record }) => record.reason)
    expect(reasons).toContain('too-good')
    const guards = keeper.guards.state().map(({ name }) => name)
    // Each pool's by itself: what is wrong here is wrong for all of them.
    expect(guards.length).toBeGreaterThan(0)
    for (const guard of guards) expect(guard).toMatch(/^too-good:0x/)
    await world.price('WETH', 2_790)
    await keeper.block()
    await keeper.stop()
    const again = await world.live(keeper.config)
    await again.block()
    expect(again.guards.state().map(({ name }) => name)).toEqual(guards)
    expect(again.intents()).toEqual([])
    expect(world.sandbox.sends() - before).toBe(0)
    for (const guard of guards) await again.guards.close(guard)
    for (let blocks = 0; blocks < 3; blocks += 1) await again.block()
    expect(included(again).length).toBeGreaterThan(0)
    await again.stop()
  })
})
