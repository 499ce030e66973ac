import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checksummed } from '#core/address.ts'
import { sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { command } from '../cli/command.ts'
import { type Rig, rig } from './rig.ts'
import { kept, type Spawned, spawnRun, until } from './spawned.ts'

describe('plimsoll run --config <file>', () => {
  let world: Rig
  let text: string
  let env: Record<string, string>
  const runs: Spawned[] = []
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true })
    text = (await world.configure()).text
    env = { ...sandboxEnv(world.sandbox) }
  })
  afterAll(async () => {
    for (const run of runs) run.signal('SIGKILL')
    await world?.end()
  })

  /** A folder of its own, so that each has a journal and a kill file of its own. */
  const folderOf = (name: string): string => {
    const folder = join(world.folder, name)
    mkdirSync(folder, { recursive: true })
    return folder
  }
  const start = (folder: string, change = (same: string): string => same): Spawned => {
    const own = text.replace(/ {2}path: .*journal.*\n/, '  path: journal.sqlite\n')
    const run = spawnRun(folder, change(own), env)
    runs.push(run)
    return run
  }
  const synced = (run: Spawned): Promise<void> => until('synced', () => run.said().includes('"event":"synced"'), run)
  const mine = async (run: Spawned): Promise<void> => {
    const { number } = await world.sandbox.mine()
    await until(`block ${number}`, () => run.head() >= number, run)
  }
  const mineUntil = async (run: Spawned, holds: () => boolean): Promise<void> => {
    for (let blocks = 0; !holds() && blocks < 20; blocks += 1) {
      await mine(run)
      await sleep(150)
    }
    expect(holds()).toBe(true)
  }

  it('needs nothing but the file and the keys, liquidates by bundle, and Ctrl-C ends it with exit 0', async () => {
    const folder = folderOf('bundle')
    const journal = join(folder, 'journal.sqlite')
    const run = start(folder)
    await synced(run)
    await world.price('WETH', 2_800)
    await mineUntil(run, () => kept(journal).receipts.length > 0)
    run.signal('SIGINT')
    expect(await run.ended).toBe(0)
    expect(run.said()).toMatch(/"why":"SIGINT"[\s\S]*"msg":"stopped"/)
    const { attempts, receipts, intents } = kept(journal)
    expect(attempts.some(({ status }) => status === 'included')).toBe(true)
    for (const { receipt } of receipts) expect(intents.map(({ hash }) => hash)).toContain(receipt.transactionHash)
    for (const secret of Object.values(env)) expect(run.said()).not.toContain(secret.slice(2))
  })

  it("refuses a configuration with someone else's receiver, and sends nothing", async () => {
    const before = world.sandbox.sends()
    const { sink, trader } = world.sandbox.accounts
    const run = start(folderOf('sink'), (own) => own.replace(checksummed(sink.address), checksummed(trader.address)))
    expect(await run.ended).not.toBe(0)
    expect(run.said()).toMatch(/sink/)
    expect(run.said()).not.toContain('"event":"synced"')
    expect(world.sandbox.sends()).toBe(before)
  })

  const held = (folder: string): boolean =>
    kept(join(folder, 'journal.sqlite')).verdicts.some(
      ({ reason, detail }) => reason === 'guard-open' && /kill/.test(detail),
    )

  it('SIGUSR2 stops sending at once, and a restart is stopped still, until an operator closes the guard', async () => {
    const folder = folderOf('signal')
    const first = start(folder)
    await synced(first)
    first.signal('SIGUSR2')
    await until('killed', () => first.said().includes('"guard":"kill"'), first)
    const before = world.sandbox.sends()
    await world.price('WETH', 2_500)
    await mineUntil(first, () => held(folder))
    first.signal('SIGKILL')
    await first.ended
    const second = start(folder)
    await synced(second)
    await mine(second)
    await mine(second)
    expect(kept(join(folder, 'journal.sqlite')).intents).toEqual([])
    expect(world.sandbox.sends() - before).toBe(0)
    writeFileSync(join(folder, 'plimsoll.kill.close'), 'kill\n')
    await mineUntil(second, () => kept(join(folder, 'journal.sqlite')).receipts.length > 0)
    second.signal('SIGTERM')
    expect(await second.ended).toBe(0)
  })

  it('`guards kill` writes the kill file, which stops sending at once and over restarts, until `guards close kill`', async () => {
    const folder = folderOf('file')
    const file = join(folder, 'plimsoll.kill')
    const first = start(folder)
    await synced(first)
    const guards = (...args: string[]) => command(['guards', ...args, '--config', join(folder, 'plimsoll.yaml')], env)
    expect((await guards('kill', 'odd prices')).code).toBe(0)
    expect(existsSync(file)).toBe(true)
    const before = world.sandbox.sends()
    await world.price('WBTC', 45_000)
    await world.price('WETH', 2_300)
    await mineUntil(first, () => held(folder))
    first.signal('SIGINT')
    expect(await first.ended).toBe(0)
    const second = start(folder)
    await synced(second)
    await mine(second)
    expect(world.sandbox.sends() - before).toBe(0)
    expect((await guards('close', 'kill')).code).toBe(0)
    expect(existsSync(file)).toBe(false)
    await mineUntil(second, () => kept(join(folder, 'journal.sqlite')).receipts.length > 0)
  })
})
