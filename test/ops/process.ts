import { type ChildProcess, spawn } from 'node:child_process'
import { vi } from 'vitest'
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

/** Waits until it answers; shows what the process said where it never does. */
export async function answers(url: string, { said }: Process): Promise<void> {
  await vi.waitFor(
    async () => {
      const response = await fetch(url).catch(() => null)
      if (response?.ok !== true) throw new Error(`${url} does not answer: ${said().slice(-2_000)}`)
    },
    { timeout: 30_000, interval: 50 },
  )
}
