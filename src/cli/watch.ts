import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { type Asset, ZERO_ADDRESS } from '#core/address.ts'
import type { View } from '#core/world.ts'
import { openRpc } from '../chain/open-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import type { Mirror } from '../engine/mirror.ts'
import { type Head, nextBlock } from '../scene/next-block.ts'
import { type Alert, alertLevels, createAlerts } from '../watch/alerts.ts'
import { type WatchedPosition, watch } from '../watch/watch.ts'
import { configOptions, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { headAt } from './head-at.ts'
import { type HealthNotices, healthNotices, noNotices } from './health-notices.ts'
import { toJson } from './json.ts'
import { loadMirror } from './load-mirror.ts'
import { preflight } from './preflight.ts'
import { readTokens } from './read-tokens.ts'
import { short } from './table.ts'
import { volatilities } from './volatilities.ts'
import { type Watching, type WatchOptions, watchingOf } from './watch-options.ts'
import { healthText, type Tokens, watchText } from './watch-text.ts'

const help = `
For every position of a borrower: its health in the next block; at which price of each asset alone it can be liquidated,
how many sigmas away that is and how likely to be touched; when interest alone sinks it; and what restores a health, to
the last unit: a repayment, more collateral, or collateral sold for debt through the pools as they stand (a flash loan in
between). Each amount is exact for the next block; interest asks for a little more in a later one. Nothing is sent, no
key is needed. See docs/watching.md.

With --follow the same positions are read again with every block, and what falls below a level is told once:
1.5, 1.25, 1.1, 1.05 and 1; a level is armed again 0.05 above it. With --notify it is told by the channels under alerts in
the configuration too, and so is that it is over.

Examples:
  plimsoll watch 0x1234…                            where it stands, and what brings it to 1.25
  plimsoll watch 0x1234… --target 1.5 --volatility ETH=80% --within 7d
  plimsoll watch 0x1234… 0x5678… --follow --json    one line a block, for another program
  plimsoll watch 0x1234… --follow --notify          and by Slack, Telegram, … : see docs/alerts.md`

type Loaded = { readonly mirror: Mirror; readonly head: Head; readonly view: View }
type Watch = {
  readonly config: Config
  readonly watching: Watching
  readonly options: WatchOptions
  readonly notices: HealthNotices
}
type Seen = { readonly block: number; readonly positions: readonly WatchedPosition[]; readonly tokens: Tokens }

/** What waits to be told when it is stopped is given so long. */
const graceMs = 5_000

const collect = (one: string, all: readonly string[]): readonly string[] => [...all, one]

/** `plimsoll watch` */
export function addWatch(program: Command, context: Context): void {
  const command = program
    .command('watch')
    .argument('<address...>', 'whose positions')
    .description('for borrowers: how near the line a position is, and what exactly brings it back')
    .option('--target <health>', 'the health to restore', '1.25')
    .option(
      '--volatility <symbol=percent>',
      'a year; may be repeated (default: as its feed’s history says)',
      collect,
      [],
    )
    .option('--within <time>', 'how far ahead a price may move: a number and h or d', '24h')
    .option('--history-blocks <count>', 'how far back feeds are read for their volatility', '50000')
    .option('--follow', 'keep watching, and tell of levels fallen below')
    .option('--notify', 'with --follow: tell by the channels of the configuration too')
    .option('--every <seconds>', 'with --follow: how often a new block is looked for', '12')
    .option('--json', 'one JSON object; with --follow one a line')
  configOptions(command)
    .addHelpText('after', help)
    .action(async (addresses: readonly string[], options: WatchOptions) => {
      const watching = watchingOf(addresses, options)
      const { config } = await loadFrom(options as unknown as Record<string, unknown>, context)
      const notices = options.notify === true ? healthNotices(config, context.say) : noNotices
      const rpc = openRpc(config.chain.rpc)
      await preflight(rpc, { ...config, executor: null }, [])
      const loaded = await loadMirror(rpc, config, context.say)
      const of: Watch = { config, watching, options, notices }
      if (options.follow === true) return follow(rpc, loaded, of, context).finally(() => notices.close(graceMs))
      const seen = await look(loaded, of)
      if (options.json === true) context.out(`${toJson(documentOf(seen), 2)}\n`)
      else context.out(`${shown(seen, of, addresses)}\n`)
    })
}

async function look({ mirror, head, view }: Loaded, { config, watching }: Watch): Promise<Seen> {
  const { blockSeconds, wrappedNative: wrapped } = config.chain
  const block = nextBlock(head, blockSeconds)
  const { owners, target, horizonSeconds } = watching
  const request = { mirror, block, blockSeconds, wrapped, hubs: config.hubs, owners, target, horizonSeconds }
  const plain = watch({ ...request, volatility: () => null })
  const tokens = await readTokens(view, assetsOf(plain))
  const feeds = new Set(plain.flatMap(({ prices }) => prices.map(({ feed }) => feed)))
  const known = await volatilities({ mirror, view, tokens, watching }, feeds)
  const positions = watch({ ...request, volatility: (feed) => known.get(feed) ?? null })
  return { block: block.number, positions, tokens }
}

function assetsOf(positions: readonly WatchedPosition[]): readonly Asset[] {
  const held = positions.flatMap(({ holdings }) => [...holdings.collateral, ...holdings.debt].map(({ asset }) => asset))
  const priced = positions.flatMap(({ prices }) =>
    prices.flatMap((one) => (one.prices === null ? [] : [one.prices.token, one.prices.quote])),
  )
  return [...held, ...priced].filter((one) => one !== 'usd' && one !== ZERO_ADDRESS) as readonly Asset[]
}

/** Reads these positions, their markets, pools and feeds again with every new block, until it is stopped. */
async function follow(rpc: Rpc, first: Loaded, of: Watch, context: Context): Promise<void> {
  const alerts = createAlerts(alertLevels, of.notices.over)
  const { mirror } = first
  for (let at: Loaded = first, last = ''; !context.stop.aborted; ) {
    if (at.head.hash !== last) {
      if (last !== '') await reread(at, of)
      last = at.head.hash
      tell(await look(at, of), alerts, of, context)
    }
    await sleep(of.watching.everyMs, undefined, { signal: context.stop }).catch(() => undefined)
    if (!context.stop.aborted) at = { mirror, ...(await headAt(rpc, context.say)) }
  }
}

async function reread({ mirror, view }: Loaded, { watching }: Watch): Promise<void> {
  const always = (): boolean => true
  for (const { key } of mirror.modules.strategies) {
    const book = mirror.books.shelf(key)
    const own = [...book.positions()].filter(({ owner }) => owner !== null && watching.owners.has(owner))
    if (own.length > 0)
      mirror.markStale(key, { markets: [...book.markets()].map(({ id }) => id), positions: own.map(({ id }) => id) })
  }
  mirror.doubt(
    [],
    [...mirror.admittedPools()].map(({ id }) => id),
  )
  await mirror.reread(view, always)
  await mirror.reloadFeeds(view, always)
}

function tell(
  seen: Seen,
  alerts: ReturnType<typeof createAlerts>,
  { options, notices }: Watch,
  context: Context,
): void {
  const told = seen.positions.flatMap(({ position, health }): readonly Alert[] => {
    const alert = health === null ? null : alerts.see(position, health)
    return alert === null ? [] : [alert]
  })
  for (const alert of told) notices.fell(alert)
  if (options.json === true) {
    context.out(`${toJson({ ...documentOf(seen), alerts: told })}\n`)
    return
  }
  const healths = seen.positions.map(({ position, health }) => `${short(position)} ${healthText(health)}`)
  context.out(`block ${seen.block}: ${healths.length === 0 ? 'no position' : healths.join(', ')}\n`)
  for (const { key, level, health } of told) {
    const position = seen.positions.find((one) => key.startsWith(one.position))
    context.out(`ALERT ${short(position?.position ?? key)}: health ${healthText(health)} is below ${level}\n`)
    if (position !== undefined) context.out(`${watchText(position, seen.tokens, options.target, options.within)}\n`)
  }
}

const documentOf = ({ block, positions }: Seen): object => ({ block, positions })

function shown({ block, positions, tokens }: Seen, { options }: Watch, addresses: readonly string[]): string {
  const head = `As of block ${block}, the next one.`
  if (positions.length === 0)
    return `${head}\nNobody of ${addresses.map(short).join(', ')} owes anything in the protocols configured.`
  return [head, ...positions.map((one) => watchText(one, tokens, options.target, options.within))].join('\n\n')
}
