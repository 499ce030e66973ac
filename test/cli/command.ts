import type { Ask } from '../../src/cli/ask.ts'
import type { Context } from '../../src/cli/context.ts'
import { main } from '../../src/cli/main.ts'

export type Ended = { readonly code: number; readonly out: string; readonly said: string }
export type Started = {
  readonly ended: Promise<Ended>
  readonly stop: (signal: string) => void
  readonly said: () => string
  readonly out: () => string
}

/** All that any verb printed: no secret may ever be in it. */
export const everything: string[] = []

/** Starts a verb in this process, as the terminal would, and collects all it says. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  ask: Ask | null = null,
): Started {
  const stop = new AbortController()
  let out = ''
  let said = ''
  const context: Context = {
    out: (text) => {
      out += text
    },
    say: (text) => {
      said += text
    },
    env,
    isTerminal: false,
    ...(ask === null ? {} : { ask }),
    stop: stop.signal,
    onKillSignal: () => undefined,
  }
  const ended = main(args, context).then((code) => {
    everything.push(out, said)
    return { code, out, said }
  })
  return { ended, stop: (signal) => stop.abort(signal), said: () => said, out: () => out }
}

export const command = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  ask: Ask | null = null,
): Promise<Ended> => start(args, env, ask).ended
