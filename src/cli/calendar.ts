import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import { httpRpc } from '../chain/rpc.ts'
import { feedChanges } from '../engine/feed-changes.ts'
import { queuedChanges } from '../engine/parameters.ts'
import { payloadsOf } from '../engine/parameters-timelock.ts'
import { type Coming, upcoming } from '../engine/upcoming.ts'
import { type Head, nextBlock } from '../scene/next-block.ts'
import { configOptions, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { decideSettings } from './decide-settings.ts'
import { toJson } from './json.ts'
import { loadMirror } from './load-mirror.ts'
import { preflight } from './preflight.ts'
import { etherText, short, table } from './table.ts'

const help = `
Reads the chain once and lists what time alone will bring: positions that interest carries over the line, grace periods
that end, feeds that change by the clock. Nothing is sent, no key is needed. Seconds are exact while rates, prices and
positions stay as they are. What an entry is worth is what liquidating it in that block would leave after gas and tip,
at today's prices and pools.

Examples:
  plimsoll calendar                       the next 24 hours
  plimsoll calendar --within 30d --limit 10
  plimsoll calendar --json | jq '.entries[] | select(.worth != null)'`

type Options = { readonly within: string; readonly limit: string; readonly json?: boolean }

/** `plimsoll calendar` */
export function addCalendar(program: Command, context: Context): void {
  const command = program
    .command('calendar')
    .description('list what is coming by time alone: at which second, for whom, worth how much')
    .option('--within <time>', 'how far ahead: a number and s, m, h or d, up to 30d', '24h')
    .option('--limit <count>', 'at most so many, the soonest first', '50')
    .option('--json', 'one JSON object')
  configOptions(command)
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const seconds = secondsOf(options.within)
      const limit = Number(options.limit)
      if (!(Number.isInteger(limit) && limit > 0))
        throw new KeeperError('bad-argument', '--limit is a whole number above 0: such as --limit 20')
      const { config } = await loadFrom(options as unknown as Record<string, unknown>, context)
      const rpc = httpRpc(config.chain.rpc)
      await preflight(rpc, { ...config, executor: null }, [])
      const { mirror, head, view } = await loadMirror(rpc, config, context.say)
      const { blockSeconds } = config.chain
      const next = nextBlock(head, blockSeconds)
      const horizon = head.block.timestamp + seconds
      const payloads = payloadsOf(mirror, rpc, config.timelocks, blockSeconds)
      const announced = [
        ...feedChanges(mirror, next, blockSeconds, horizon),
        ...(await queuedChanges(payloads, view, next, blockSeconds)),
      ]
      const settings = decideSettings(config)
      const entries = upcoming({ mirror, next, blockSeconds, horizon, limit, announced, settings })
      const { number, timestamp } = head.block
      if (options.json === true) context.out(`${toJson({ block: number, timestamp, entries }, 2)}\n`)
      else context.out(`${shown(entries, head, options.within)}\n`)
    })
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** @throws `bad-argument`, with what to write. */
function secondsOf(within: string): number {
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(within) ?? []
  const seconds = Number(count) * (units[unit] ?? 0)
  if (seconds > 0 && seconds <= 30 * 86_400) return seconds
  throw new KeeperError('bad-argument', '--within is a number and s, m, h or d, up to 30d: such as --within 90m')
}

function shown(entries: readonly Coming[], { block }: Head, within: string): string {
  if (entries.length === 0) return `Nothing is coming by time alone within ${within} of block ${block.number}.`
  const cells = entries.map(({ at, block: due, what, positions, feed, worth, reason, cause }) => [
    new Date(at * 1_000).toISOString().replace('.000Z', 'Z'),
    aheadText(at - block.timestamp),
    String(due),
    what,
    positions.length === 1 ? short(positions[0] ?? '') : positions.length > 1 ? `${positions.length} positions` : '',
    worth === null ? '' : etherText(worth),
    short(reason === '' ? (feed ?? cause) : reason),
  ])
  const head = ['at', 'ahead', 'about block', 'what', 'position', 'worth', 'detail']
  const count = `block ${block.number}: ${entries.length} within ${within}`
  return `${table(head, cells, ['ahead', 'about block', 'worth'], 34)}\n${count}`
}

/** `2d 3h`, `4h 5m`, `6m 7s`: the two largest units. */
function aheadText(seconds: number): string {
  const parts = Object.entries(units)
    .reverse()
    .map(([unit, size], at, all) => {
      const above = all[at - 1]?.[1]
      return [Math.floor((above === undefined ? seconds : seconds % above) / size), unit] as const
    })
  const first = parts.findIndex(([count]) => count > 0)
  const two = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2)
  return two.map(([count, unit]) => `${count}${unit}`).join(' ')
}
