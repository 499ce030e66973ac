import type { Address } from '#core/address.ts'
import type { Config } from '../config/config.ts'
import { type Draft, draftText, type Entry } from './draft.ts'
import type { MarketRow, Summary } from './summary.ts'

type Chosen = Config['protocols'][number] | Config['venues'][number] | Config['exits'][number] | Config['flash'][number]

/** What to follow, by what was won: a file that a keeper starts from as a dry run, with the figures beside each entry. */
export function propose(config: Config, chainId: number, { protocols, markets, all }: Summary, range: string): string {
  const rows = new Map(protocols.map((row) => [row.key, row]))
  const keyOf = ({ label }: Chosen): string => `strategy/${label}`
  const busy = config.protocols.filter((one) => rows.has(keyOf(one)))
  const idle = config.protocols.filter((one) => !rows.has(keyOf(one)))
  // Where nothing was liquidated at all, all that was looked at stays.
  const kept = busy.length === 0 ? config.protocols : order(busy, (one) => rows.get(keyOf(one))?.volume ?? 0n)
  const entries: Draft['entries'] = {
    protocols: kept.map((one) => {
      const row = rows.get(keyOf(one))
      const missing = markets.filter(({ key, isFollowed }) => key === keyOf(one) && !isFollowed)
      const why =
        row === undefined
          ? 'nobody was liquidated'
          : `liquidations ${row.liquidations}, winners ${row.winners}, repaid ${ether(row.volume)} ether, tips ${ether(row.tips)}`
      const more = missing.length === 0 ? '' : `; markets not followed before: ${marketsOf(missing).length}`
      return { name: one.name, entry: entryOf(one, marketsOf(missing)), why: `${why}${more}` }
    }),
    venues: config.venues.map(plainly),
    exits: config.exits.map(plainly),
    flash: config.flash.map(plainly),
  }
  const { wrappedNative, blockSeconds } = config.chain
  return draftText({
    chainId,
    wrappedNative,
    blockSeconds,
    hubs: hubsOf(config, markets, wrappedNative),
    entries,
    notes: [
      `Proposed by \`plimsoll study\` from ${range}: liquidations ${all.liquidations}, repaid ${ether(all.volume)} ether.`,
      'A dry run, until submission.dryRun says otherwise. Values are at the prices of the end of the range.',
      ...(busy.length === 0 ? [] : idle.map(({ label }) => `Left out: ${label}: nobody was liquidated there.`)),
    ],
  })
}

const plainly = (one: Chosen): Entry => ({ name: one.name, entry: entryOf(one, []), why: '' })

/** A preset by its name; else written out. Where an entry names its markets, those that were missing are added. */
function entryOf({ name, label, definition, config }: Chosen, markets: readonly string[]): unknown {
  const preset = label.slice(name.length + 1)
  if (Object.hasOwn(definition.presets, preset)) return preset
  const written = config as Readonly<Record<string, unknown>>
  return Array.isArray(written.markets) ? { ...written, markets: [...written.markets, ...markets] } : written
}

const marketsOf = (rows: readonly MarketRow[]): readonly string[] => [...new Set(rows.map(({ market }) => market))]

/** Those configured; else the debts most often repaid: exits lead through them. */
function hubsOf({ hubs }: Config, markets: readonly MarketRow[], wrapped: Address): readonly Address[] {
  if (hubs.length > 0) return hubs
  const debts = markets.flatMap(({ debt }) => (debt === null || debt === 'native' || debt === wrapped ? [] : [debt]))
  return [...new Set(debts)].slice(0, hubsMost)
}
const hubsMost = 3

const order = <T>(those: readonly T[], by: (one: T) => bigint): readonly T[] =>
  [...those].sort((a, b) => (by(a) < by(b) ? 1 : by(a) > by(b) ? -1 : 0))

/** Wei as ether, four digits, rounded down: for people. */
function ether(wei: bigint): string {
  const parts = wei / 10n ** 14n
  return `${parts / 10_000n}.${(parts % 10_000n).toString().padStart(4, '0')}`
}
