import type { Asset } from '#core/address.ts'
import type { Standing } from '../study/left-standing.ts'
import type { Figures, Summary } from '../study/summary.ts'
import type { TokenText } from './read-tokens.ts'
import { etherText, short, table } from './table.ts'

/** A range of history, as `plimsoll study` tells it. */
export type Study = Summary & {
  readonly chainId: number
  readonly from: number
  readonly to: number
  /** Blocks after which what is below the line counts as left standing. */
  readonly wait: number
  readonly standing: readonly Standing[]
  /** Of every token named, as it calls itself. */
  readonly tokens: Readonly<Record<string, TokenText>>
  /** Proposed, as YAML. */
  readonly configuration: string
}

const shownMost = 15
const figures = ['liquidations', 'repaid, ether', 'behind an update', 'winners', 'tips, ether'] as const

/** For people: the largest of everything; `--json` has all. */
export function shownStudy(study: Study): string {
  const { all, protocols, markets, winners } = study
  if (all.liquidations === 0)
    return [
      `Nobody was liquidated in blocks ${study.from} to ${study.to}.`,
      ...standingLines(study),
      study.configuration,
    ].join('\n')
  const symbol = (asset: Asset | null): string => (asset === null ? '' : (study.tokens[asset]?.symbol ?? short(asset)))
  return [
    table(
      ['protocol', ...figures],
      protocols.map((row) => [labelOf(row.key), ...cellsOf(row)]),
      figures,
    ),
    table(
      ['protocol', 'market', 'debt', 'collateral', 'followed', ...figures],
      markets
        .slice(0, shownMost)
        .map((row) => [
          ...[labelOf(row.key), short(row.market), symbol(row.debt), symbol(row.collateral)],
          ...[row.isFollowed ? 'yes' : 'no', ...cellsOf(row)],
        ]),
      figures,
    ),
    table(
      ['winner', 'share', 'liquidations', 'tips, ether'],
      winners
        .slice(0, shownMost)
        .map((row) => [row.winner, percent(row.shareBps), String(row.liquidations), etherText(row.tips)]),
      ['share', 'liquidations', 'tips, ether'],
    ),
    ...sentences(study),
    ...standingLines(study),
    'Proposed (`plimsoll config -c <file>` checks it; --write <file> writes it):',
    '',
    study.configuration,
  ].join('\n')
}

const labelOf = (key: string): string => key.slice(key.indexOf('/') + 1)
const percent = (bps: bigint): string => `${bps / 100n}.${(bps % 100n).toString().padStart(2, '0')} %`

const cellsOf = (row: Figures): readonly string[] => [
  String(row.liquidations),
  `${etherText(row.volume)}${row.unpriced === 0 ? '' : ` and ${row.unpriced} unpriced`}`,
  String(row.behindUpdate),
  String(row.winners),
  etherText(row.tips),
]

function sentences({ concentration, auctionedBps, areTipsWhole, tipsOfGrossBps, all }: Study): readonly string[] {
  const least = areTipsWhole ? '' : ' at least: the node does not trace'
  const lines = [`Tips of ${etherText(all.tips)} ether${least}, gas of ${etherText(all.gas)}.`]
  if (tipsOfGrossBps !== null) lines.push(`Of what was gained before gas ${percent(tipsOfGrossBps)} went into tips.`)
  if (auctionedBps !== null) lines.push(`${percent(auctionedBps)} lay behind an oracle's update of its own block.`)
  if (concentration !== null) {
    const { top1Bps, top3Bps, hhi, by } = concentration
    lines.push(`By ${by}, the first winner has ${percent(top1Bps)}, the first three ${percent(top3Bps)}; HHI ${hhi}.`)
  }
  return lines
}

function standingLines({ standing, wait }: Study): readonly string[] {
  if (standing.length === 0) return [`Nothing stands below the line that stood there ${wait} blocks before.`]
  const rows = standing
    .slice(0, shownMost)
    .map(({ key, position, wasBelow, verdict, net }) => [
      ...[labelOf(key), short(position), wasBelow === null ? 'not known' : 'yes'],
      ...[verdict ?? 'nothing to take', net === null ? '' : etherText(net)],
    ])
  const head = ['protocol', 'position', `${wait} blocks before`, 'a keeper now', 'its plan, ether']
  return [`${standing.length} positions that nobody took:`, table(head, rows, ['its plan, ether'])]
}
