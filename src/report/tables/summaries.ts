import type { Report, TierReport } from '../../backtest/report.ts'
import { total } from '../amounts.ts'
import { eachTier, missesOf } from '../headline.ts'
import { type Cell, code, columns, count, plain, type Table, wei } from '../table.ts'
import { missMeaning, tiers, tierWords } from '../words.ts'

const [first, second] = tiers.map((tier) => tierWords[tier].name)

/** Why others had them, both tiers beside each other. */
export function missesTable({ tiers: both }: Report): Table {
  const found = { committed: missesOf(both.committed.misses), hinted: missesOf(both.hinted.misses) }
  const reasons = [...new Set(tiers.flatMap((tier) => found[tier].map(({ reason }) => reason)))]
  const counts = (reason: string): readonly Cell[] =>
    tiers.flatMap((tier) => {
      const one = found[tier].find((each) => each.reason === reason)
      return [count(one?.count ?? 0), wei(one?.winnersGain ?? '0')]
    })
  return {
    caption: 'Misses by reason, and what they gained their winners before gas and bid, in ether',
    columns: columns('reason', 'what it means', `#${first}`, '#winners’ gain', `#${second}`, '#winners’ gain'),
    rows: reasons.map((reason) => ({ cells: [code(reason), plain(missMeaning(reason)), ...counts(reason)] })),
    total: [
      plain('all'),
      plain('a transaction with two reasons gains in both'),
      ...eachTier((tier) => [
        count(both[tier].missed),
        wei(total(found[tier].map(({ winnersGain }) => winnersGain))),
      ]).flat(),
    ],
  }
}

const sharesOf = {
  protocol: ({ byProtocol }: TierReport) => byProtocol,
  day: ({ byDay }: TierReport) => byDay,
  trigger: ({ byTrigger }: TierReport) => byTrigger,
} as const
export type SharedBy = keyof typeof sharesOf

export type SharesByTier = {
  readonly name: string
  readonly of: readonly { readonly won: number; readonly net: string; readonly bids: string }[]
}

/** What was won, in the order of the tiers. */
export function sharesBy({ tiers: both }: Report, by: SharedBy): readonly SharesByTier[] {
  const names = [...new Set(tiers.flatMap((tier) => sharesOf[by](both[tier]).map(({ name }) => name)))].sort()
  const none = { won: 0, net: '0', bids: '0' }
  return names.map((name) => ({
    name,
    of: eachTier((tier) => sharesOf[by](both[tier]).find((share) => share.name === name) ?? none),
  }))
}

export function sharesTable(report: Report, by: SharedBy): Table {
  const cells = ({ won, net, bids }: { won: number; net: string; bids: string }): readonly Cell[] => [
    count(won),
    wei(net),
    wei(bids),
  ]
  return {
    caption: `Acts won by ${by === 'day' ? 'day, UTC' : by}: how many, what they leave after gas and bid, what they bid, in ether`,
    columns: columns(by, `#${first}: acts`, '#net', '#bids', `#${second}: acts`, '#net', '#bids'),
    rows: sharesBy(report, by).map(({ name, of }) => ({ cells: [code(name), ...of.flatMap(cells)] })),
    total: [plain('all'), ...eachTier((tier) => cells(report.tiers[tier])).flat()],
  }
}

/** How often each was the last word on a position in a block. */
export const saidTable = ({ reasons }: Report): Table => ({
  caption: 'What the keeper said last of a position, counted once a block',
  columns: columns('word', '#times'),
  rows: Object.entries(reasons)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, times]) => ({ cells: [code(reason), count(times)] })),
})
