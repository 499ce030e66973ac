import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { projectRoot } from '../../contracts/compile.ts'
import { sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { type Cut, startCut } from './cut.ts'
import type { Rig } from './rig.ts'

type Line = { readonly event?: string; readonly number?: number; readonly epoch?: number }

/** One of several keepers with one journal: `plimsoll run` in a process of its own, which a test may part from all. */
export type Keeping = {
  readonly name: string
  readonly node: Cut
  readonly database: Cut
  readonly isLeading: () => boolean
  readonly isUp: () => boolean
  readonly head: () => number
  /** When it last began to lead, on this process's clock. */
  readonly tookAtMs: () => number
  readonly signal: (name: NodeJS.Signals) => void
  /** Starts it again, after a kill. */
  readonly start: () => void
  readonly tail: () => string
  readonly stop: () => Promise<void>
}

export async function keeping(world: Rig, name: string, text: string, databaseUrl: string): Promise<Keeping> {
  const { sandbox } = world
  const node = await startCut(Number(new URL(sandbox.proxy.wsUrl).port))
  const database = await startCut(Number(new URL(databaseUrl).port))
  const folder = join(world.folder, name)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'plimsoll.yaml')
  const own = text.replace(/ {2}rpc: .*\n/, `  rpc: ws://127.0.0.1:${node.port}\n`)
  writeFileSync(file, `${own}http:\n  port: 0\nlog:\n  level: debug\n`)
  const env = { ...sandboxEnv(sandbox), DATABASE_URL: databaseUrl.replace(/:\d+\//, `:${database.port}/`) }
  const command = [join(projectRoot, 'bin', 'plimsoll.js'), 'run', '--config', file]
  let child: ChildProcess
  let state = { isLeading: false, isUp: false, head: 0, tookAtMs: 0, tail: [] as string[] }
  const start = (): void => {
    state = { ...state, isLeading: false, isUp: false, head: 0 }
    const mine = state
    child = spawn(process.execPath, command, {
      cwd: folder,
      env: { ...env, PATH: process.env.PATH },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => hear(mine, line))
  }
  start()
  return {
    ...{ name, node, database, start },
    isLeading: () => state.isLeading,
    isUp: () => state.isUp,
    head: () => state.head,
    tookAtMs: () => state.tookAtMs,
    signal: (signal) => void child.kill(signal),
    tail: () => state.tail.join('\n'),
    stop: async () => {
      child.kill('SIGCONT')
      child.kill('SIGKILL')
      await Promise.all([node.stop(), database.stop()])
    },
  }
}

const tailMost = 60

function hear(
  state: { isLeading: boolean; isUp: boolean; head: number; tookAtMs: number; tail: string[] },
  line: string,
): void {
  let said: Line = {}
  try {
    said = JSON.parse(line) as Line
  } catch {
    // Something that is no log line: it is kept for whoever looks into a failure.
  }
  if (said.event !== 'verdict' && said.event !== 'head') state.tail.push(line.slice(0, 400))
  if (state.tail.length > tailMost) state.tail.shift()
  if (said.event === 'synced') state.isUp = true
  if (said.event === 'head') state.head = said.number ?? 0
  if (said.event === 'lease-taken') {
    state.isLeading = true
    state.tookAtMs = performance.now()
  }
  if (said.event === 'lease-lost') state.isLeading = false
}
