import { constants } from 'node:os'
import { isatty } from 'node:tty'
import password from '@inquirer/password'
import { askTerminal } from './cli/ask-terminal.ts'
import type { Context } from './cli/context.ts'
import { main } from './cli/main.ts'

const stop = new AbortController()
let stoppedAtMs = 0

/** The first asks for a clean end, a later one does not wait. A wrapper may pass on what a terminal sent already. */
function onStop(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
  const isEcho = stop.signal.aborted && Date.now() - stoppedAtMs < 500
  if (isEcho) return
  if (stop.signal.aborted) process.exit(128 + constants.signals[signal])
  stoppedAtMs = Date.now()
  stop.abort(signal)
  // A verb that has nothing to bring to an end hears nothing of it.
  if (!isLongLived) process.exit(128 + constants.signals[signal])
}

const verb = process.argv[2]
const isWorker = verb === 'backtest' && process.argv.includes('--worker')
const isLongLived = verb === 'run' || verb === 'demo' || verb === 'replay' || isWorker
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => onStop(signal))

const reloadHandlers: (() => void)[] = []
const hadTerminal = isatty(2)
process.on('SIGHUP', () => {
  // A terminal that goes away sends the same.
  if (reloadHandlers.length === 0 || (hadTerminal && !isatty(2))) return onStop('SIGHUP')
  for (const handler of reloadHandlers) handler()
})

const killHandlers: (() => void)[] = []
process.on('SIGUSR2', () => {
  for (const handler of killHandlers) handler()
})

const context: Context = {
  out: (text) => process.stdout.write(text),
  say: (text) => process.stderr.write(text),
  env: process.env,
  isTerminal: process.stderr.isTTY === true,
  ...(process.stdin.isTTY === true
    ? {
        prompt: (message: string) => password({ message }, { output: process.stderr }),
        ask: askTerminal(process.stderr),
      }
    : {}),
  stop: stop.signal,
  onReloadSignal: (handler) => reloadHandlers.push(handler),
  onKillSignal: (handler) => killHandlers.push(handler),
}

const code = await main(process.argv.slice(2), context)
// What is still in a pipe must arrive before the process ends.
process.stdout.write('', () => process.exit(code))
