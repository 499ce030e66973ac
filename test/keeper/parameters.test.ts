import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Interface, keccak256 } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { deployTimelock, type Operation, type Timelock } from '../../sandbox/deploy/timelock.ts'
import { signerOf } from '../../sandbox/signer.ts'
import { sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { command } from '../cli/command.ts'
import { type Live, type Rig, rig } from './rig.ts'

const configurator = new Interface(['function configureReserveAsCollateral(address, uint256, uint256, uint256)'])
const delay = 600

/** What makes the plain position, opened at a health of 1.05 with a threshold of 83 %, liquidatable. */
const cutOn = (world: Rig, thresholdBps: number): Operation => ({
  to: world.sandbox.addresses.aave['3.6'].configurator,
  data: configurator.encodeFunctionData('configureReserveAsCollateral', [
    ...[world.sandbox.addresses.tokens.WETH.address, 7_000, thresholdBps, 10_500],
  ]) as Hex,
})

type Kept = { receipt: { block: number; status: string; plan: string }; exactness: object; gained: bigint }
const receiptsOf = (keeper: Live): readonly Kept[] =>
  keeper.journal.select({ streams: ['receipt'] }).map(({ record }) => record as never as Kept)

/** All that landed, exact to the wei, in that block, and named so. */
function expectExact(keeper: Live, block: number, trigger: string): void {
  const landed = receiptsOf(keeper).filter(({ receipt }) => receipt.block === block)
  expect(landed.length).toBeGreaterThan(0)
  for (const { receipt, exactness, gained } of landed) {
    expect(receipt.status).toBe('included')
    expect(exactness).toMatchObject({ isComparable: true, profit: 0n })
    expect(gained).toBeGreaterThan(0n)
  }
  const plans = landed.map(({ receipt }) => receipt.plan)
  for (const intent of keeper.intents().filter(({ plan }) => plans.includes(plan)))
    expect(intent).toMatchObject({ trigger, readsWhileDeciding: 0 })
  expect(keeper.faults).toEqual([])
}

/** Who of the sandbox's borrowers stands behind an attempt that landed in the block. */
const takenIn = (world: Rig, keeper: Live, block: number): readonly string[] => {
  const plans = receiptsOf(keeper)
    .filter(({ receipt }) => receipt.block === block)
    .map(({ receipt }) => receipt.plan)
  const positions = keeper.intents().flatMap(({ plan, steps }) => (plans.includes(plan) ? steps : []))
  const { borrowers } = world.sandbox.accounts
  return positions.flatMap(({ position }) => borrowers.find((one) => position.endsWith(one.address))?.label ?? [])
}

describe('a liquidation threshold that is cut', () => {
  let world: Rig
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', aave: ['3.6'], traffic: true })
  })
  afterAll(() => world?.end())

  it('makes positions liquidatable: they are liquidated in the block after it, as by a parameter', async () => {
    const { sandbox } = world
    const keeper = await world.live((await world.configure()).config)
    await signerOf(sandbox.rpc, sandbox.accounts.deployer, sandbox.chainId).send(cutOn(world, 7_800))
    await keeper.block()
    expect(receiptsOf(keeper)).toEqual([])
    const block = await keeper.block()
    expectExact(keeper, block, 'parameter')
    expect(takenIn(world, keeper, block)).toEqual(expect.arrayContaining(['plain', 'small']))
    await keeper.stop()
  })
})

describe('a threshold cut that waits behind a timelock', () => {
  let world: Rig
  let keeper: Live
  let timelock: Timelock
  let text: string
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', aave: ['3.6'], traffic: true })
    timelock = await deployTimelock(world.sandbox, '3.6', delay)
    const made = await world.configure()
    text = `${made.text}timelocks: ["${timelock.address}"]\n`
    keeper = await world.live({ ...made.config, timelocks: [timelock.address] })
  })
  afterAll(() => world?.end())

  it('is in the calendar, with its second, whom it pushes over, and what that is worth', async () => {
    await timelock.schedule(cutOn(world, 7_800))
    await keeper.block()
    const scheduledAt = keeper.keeper.head()!.block.timestamp
    const file = join(world.folder, 'calendar.yaml')
    writeFileSync(file, text)
    const { out, code } = await command(['calendar', '--json', '--config', file], sandboxEnv(world.sandbox))
    expect(code).toBe(0)
    const { entries } = JSON.parse(out) as {
      entries: { what: string; at: number; positions: string[]; worth: string }[]
    }
    const entry = entries.find(({ what }) => what === 'parameter-queued')!
    expect(entry.at).toBe(scheduledAt + delay)
    const owner = world.sandbox.accounts.borrowers.find(({ label }) => label === 'plain')!.address
    expect(entry.positions.some((id) => id.endsWith(owner))).toBe(true)
    expect(BigInt(entry.worth)).toBeGreaterThan(10n ** 15n)
  })

  it('too early, or cancelled out of the mempool, its execution brings no act', async () => {
    keeper.live.pending(await timelock.signExecution(cutOn(world, 7_800)))
    await keeper.block()
    keeper.live.pending(await timelock.signExecution(cutOn(world, 7_000)))
    await keeper.block()
    expect(keeper.intents()).toEqual([])
  })

  it('is followed in its own block, once its execution is seen in the mempool', async () => {
    const { sandbox } = world
    await sandbox.mine({ timestamp: keeper.keeper.head()!.block.timestamp + delay })
    await keeper.block()
    const raw = await timelock.signExecution(cutOn(world, 7_800))
    await sandbox.rpc.request('eth_sendRawTransaction', [raw])
    keeper.live.pending(raw)
    while (keeper.live.isBehind()) await new Promise((resolve) => setTimeout(resolve, 2))
    await keeper.keeper.idle()
    const hashes = keeper.intents().map(({ hash }) => hash as string)
    expect(hashes.length).toBeGreaterThan(0)
    const number = await keeper.block()
    const receipts = (await sandbox.rpc.request('eth_getBlockReceipts', [`0x${number.toString(16)}`])) as {
      transactionHash: string
      status: string
    }[]
    expect(receipts[0]).toMatchObject({ transactionHash: keccak256(raw), status: '0x1' })
    expect(receipts[1]?.status).toBe('0x1')
    expect(hashes).toContain(receipts[1]?.transactionHash)
    expectExact(keeper, number, 'parameter-queued')
    // Whom no bundle reached is liquidated in the block after it.
    const next = await keeper.block()
    const taken = [...takenIn(world, keeper, number), ...takenIn(world, keeper, next)]
    expect(taken).toEqual(expect.arrayContaining(['plain', 'small']))
  })
})
