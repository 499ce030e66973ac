import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { deployAndConfigure } from '../../src/cli/demo/deploy-and-configure.ts'
import { sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { root } from '../walls/source-files.ts'
import { run, until } from './process.ts'

export type KeeperProcess = {
  readonly sandbox: Sandbox
  readonly folder: string
  /** Of its metrics. */
  readonly port: number
  readonly said: () => string
  /** One block, and the keeper has followed it and come to rest. */
  readonly block: () => Promise<number>
  /** Feeds and pools brought to prices in dollars with 8 decimals: the transactions land in the next block. */
  readonly prices: (prices: Parameters<Sandbox['movePools']>[0]) => Promise<void>
  readonly metric: (name: string) => Promise<number>
  readonly stop: () => Promise<void>
}

export type KeeperProcessOptions = SandboxOptions & {
  readonly isSocket?: boolean
  /** Further lines of the configuration. */
  readonly more?: string
  /** Once the chain is there, and before the keeper is. */
  readonly before?: (sandbox: Sandbox) => Promise<void>
}

/** `plimsoll run` as an operator starts it, on a private chain of its own. */
export async function startKeeper(options: KeeperProcessOptions): Promise<KeeperProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-ops-'))
  const sandbox = await startSandbox(options)
  await options.before?.(sandbox)
  const file = join(folder, 'plimsoll.yaml')
  const { text } = await deployAndConfigure(sandbox, {
    journalPath: join(folder, 'journal.sqlite'),
    isSocket: options.isSocket === true,
  })
  writeFileSync(file, `${text}http:\n  port: 0\n${options.more ?? ''}`)
  const tool = { command: process.execPath, before: [] }
  const env = { ...process.env, ...sandboxEnv(sandbox) }
  const keeper = run(tool, [join(root, 'src', 'main.ts'), 'run', '--config', file], folder, env)
  await until('the keeper is synced', () => keeper.said().includes('"event":"synced"'), keeper, 60_000)
  const port = Number(/"event":"serving".*?"port":(\d+)/.exec(keeper.said())?.[1])
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    const lines = text.split('\n').filter((line) => line.startsWith(name))
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }
  return {
    ...{ sandbox, folder, port, metric, said: keeper.said },
    block: async () => {
      const { number } = await sandbox.mine()
      await until(`block ${number} is followed`, async () => (await metric('plimsoll_head_number ')) >= number, keeper)
      await rested(() => metric('plimsoll_stage_duration_seconds_count'))
      return number
    },
    prices: async (prices) => {
      await sandbox.movePools(prices)
      for (const [symbol, dollars] of Object.entries(prices) as [Parameters<Sandbox['setPrice']>[0], bigint][])
        await sandbox.setPrice(symbol, dollars)
    },
    stop: async () => {
      await keeper.stop()
      await sandbox.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Until nothing more is judged: a figure that is the same three times in a row. */
async function rested(figure: () => Promise<number>): Promise<void> {
  for (let [same, before] = [0, Number.NaN]; same < 3; ) {
    const now = await figure()
    same = now === before ? same + 1 : 0
    before = now
    await sleep(100)
  }
}
