import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { usd } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { deployAndConfigure } from '../../src/cli/demo/deploy-and-configure.ts'
import { sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { root } from '../walls/source-files.ts'
import { command } from './command.ts'

/** `plimsoll run` as an operator starts it: a process, a configuration, and a chain known by its addresses alone. */
const folder = mkdtempSync(join(tmpdir(), 'live-run-'))
const file = join(folder, 'plimsoll.yaml')
let sandbox: Sandbox
let keeper: ChildProcess
let said = ''

beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few' })
  const { text } = await deployAndConfigure(sandbox, { journalPath: join(folder, 'journal.sqlite') })
  writeFileSync(file, `${text}http:\n  port: 0\nlog:\n  level: debug\n`)
  keeper = spawn('bash', ['-c', `exec node '${join(root, 'bin', 'plimsoll.js')}' run --config '${file}'`], {
    env: { ...process.env, ...sandboxEnv(sandbox) },
  })
  keeper.stderr?.on('data', (part) => {
    said += part
  })
  await vi.waitFor(() => expect(said).toContain('"event":"synced"'), { timeout: 30_000 })
})
afterAll(async () => {
  keeper.kill('SIGKILL')
  await sandbox.stop()
})

const count = (event: string): number => said.split(`"event":"${event}"`).length - 1
const metric = async (name: string): Promise<number> => {
  const port = /"port":(\d+)/.exec(said)?.[1]
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(name))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
/** One block, followed to its end: whatever was sent for the next has left. */
async function block(): Promise<void> {
  const { number } = await sandbox.mine()
  await expect.poll(() => said, { timeout: 20_000 }).toContain(`"msg":"head ${number}"`)
  await sleep(700)
}
async function price(dollars: number): Promise<void> {
  const prices = { WETH: usd(dollars) }
  await sandbox.movePools(prices)
  await sandbox.setPrice('WETH', prices.WETH)
}

describe('plimsoll run, live', () => {
  it('liquidates through the relay when the price falls, and says so everywhere', { timeout: 120_000 }, async () => {
    await block()
    expect(count('sent')).toBe(0)
    await price(2_600)
    for (let blocks = 0; blocks < 4; blocks++) await block()
    const { out } = await command(['history', '--config', file, '--status', 'included', '--json'], sandboxEnv(sandbox))
    const included = JSON.parse(out) as {
      plan: string
      positions: string[]
      via: string
      tx: string
      net: Record<string, string>
    }[]
    expect(included.length).toBeGreaterThan(0)
    for (const one of included) {
      expect(one).toMatchObject({ via: 'bundle', tx: expect.stringMatching(/^0x/) })
      expect(BigInt(one.net.actual!)).toBeGreaterThan(0n)
    }
    const explained = await command(['explain', included[0]!.positions[0]!, '--config', file], sandboxEnv(sandbox))
    expect(explained.out).toMatch(/act[\s\S]*intent[\s\S]*included[\s\S]*swapOut/)
    expect(await metric('plimsoll_receipts_total{via="bundle",status="included"')).toBe(included.length)
    expect(await metric('plimsoll_realised_profit_ether_total')).toBeGreaterThan(0)
    expect(await metric('plimsoll_lane_balance_ether')).toBeGreaterThan(0)
  })

  it('sends nothing any more once SIGUSR2 was given, and goes on once the guard is closed', {
    timeout: 120_000,
  }, async () => {
    keeper.kill('SIGUSR2')
    await expect.poll(() => said).toContain('guard kill: SIGUSR2')
    const before = sandbox.sends()
    const held = async (): Promise<number> =>
      metric('plimsoll_verdicts_total{strategy="aave-v3",trigger="update-landed",do="skip",reason="guard-open"}')
    await price(2_000)
    await block()
    await block()
    // The oracle's and the trader's own transactions go to the node itself and are not counted.
    expect(sandbox.sends()).toBe(before)
    expect(await held()).toBeGreaterThan(0)
    const env = sandboxEnv(sandbox)
    expect((await command(['guards', '--config', file], env)).out).toMatch(/kill.*SIGUSR2/)
    expect(await command(['guards', 'close', 'kill', '--config', file], env)).toMatchObject({ code: 0 })
    await expect.poll(() => said, { timeout: 5_000 }).toContain('guard kill: closed')
    await block()
    await block()
    expect(sandbox.sends()).toBeGreaterThan(before)
  })

  it('ends cleanly on SIGTERM', async () => {
    const ended = new Promise((done) => keeper.on('exit', (code, signal) => done({ code, signal })))
    keeper.kill('SIGTERM')
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(said).toContain('"event":"stopped"')
    expect(said).not.toContain('"level":"fatal"')
  })
})
