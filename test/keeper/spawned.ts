import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Receipt } from '#core/receipt.ts'
import { projectRoot } from '../../contracts/compile.ts'
import type { AttemptEvent, Intent } from '../../src/execution/intent.ts'
import { readJournal } from '../../src/journal/open-journal.ts'

export type Spawned = {
  readonly pid: number
  /** All it wrote to standard error so far. */
  readonly said: () => string
  readonly signal: (name: NodeJS.Signals) => void
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  readonly hasEnded: () => boolean
  /** Number of the newest block it has followed. */
  readonly head: () => number
}

/** `plimsoll run` as an operator starts it: the real command, a process of its own, told nothing but a file and keys. */
export function spawnRun(
  folder: string,
  config: string,
  env: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Spawned {
  const file = join(folder, 'plimsoll.yaml')
  writeFileSync(file, `${config}http:\n  port: 0\nlog:\n  level: debug\n`)
  const child = spawn(process.execPath, [join(projectRoot, 'bin', 'plimsoll.js'), 'run', '--config', file, ...more], {
    cwd: folder,
    env: { ...env, PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  let hasEnded = false
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      hasEnded = true
      resolve(code ?? signal ?? 1)
    })
  })
  return {
    pid: child.pid ?? 0,
    said: () => said,
    signal: (name) => child.kill(name),
    ended,
    hasEnded: () => hasEnded,
    head: () => Number(/"msg":"head (\d+)"/.exec(said.slice(said.lastIndexOf('"msg":"head ')))?.[1] ?? 0),
  }
}

/** Resolves when it holds; says what the command said where it does not within the time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, run?: Spawned): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await holds())) {
    if (run?.hasEnded() === true) throw new Error(`${what}: it ended before\n${run.said().slice(-4_000)}`)
    if (Date.now() > deadline) throw new Error(`${what}: not within 60 s\n${run?.said().slice(-4_000) ?? ''}`)
    await sleep(10)
  }
}

export type Kept = {
  readonly intents: readonly Intent[]
  readonly attempts: readonly AttemptEvent[]
  readonly receipts: readonly {
    readonly plan: string
    readonly receipt: Pick<Receipt, 'transactionHash' | 'outcomes'>
  }[]
  readonly verdicts: readonly { readonly do: string; readonly reason: string; readonly detail: string }[]
}

/** What stands in a journal, also while it is written. */
export function kept(path: string): Kept {
  const journal = readJournal(path)
  const of = <T>(stream: string): readonly T[] =>
    journal.select({ streams: [stream] }).map(({ record }) => record as unknown as T)
  try {
    return { intents: of('intent'), attempts: of('attempt'), receipts: of('receipt'), verdicts: of('verdict') }
  } finally {
    journal.close()
  }
}
