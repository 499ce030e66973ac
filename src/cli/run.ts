import type { Command } from 'commander'
import type { Address } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Plain } from '#core/plain.ts'
import { openRpc } from '../chain/open-rpc.ts'
import type { Config } from '../config/config.ts'
import { secretsOf } from '../config/redacted.ts'
import { openToken, type Token } from '../console/open-token.ts'
import { killFile } from '../guards/kill-file.ts'
import type { Keys } from '../keys/key.ts'
import { openKeys } from '../keys/open-keys.ts'
import { masking } from '../observe/create-log.ts'
import { createObserve } from '../observe/create-observe.ts'
import type { Observe } from '../observe/observe.ts'
import { startServer } from '../observe/server.ts'
import { createRunTape, type RunTape } from '../recording/run-tape.ts'
import { alerting } from './alerting.ts'
import { configOptions, type Loaded, loadFrom } from './config-options.ts'
import { openConsole } from './console/open-console.ts'
import type { Context } from './context.ts'
import { hearBoth } from './hear-both.ts'
import { type OpenKeeper, openKeeper } from './open-keeper.ts'
import { promptOf } from './own-key.ts'
import { preflight } from './preflight.ts'
import { createReload, type Reload } from './reload.ts'
import { runHead } from './run-recording.ts'
import { tracesTo } from './traces.ts'
import { version } from './version.ts'
import { watchExecutor } from './watch-executor.ts'

const help = `
Follows the chain, judges every position at every block, and liquidates what pays. A dry run, which is the default,
does all of it but send; submission.dryRun: false sends. /metrics, /healthz, /readyz and the console answer on
http.host:http.port; the console's address, with its token, is printed at a terminal.
Logs go to standard error: lines of JSON, or for people at a terminal. Ctrl-C ends cleanly, a second one at once.

Examples:
  plimsoll run                                 with ./plimsoll.yaml
  plimsoll run -c mainnet.yaml --log-level debug
  plimsoll run --submission-dry-run false      sends
  plimsoll run --record monday.tape            and \`plimsoll replay monday.tape\` lives through it again`

/** `plimsoll run` */
export function addRun(program: Command, context: Context): void {
  configOptions(program.command('run').description('watch the chain and liquidate what pays'))
    .option('--record <file>', 'record what it is told of the world, for `plimsoll replay`')
    .addHelpText('after', help)
    .action(async (options: Record<string, unknown>) =>
      run(
        await loadFrom(options, context),
        () => loadFrom(options, context),
        context,
        typeof options.record === 'string' ? options.record : null,
      ),
    )
}

/** A keeper's life from the configuration to the last line. @throws what keeps it from starting. */
async function run(
  { config, env }: Loaded,
  again: () => Promise<Loaded>,
  context: Context,
  record: string | null,
): Promise<void> {
  if (record !== null && config.journal.url !== null)
    throw new KeeperError(
      'bad-argument',
      '--record lives through a run alone, so give it a journal of its own: leave journal.url out',
    )
  const { level } = config.log
  const token = config.console.on ? openToken(config.console.token, config.console.tokenFile) : null
  const keyValues = config.keys.operators.flatMap((source) => ('env' in source ? [env[source.env] ?? ''] : []))
  const spansTo = config.log.otlpUrl ?? env.OTEL_EXPORTER_OTLP_ENDPOINT ?? null
  const secrets = [
    ...secretsOf(config),
    ...(spansTo === null ? [] : [spansTo]),
    ...keyValues,
    ...(token === null ? [] : [token.text]),
  ]
  const isPretty = context.isTerminal
  const told = createObserve({ level, isPretty, secrets, ...(isPretty ? {} : { write: context.say }) })
  const { observe, close: closeAlerts } = alerting(told, config, masking(secrets))
  observe.starting({
    chainId: config.chain.id,
    blockSeconds: config.chain.blockSeconds,
    isDryRun: config.submission.dryRun,
    via: config.submission.via,
    protocols: config.protocols.map(({ label }) => label),
    version,
  })
  if (config.journal.url === null && env.DATABASE_URL)
    observe.warning(
      `the journal is the file ${config.journal.path}: DATABASE_URL counts only where journal.url names it`,
    )
  const window = token === null ? null : await openConsole(config, token.text, observe, version)
  const server = await startServer(observe, config.http.host, config.http.port, window?.handle ?? undefined)
  observe.serving(config.http.host, server.port)
  if (window !== null && token !== null) tellOf(config, window.ownPort ?? server.port, token, observe, context)
  try {
    const keys = await keysFor({ config, env }, context, observe)
    const operators = keys.operators.map(({ address }) => address)
    const rpc = openRpc(config.chain.rpc)
    await preflight(rpc, config, operators, () => true, observe.warning).finally(rpc.close)
    const syncing = (what: string, count: number): void => observe.syncing(what, count)
    const traces = tracesTo(spansTo, observe)
    const tape = record === null ? null : tapeOf(record, config, operators, observe)
    try {
      const heard = hearBoth(traces.events, { ...window?.also, syncing })
      const opened = await openKeeper(config, keys, observe, heard, tape)
      try {
        const reload = reloadFor(opened, config, again, observe)
        context.onReloadSignal?.(() => void reload().catch(() => undefined))
        await window?.attach(opened, inWords(reload))
        await live(opened, config, operators, observe, context)
      } finally {
        await opened.close()
      }
    } finally {
      await traces.close()
      await tape?.close()
    }
  } finally {
    await window?.close()
    await closeAlerts()
    await server.stop()
    observe.stopped()
  }
}

/** As the console says it. */
const inWords =
  (reload: Reload): (() => Promise<readonly string[]>) =>
  async () => {
    const { changed, waiting } = await reload()
    return [
      ...changed.map(({ name, from, to }) => `${name}: ${from} → ${to}`),
      ...waiting.map(({ name }) => `${name}: only by a new start`),
    ]
  }

/** Also for who else may ask for it: a console. */
function reloadFor(
  { live, guards, store }: OpenKeeper,
  config: Config,
  again: () => Promise<Loaded>,
  observe: Observe,
): Reload {
  const read = async (): Promise<Config> => (await again()).config
  return createReload({ config, read, command: live.command, limit: guards.limit, store, observe })
}

/** The address with the token is for a person at a terminal, once; logs hold where the token is, and never what it is. */
function tellOf({ console: own, http }: Config, port: number, token: Token, observe: Observe, context: Context): void {
  const host = own.port === 'http' ? http.host : own.host
  const url = `http://${reachable(host)}:${port}/console`
  observe.consoleServing(url, token.file)
  if (context.isTerminal) context.say(`\n  console: ${url}#${token.text}\n\n`)
}

/** What a browser on this machine writes for an address that is listened on. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** What reaches the keeper from here on is recorded. @throws `store-failed`: the file is there, or cannot be. */
function tapeOf(path: string, config: Config, operators: readonly Address[], observe: Observe): RunTape {
  const lanes = config.submission.dryRun ? [] : operators
  return createRunTape(path, runHead(config, lanes) as unknown as Plain, observe.storeFault)
}

/** A dry run needs no key, so none is opened: nothing can be sent by mistake. */
function keysFor({ config, env }: Pick<Loaded, 'config' | 'env'>, context: Context, observe: Observe): Promise<Keys> {
  if (config.submission.dryRun) return openKeys({ operators: [], relay: null }, { env, warn: () => undefined })
  return openKeys(config.keys, { env, warn: observe.warning, ...promptOf(context) })
}

async function live(
  { keeper, guards, live, rpc, stand }: OpenKeeper,
  config: Config,
  operators: readonly Address[],
  observe: Observe,
  context: Context,
): Promise<void> {
  context.onKillSignal(() => guards.trip('kill', 'SIGUSR2').catch(observe.failed))
  const file = killFile(config.guards.killFile)
  let isKilled = false
  let refused = ''
  const asked = (): readonly string[] => {
    try {
      return file.takeAsked()
    } catch (error) {
      const { message } = error as Error
      if (message !== refused) observe.warning(`what guards are to be closed cannot be read: ${message}`)
      refused = message
      return []
    }
  }
  const obey = (): void => {
    if (isKilled !== file.isThere()) {
      isKilled = !isKilled
      observe.guard({ name: 'kill:file', isOpen: isKilled, detail: `the kill file is ${isKilled ? 'there' : 'gone'}` })
    }
    for (const name of asked()) guards.close(name).catch((error: Error) => observe.warning(error.message))
  }
  obey()
  const timer = setInterval(obey, 1_000)
  const stopped = new Promise<void>((done) => {
    const end = (): void => {
      observe.stopping(String(context.stop.reason))
      live.close()
      done()
    }
    if (context.stop.aborted) end()
    else context.stop.addEventListener('abort', end, { once: true })
  })
  let endLooking = (): void => undefined
  try {
    // What the first reading of a large chain has begun cannot be taken back, but need not be waited for.
    const isStarted = await Promise.race([keeper.start().then(() => true), stopped.then(() => false)])
    if (!isStarted) return
    stand()
    endLooking = watchExecutor(rpc, config, operators, observe)
    await keeper.run()
  } finally {
    endLooking()
    clearInterval(timer)
  }
}
