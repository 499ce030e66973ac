import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Tool } from './tools.ts'

export type Process = { readonly said: () => string; readonly stop: () => Promise<void> }

/** A program that runs until it is stopped; what it said is shown where it ends early. */
export function run({ command, before }: Tool, args: readonly string[], cwd: string, env = process.env): Process {
  const child = spawn(command, [...before, ...args], { cwd, env })
  let said = ''
  const hear = (part: Buffer): void => {
    said += part
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<void>((done) => {
    child.on('exit', () => done())
    child.on('error', (error) => {
      said += error.message
      done()
    })
  })
  return {
    said: () => said,
    stop: async () => {
      child.kill('SIGTERM')
      await Promise.race([ended, killedAfter(child, 5_000)])
      await ended
    },
  }
}

const killedAfter = (child: ChildProcess, ms: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(() => {
      child.kill('SIGKILL')
      done()
    }, ms).unref()
  })

/** Resolves when it holds; shows what the process said where it does not within the time. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { said }: Pick<Process, 'said'>,
  patienceMs = 30_000,
): Promise<void> {
  for (const end = Date.now() + patienceMs; !(await holds()); await sleep(50))
    if (Date.now() > end) throw new Error(`${what}: not within ${patienceMs} ms: ${said().slice(-2_000)}`)
}

export const answers = (url: string, process: Process): Promise<void> =>
  until(`${url} answers`, async () => (await fetch(url).catch(() => null))?.ok === true, process)
