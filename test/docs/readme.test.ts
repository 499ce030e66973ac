import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { root } from '../walls/source-files.ts'

/**
 * Runs the README's code blocks, line by line and in order, as an operator would: in a folder with a configuration, by
 * a shell. The chain is the sandbox, so the configuration names it.
 */
const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)]
const lines = blocks.flatMap(([, block = '']) => block.split('\n').filter(Boolean))

/** Not run here, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  'npm ci': 'what this test runs in was installed by it',
  'npm test': 'is what runs this',
  'npm run check': 'is a step of its own in .ci/run',
  'npm run demo': 'is run by test/demo, to its last line',
  'npm run fuzz -- --strategy aave-v3 --cases 400 --seed 7': 'is a step of its own in .ci/run',
  'npx plimsoll init --rpc "$RPC_URL" --yes': 'is run by test/cli, with a node of a chain that presets know',
  'docker compose up --build --detach': 'needs a daemon; test/ops runs what it would, without',
  'docker build -t plimsoll .': 'needs a daemon',
  'docker run --read-only --tmpfs /tmp --user "$(id -u):$(id -g)" -v "$PWD:/data" -p 127.0.0.1:9464:9464 plimsoll':
    'needs a daemon',
}

let sandbox: Sandbox
let mining: NodeJS.Timeout
let env: NodeJS.ProcessEnv
const folder = mkdtempSync(join(tmpdir(), 'readme-'))
const file = join(folder, 'plimsoll.yaml')
const journalPath = join(folder, 'plimsoll.sqlite')

beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few' })
  env = {
    ...process.env,
    // An operator's shell has the machine's own Node, whatever its version: the pinned one must be found from there.
    PATH: (process.env.PATH ?? '')
      .split(':')
      .filter((entry) => !entry.includes('node_modules'))
      .join(':'),
    ...sandboxEnv(sandbox),
    OWNER: sandbox.accounts.owner.address,
    SINK: sandbox.accounts.sink.address,
    RPC_URL: sandbox.rpcUrl,
    PLIMSOLL_HTTP_PORT: '0',
  }
  let isMining = false
  mining = setInterval(async () => {
    if (isMining) return
    isMining = true
    await sandbox.mine().catch(() => null)
    isMining = false
  }, 100)
  writeFileSync(join(folder, 'deployments.yaml'), configuration(null))
})
afterAll(async () => {
  clearInterval(mining)
  await sleep(300)
  await sandbox.stop()
})

const configuration = (executor: string | null): string =>
  sandboxConfig(sandbox, { executor: executor as never, journalPath, dryRun: executor === null })

type Ended = { readonly code: number | null; readonly out: string; readonly said: string }

/** `npx` looks for the project around the working folder; here the configuration's folder is another one. */
function begin(line: string): {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly said: () => string
} {
  const text = line.replace('npx plimsoll', `exec node '${join(root, 'bin', 'plimsoll.js')}'`)
  const child = spawn('bash', ['-c', text], { cwd: folder, env })
  let out = ''
  let said = ''
  child.stdout.on('data', (part) => {
    out += part
  })
  child.stderr.on('data', (part) => {
    said += part
  })
  const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, out, said })))
  return { child, ended, said: () => said }
}

/** A run lives until it is told to end; it must have become ready first. */
async function runUntilReady(line: string): Promise<Ended> {
  const { child, ended, said } = begin(line)
  const ready = async (): Promise<number> => {
    const port = /"port":(\d+)/.exec(said())?.[1]
    return port === undefined ? 0 : (await fetch(`http://127.0.0.1:${port}/readyz`)).status
  }
  await expect.poll(ready, { timeout: 30_000, interval: 100, message: said() }).toBe(200)
  child.kill('SIGINT')
  return ended
}

describe('the README', () => {
  it('has code blocks, and every line is run here or is named with the place that runs it', () => {
    expect(lines.length).toBeGreaterThan(15)
    for (const line of lines) expect(elsewhere[line] !== undefined || line.startsWith('npx plimsoll'), line).toBe(true)
    for (const line of Object.keys(elsewhere)) expect(lines).toContain(line)
  })

  it('tells commands that work, in the order it tells them', { timeout: 400_000 }, async () => {
    for (const line of lines.filter((one) => elsewhere[one] === undefined)) {
      // What the README says before it: a key that sends is named.
      if (line.includes('deploy') && !line.includes('--yes')) writeFileSync(file, configuration(null))
      const ended = line === 'npx plimsoll run' ? await runUntilReady(line) : await begin(line).ended
      expect(ended, `${line}\n${ended.out}\n${ended.said}`).toMatchObject({ code: 0 })
      // What the README says to do with the lines that deploy prints.
      const executor = /address: "(0x\w{40})"/.exec(ended.out)?.[1]?.toLowerCase()
      if (line.includes('deploy') && executor !== undefined) writeFileSync(file, configuration(executor))
    }
    const live = readFileSync(file, 'utf8')
    expect(live).toContain('dryRun: false')
  })
})
