import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { KeeperError } from '#core/error.ts'
import { checkRange, chunkBlocksUsual, poolRestBlocksUsual } from '../backtest/backtest.ts'
import type { Range } from '../backtest/history-world.ts'
import type { Report } from '../backtest/report.ts'
import { type Sweep, walkForward } from '../backtest/walk-forward.ts'
import { openRpc } from '../chain/open-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import { fields } from '../config/fields.ts'
import { nearest } from '../config/nearest.ts'
import { recordedRpc } from '../recording/recorded-rpc.ts'
import { openRecording } from '../recording/recording.ts'
import { type CrewSettings, joinCrew, withCrew } from './backtest-crew.ts'
import { backtestOf } from './backtest-of.ts'
import type { HistorySource } from './backtest-source.ts'
import { configOptions, type Loaded, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { checkSimulates, forked } from './forked.ts'
import { count } from './journal-options.ts'
import { toJson } from './json.ts'
import { blockNumber } from './recording-options.ts'
import { etherText, table } from './table.ts'
import { writeReport } from './write-report.ts'

const help = `
Lets the keeper of \`run\` live through blocks that are over, and plays what it would have sent against what the chain
shows: every liquidation, who took it, what they paid, what we said and why. Acts are run on the chain's own state, where
they would have stood. The node has to be an archive with eth_simulateV1, or --anvil is given; a recording needs no
network.
docs/backtesting.md says what is believed and what is not.

Examples:
  plimsoll backtest --from 21000000 --to 21007199 --rpc http://localhost:8545
  plimsoll backtest --recording october.tape --html report.html
  plimsoll backtest --recording october.tape --json > report.json
  plimsoll backtest --recording october.tape --markdown report.md --sweep submission.tipShareBps=7000,8000,9000
  plimsoll backtest --worker --recording october.tape      on another machine, both with DATABASE_URL: it helps`

type Options = {
  readonly from?: number
  readonly to?: number
  readonly rpc?: string
  readonly recording?: string
  readonly chunk?: number
  readonly lanes?: number
  readonly poolRest: number
  readonly workers?: number
  readonly worker?: boolean
  readonly proofs: boolean
  readonly anvil?: boolean
  readonly sweep?: string
  readonly html?: string
  readonly markdown?: string
  readonly json?: boolean
}

/** `plimsoll backtest` */
export function addBacktest(program: Command, context: Context): void {
  const command = program
    .command('backtest')
    .description('what a keeper would have earned in blocks that are over, what it would have missed, and why')
    .option('--from <block>', 'the first block (default: the recording’s)', blockNumber)
    .option('--to <block>', 'the last block (default: the recording’s)', blockNumber)
    .option('--rpc <url>', 'the archive node to ask (default: chain.rpc)')
    .option('--recording <file>', 'a recording to ask instead')
    .option(
      '--chunk <blocks>',
      `blocks that begin with a book read anew (default: the recording’s, or ${chunkBlocksUsual})`,
      count,
    )
    .option('--lanes <count>', 'acts a block at most (default: one for each of keys.operators)', count)
    .option('--pool-rest <blocks>', 'how long a pool counts as spent behind our swap', blockNumber, poolRestBlocksUsual)
    .option('--no-proofs', 'believe what is foreseen: nothing is run on the chain’s state')
    .option('--anvil', 'run acts on forks of this machine’s own: for nodes without eth_simulateV1')
    .option('--workers <count>', 'processes of this machine (default: one for each core)', count)
    .option('--worker', 'take part in backtests begun elsewhere, over the database of DATABASE_URL, until Ctrl-C')
    .option('--sweep <key=a,b,c>', 'the same for several values of a setting, chosen by the days before')
    .option('--html <file>', 'write the report as one page that opens offline: plots, tables, every sum on a click')
    .option('--markdown <file>', 'write the report as Markdown')
    .option('--json', 'the whole report as one JSON object')
  configOptions(command)
    .addHelpText('after', help)
    .action(async (options: Options) => run(options, context))
}

async function run(options: Options, context: Context): Promise<void> {
  const flags = options as unknown as Record<string, unknown>
  const loaded = await loadFrom(flags, context)
  if (options.worker === true) return join(loaded, options, context)
  const source = await standing(sourceOf(options, loaded.config), options, loaded.config)
  try {
    checkRange(source.range)
    if (source.recorded === null && options.proofs && options.anvil !== true) await checkSimulates(source.rpc)
    const test = (one: Loaded): Promise<Report> => tested(one, source, options, context)
    const swept = options.sweep === undefined ? null : sweepOf(options.sweep)
    const tried = []
    for (const value of swept?.values ?? []) {
      const changed = await loadFrom({ ...flags, [swept?.attribute ?? '']: value }, context)
      context.say(`${swept?.key} ${value}:\n`)
      tried.push({ value, report: await test(changed) })
    }
    const report = await test(loaded)
    await told(report, swept === null ? null : walkForward(swept.key, tried), options, context)
  } finally {
    source.close()
  }
}

type Source = {
  readonly rpc: Rpc
  /** How another process opens the same. */
  readonly history: HistorySource
  readonly recorded: string | null
  readonly range: Range
  readonly chunkBlocks: number
  readonly close: () => void
}

/** @throws `bad-argument`, and what opening a recording throws. */
function sourceOf({ from, to, rpc: url, recording: file, chunk }: Options, config: Config): Source {
  if (file === undefined) {
    if (from === undefined || to === undefined)
      throw new KeeperError(
        'bad-argument',
        'say which blocks: --from and --to, or --recording with a file that has them',
      )
    const node = url ?? config.chain.rpc
    const rpc = openRpc(node)
    const whole = { range: { from, to }, chunkBlocks: chunk ?? chunkBlocksUsual }
    return { rpc, history: { url: node }, recorded: null, ...whole, close: rpc.close }
  }
  if (url !== undefined) throw new KeeperError('bad-argument', 'give --rpc or --recording, not both')
  const recording = openRecording(file)
  const { head, close } = recording
  if (head.chainId !== config.chain.id) {
    close()
    throw new KeeperError('chain-mismatch', `${file} is of chain ${head.chainId}, and chain.id is ${config.chain.id}`)
  }
  const range = { from: from ?? head.from, to: to ?? head.to }
  const whole = { range, chunkBlocks: chunk ?? head.chunkBlocks }
  const history = { recording: resolve(file) }
  return { rpc: recordedRpc(recording), history, recorded: recording.digest(), ...whole, close }
}

/** Behind its fork, where one is wanted. */
async function standing(source: Source, { anvil = false }: Options, { chain }: Config): Promise<Source> {
  try {
    const rpc = await forked(source.rpc, chain.id, anvil)
    const close = (): void => {
      rpc.close()
      source.close()
    }
    return { ...source, rpc, history: { ...source.history, isForked: anvil }, close }
  } catch (error) {
    source.close()
    throw error
  }
}

function tested(loaded: Loaded, source: Source, options: Options, { say }: Context): Promise<Report> {
  let saidMs = 0
  const progress = (what: string, done: number, total: number): void => {
    if (done < total && Date.now() - saidMs < 1_000) return
    saidMs = Date.now()
    say(`${what}: ${done} of ${total}\n`)
  }
  const given = {
    ...{ rpc: source.rpc, range: source.range, chunkBlocks: source.chunkBlocks },
    ...{ poolRestBlocks: options.poolRest, isProven: options.proofs, progress },
    ...(options.lanes === undefined ? {} : { lanes: options.lanes }),
  }
  const settings = crewOf(loaded, source, options)
  if (settings.workers === 1 && settings.databaseUrl === null) return backtestOf(loaded.config, given)
  const about = { rpc: source.rpc, last: source.range.to, progress }
  return withCrew(settings, about, (hands) => backtestOf(loaded.config, { ...given, hands }))
}

const crewOf = (
  { config, env, sources }: Loaded,
  { history, recorded }: Pick<Source, 'history' | 'recorded'>,
  { workers = availableParallelism() }: Options,
): CrewSettings => ({ ...{ config, sources, history, recorded, workers }, databaseUrl: env.DATABASE_URL || null })

/** Which blocks, whoever began the backtest says. */
async function join(loaded: Loaded, options: Options, { say, stop }: Context): Promise<void> {
  const source = sourceOf({ from: 0, to: 0, ...options }, loaded.config)
  const history = { ...source.history, isForked: options.anvil === true }
  const settings = crewOf(loaded, { ...source, history }, options)
  source.close()
  if (settings.databaseUrl === null)
    throw new KeeperError('bad-argument', '--worker takes its jobs from a database: set DATABASE_URL to the one shared')
  say(`${settings.workers} workers wait for jobs of this configuration and code; Ctrl-C ends them\n`)
  let done = 0
  await joinCrew(settings, stop, () => {
    done += 1
    say(`${done} jobs done\n`)
  })
}

/** `key=a,b,c`, by the setting's name. @throws `bad-argument`. */
function sweepOf(text: string): { readonly key: string; readonly attribute: string; readonly values: string[] } {
  const [key = '', list = ''] = text.split('=')
  const values = list.split(',').filter((value) => value !== '')
  const field = fields.find(({ name }) => name === key)
  if (field === undefined || field.flag === null) {
    const like = nearest(
      key,
      fields.flatMap(({ name, flag }) => (flag === null ? [] : [name])),
    )
    throw new KeeperError(
      'bad-argument',
      `--sweep ${text}: no setting is called ${key}${like === null ? '' : `; did you mean ${like}?`}`,
    )
  }
  if (values.length < 2)
    throw new KeeperError('bad-argument', `--sweep ${text}: give two values or more, such as ${key}=1,2`)
  return { key, attribute: new Option(`${field.flag} <value>`).attributeName(), values }
}

async function told(report: Report, sweep: Sweep | null, options: Options, { out, say }: Context): Promise<void> {
  await writeReport(report, sweep, options, say)
  if (options.json === true) out(`${toJson({ ...report, sweep }, 2)}\n`)
  else out(`${shown(report, sweep)}\n`)
}

function shown({ tiers, range, proofs, faults }: Report, sweep: Sweep | null): string {
  const cells = (['committed', 'hinted'] as const).map((name) => {
    const { there, captured, captureBps, recallBps, won, net, bids } = tiers[name]
    const parts = [there, captured, `${captureBps / 100} %`, `${recallBps / 100} %`, won].map(String)
    return [name, ...parts, etherText(BigInt(net)), etherText(BigInt(bids))]
  })
  const head = ['tier', 'there', 'captured', 'share', 'known before', 'won', 'net', 'bids']
  const misses = Object.entries(tiers.committed.misses).map(([why, { count: some, winnersGain }]) => {
    return [why, String(some), etherText(BigInt(winnersGain))]
  })
  return [
    table(head, cells, head.slice(1)),
    ...(misses.length === 0
      ? []
      : [table(['missed because', 'count', 'winners gained'], misses, ['count', 'winners gained'])]),
    ...(sweep === null
      ? []
      : [`${sweep.key}, chosen by the days before: ${etherText(BigInt(sweep.walked.net))} ether`]),
    `blocks ${range.from} to ${range.to}; ${proofs === null ? 'nothing was proven' : `${proofs} acts were run on the chain’s own state`}` +
      (faults.length === 0 ? '' : `; ${faults.length} faults, the first: ${faults[0]}`),
  ].join('\n')
}
