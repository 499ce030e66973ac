import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Wallet } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Address, checksummed, type Hex } from '#core/address.ts'
import { deployExecutor } from '../../contracts/deploy-executor.ts'
import { registryFor } from '../../contracts/registry-for.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { type OpenKeeper, openKeeper } from '../../src/cli/open-keeper.ts'
import type { Config } from '../../src/config/config.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Settled } from '../../src/engine/receipt.ts'
import type { Intent } from '../../src/execution/intent.ts'
import { openKeys } from '../../src/keys/open-keys.ts'
import { createObserve } from '../../src/observe/create-observe.ts'
import type { LiquityGround } from '../../strategies/liquity/fixture/index.ts'
import fixture from '../../strategies/liquity/fixture/index.ts'
import { headView } from '../conformance/follower.ts'

const deployment = fixture.deployments[0]!

describe('a keeper with the real executor, on the Zero fork', () => {
  let sandbox: Sandbox
  let opened: OpenKeeper
  let running: Promise<void>
  let executor: Address
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-liquity-'))
  const faults: Error[] = []

  beforeAll(async () => {
    sandbox = await startSandbox({
      aave: [],
      borrowers: [],
      traffic: true,
      oracle: { WETH: 'ocr2' },
      protocols: [deployment],
    })
    const config = await configured(sandbox, join(folder, 'journal.sqlite'))
    executor = config.executor?.address as Address
    const keys = await openKeys(config.keys, { env: sandboxEnv(sandbox), warn: () => undefined })
    const observe = createObserve({ level: 'warn', isPretty: false, write: () => undefined })
    opened = await openKeeper(config, keys, observe, { fault: (error) => faults.push(error) })
    await opened.keeper.start()
    running = opened.keeper.run()
  }, 120_000)
  afterAll(async () => {
    opened?.live.close()
    await running
    opened?.close()
    await sandbox?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const block = async (): Promise<void> => {
    const { number } = await sandbox.mine()
    while ((opened.keeper.head()?.block.number ?? 0) < number) await sleep(5)
    await opened.keeper.idle()
  }
  const held = async (token: Address): Promise<bigint> =>
    BigInt(
      (await sandbox.rpc.request('eth_call', [
        { to: token, data: `0x70a08231${executor.slice(2).padStart(64, '0')}` },
        'latest',
      ])) as Hex,
    )

  it('liquidates a batch behind a pending price for native currency, to the wei, and keeps the debt token', {
    timeout: 60_000,
  }, async () => {
    const [market] = [...opened.keeper.mirror().books.shelf(liquityKey(opened)).markets()]
    const { debtToken, reserve } = market!.data as unknown as { debtToken: Address; reserve: bigint }
    opened.live.pending(await sandbox.transmit('WETH', 2_550n * 10n ** 8n))
    while (opened.live.isBehind()) await sleep(2)
    await opened.keeper.idle()
    for (let blocks = 0; blocks < 3; blocks += 1) await block()
    const [intent] = opened.journal.select({ streams: ['intent'] }).map(({ record }) => record as unknown as Intent)
    const [settled] = opened.journal.select({ streams: ['receipt'] }).map(({ record }) => record as unknown as Settled)
    expect(faults).toEqual([])
    expect(settled!.receipt.status).toBe('included')
    const [step] = intent!.steps
    const positions = [step!.position, ...(step!.also ?? [])]
    expect(positions.length).toBeGreaterThan(1)
    expect(settled!.exactness).toEqual({ isComparable: true, repay: [0n], seize: [0n], swapOut: [], profit: 0n })
    expect(settled!.gained).toBe(step!.seize)
    expect(intent!.trigger).toBe('update-pending')
    expect(intent!.readsWhileDeciding).toBe(0)
    expect(settled!.receipt.outcomes.map(({ position }) => position)).toEqual(positions)
    expect(await held(debtToken)).toBe(reserve * BigInt(positions.length))
    const { tip } = settled!.receipt.actual
    expect(await held(sandbox.addresses.weth)).toBe(settled!.gained + tip)
    process.stdout.write(
      `${positions.length} troves: predicted ${step!.seize} wei, gained ${settled!.gained} wei, ` +
        `${settled!.gasUsed} gas, ${intent!.gasUnits} guessed\n`,
    )
  })
})

const liquityKey = ({ keeper }: OpenKeeper): string =>
  keeper.mirror().modules.strategies.find(({ name }) => name === 'liquity')?.key ?? ''

/** The sandbox's configuration with this protocol in place of the others, and an executor that its registry serves. */
async function configured(sandbox: Sandbox, journalPath: string): Promise<Config> {
  const { accounts, addresses, rpc } = sandbox
  const ground = sandbox.protocols[0]?.addresses as LiquityGround
  const registry = await discover()
  const read = (at: Address | null): Config => {
    const text = sandboxConfig(sandbox, { executor: at, journalPath, dryRun: at === null })
      .replace(
        /protocols:\n {2}aave-v3:\n/,
        [
          'protocols:\n  liquity:',
          `    - troveManager: "${checksummed(ground.troveManager)}"`,
          `      debtToken: ${ground.debtToken}`,
          `      source: "${checksummed(ground.feed)}"\n`,
        ].join('\n'),
      )
      .replace(/ {2}aave-v3:\n(?=submission)/, '')
    return loadConfig({ file: null, text, env: sandboxEnv(sandbox), flags: {}, registry })
  }
  const draft = read(null)
  const deployed = await deployExecutor({
    rpc,
    wallet: new Wallet(accounts.deployer.privateKey),
    owner: accounts.owner.address,
    operators: accounts.operators.map(({ address }) => address),
    sink: accounts.sink.address,
    delaySeconds: 86_400,
    wrappedNative: addresses.weth,
    registry: await registryFor(await headView(rpc), [...draft.protocols, ...draft.venues, ...draft.flash]),
    onSent: async () => {
      await sandbox.mine()
    },
  })
  return read(deployed.executor)
}
