import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { deployAndConfigure } from '../../src/cli/demo/deploy-and-configure.ts'
import { type SandboxConfigOptions, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { type OpenKeeper, openKeeper } from '../../src/cli/open-keeper.ts'
import type { Config } from '../../src/config/config.ts'
import type { KeeperEvents } from '../../src/engine/events.ts'
import type { AttemptEvent, Intent } from '../../src/execution/intent.ts'
import { readJournal } from '../../src/journal/open-journal.ts'
import { openKeys } from '../../src/keys/open-keys.ts'
import { createObserve } from '../../src/observe/create-observe.ts'
import type { Observe } from '../../src/observe/observe.ts'
import type { RunTape } from '../../src/recording/run-tape.ts'

export type Symbol = Parameters<Sandbox['setPrice']>[0]
export type Live = OpenKeeper & {
  /** What stands in its file, also while it writes. */
  readonly journal: ReturnType<typeof readJournal>
  readonly config: Config
  readonly lines: string[]
  readonly faults: Error[]
  /** Mines one block and waits until the keeper has come to rest on it. */
  readonly block: () => Promise<number>
  /** Metrics and health, as the server would show them. */
  readonly observe: Observe
  readonly intents: () => readonly Intent[]
  readonly attempts: () => readonly AttemptEvent[]
  readonly stop: () => Promise<void>
}
export type Rig = {
  readonly sandbox: Sandbox
  readonly folder: string
  readonly configure: (
    options?: Partial<Omit<SandboxConfigOptions, 'executor'>>,
  ) => Promise<{ config: Config; text: string }>
  /** A keeper started on the chain, with the configuration changed where a test wants it. */
  readonly live: (config: Config, also?: Partial<KeeperEvents>, tape?: RunTape) => Promise<Live>
  /** Feeds and pools brought to a price: the transactions land in the next block. */
  readonly price: (symbol: Symbol, dollars: number) => Promise<void>
  readonly end: () => Promise<void>
}

/** Somebody's call, without a key, in a block of its own; it must succeed. */
export async function sendAs(
  { sandbox: { rpc } }: Rig,
  keeper: Live,
  { from, to, data, value = 0n }: { from: Address; to: Address; data: string; value?: bigint },
): Promise<void> {
  await rpc.request('anvil_impersonateAccount', [from])
  const call = { from, to, data, value: `0x${value.toString(16)}`, gas: '0xf4240', maxFeePerGas: '0x2540be400' }
  const hash = await rpc.request('eth_sendTransaction', [{ ...call, maxPriorityFeePerGas: '0x0' }])
  await keeper.block()
  const receipt = (await rpc.request('eth_getTransactionReceipt', [hash])) as { readonly status: string }
  if (receipt.status !== '0x1') throw new KeeperError('reverted', `${data.slice(0, 10)} from ${from} to ${to}`)
}

/** A private chain of its own for one test file. */
export async function rig(options: SandboxOptions = {}): Promise<Rig> {
  const sandbox = await startSandbox(options)
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-test-'))
  const living: Live[] = []
  let journals = 0
  return {
    sandbox,
    folder,
    configure: (more = {}) =>
      deployAndConfigure(sandbox, { journalPath: join(folder, `journal-${++journals}.sqlite`), ...more }),
    live: async (config, also = {}, tape) => {
      const one = await start(sandbox, config, also, tape)
      living.push(one)
      return one
    },
    price: async (symbol, dollars) => {
      const usd = BigInt(Math.round(dollars * 1e8))
      await sandbox.movePools({ [symbol]: usd })
      await sandbox.setPrice(symbol, usd)
    },
    end: async () => {
      for (const one of living) await one.stop()
      await sandbox.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Whose journal is a database: it is read there. */
const noFile: ReturnType<typeof readJournal> = {
  select: () => {
    throw new Error('its journal is a database: read it there')
  },
  close: () => undefined,
}

async function start(
  sandbox: Sandbox,
  config: Config,
  also: Partial<KeeperEvents>,
  tape: RunTape | null = null,
): Promise<Live> {
  const lines: string[] = []
  const faults: Error[] = []
  const keys = await openKeys(config.keys, { env: sandboxEnv(sandbox), warn: (text) => lines.push(text) })
  const observe = createObserve({ level: 'debug', isPretty: false, write: (line) => lines.push(line) })
  const { chain, submission } = config
  observe.starting({
    ...{ chainId: chain.id, blockSeconds: chain.blockSeconds, via: submission.via, isDryRun: submission.dryRun },
    ...{ protocols: config.protocols.map(({ label }) => label), version: 'test' },
  })
  const heard = { ...also, fault: (error: Error) => faults.push(error) }
  const opened = await openKeeper(config, keys, observe, heard, tape)
  await opened.keeper.start()
  opened.stand()
  const journal = config.journal.url === null ? readJournal(config.journal.path) : noFile
  const running = opened.keeper.run()
  let isStopped = false
  return {
    ...opened,
    journal,
    config,
    observe,
    lines,
    faults,
    block: async () => {
      const { number } = await sandbox.mine()
      while ((opened.keeper.head()?.block.number ?? 0) < number) await sleep(5)
      await opened.keeper.idle()
      return number
    },
    intents: () => journal.select({ streams: ['intent'] }).map(({ record }) => record as unknown as Intent),
    attempts: () => journal.select({ streams: ['attempt'] }).map(({ record }) => record as unknown as AttemptEvent),
    stop: async () => {
      if (isStopped) return
      isStopped = true
      opened.live.close()
      await running
      journal.close()
      await opened.close()
    },
  }
}
