import { type Address, address } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'

export type WatchOptions = {
  readonly target: string
  readonly volatility: readonly string[]
  readonly within: string
  readonly historyBlocks: string
  readonly follow?: boolean
  readonly notify?: boolean
  readonly every: string
  readonly json?: boolean
}

export type Watching = {
  readonly owners: ReadonlySet<Address>
  /** Wad. */
  readonly target: bigint
  /** By symbol or group, a year: 0.8 is 80 %. */
  readonly volatility: ReadonlyMap<string, number>
  readonly horizonSeconds: number
  readonly historyBlocks: number
  readonly everyMs: number
}

const unitSeconds = { h: 3_600, d: 86_400 } as const

/** @throws `bad-argument`, with what the argument or flag takes. */
export function watchingOf(owners: readonly string[], options: WatchOptions): Watching {
  if (options.notify === true && options.follow !== true)
    throw new KeeperError('bad-argument', '--notify goes with --follow: there is nothing to tell of a single look')
  return {
    owners: new Set(owners.map((one) => address(one))),
    target: BigInt(Math.round(number('--target', options.target, 1.001, 100, '1.25') * 1e6)) * 10n ** 12n,
    volatility: new Map(options.volatility.map(volatilityIn)),
    horizonSeconds: horizonIn(options.within),
    historyBlocks: number('--history-blocks', options.historyBlocks, 0, 100_000_000, '50000'),
    everyMs: number('--every', options.every, 0.1, 86_400, '12') * 1_000,
  }
}

function number(flag: string, text: string, from: number, to: number, example: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= from && value <= to) return value
  throw new KeeperError('bad-argument', `${flag} ${text}: give a number from ${from} to ${to}, such as ${example}`)
}

function volatilityIn(text: string): readonly [string, number] {
  const [, name, percent] = /^([A-Za-z0-9._-]+)=(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  const sigma = Number(percent) / 100
  if (name === undefined || !(sigma > 0))
    throw new KeeperError('bad-argument', `--volatility ${text}: write a symbol and a yearly percentage, as ETH=80%`)
  return [name.toUpperCase(), sigma]
}

function horizonIn(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([hd])$/.exec(text) ?? []
  const seconds = Number(count) * unitSeconds[unit as keyof typeof unitSeconds]
  if (seconds > 0) return seconds
  throw new KeeperError('bad-argument', `--within ${text}: give a number and h or d, such as 24h`)
}
