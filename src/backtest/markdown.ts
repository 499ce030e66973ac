import type { Report, TierReport } from './report.ts'
import type { Share } from './tally.ts'
import type { Sweep } from './walk-forward.ts'

/** A report for people, as Markdown. Ether is rounded to six digits: the JSON has every wei. */
export function markdown(report: Report, sweep: Sweep | null): string {
  const { range, chainId, positions, proofs, faults } = report
  return [
    `# Backtest of blocks ${range.from} to ${range.to}`,
    '',
    `Chain ${chainId}, ${positions} positions at most at a chunk's start, ${report.chunks} chunk${report.chunks === 1 ? '' : 's'}. ` +
      (proofs === null ? 'Acts as foreseen: none was proven.' : `${proofs} acts were run on the chain's own state.`),
    ...(faults.length === 0 ? [] : ['', `${faults.length} faults, the first: ${faults[0]}`]),
    '',
    ...tier('By what blocks show', report.tiers.committed),
    ...tier('As if oracle updates had been seen before their block', report.tiers.hinted),
    ...parity(report),
    ...sensitivity(report),
    ...forced(report),
    ...(sweep === null ? [] : sweepLines(sweep)),
  ].join('\n')
}

function tier(title: string, of: TierReport): readonly string[] {
  return [
    `## ${title}`,
    '',
    ...rows(
      [
        'liquidations there were',
        'captured',
        'of them',
        'known before',
        'acts won',
        'alone',
        'net, ether',
        'bids, ether',
      ],
      [
        [of.there, of.captured, percent(of.captureBps), percent(of.recallBps)]
          .map(String)
          .concat([String(of.won), String(of.alone), ether(of.net), ether(of.bids)]),
      ],
    ),
    ...rows(
      ['missed because', 'count', 'winners gained, ether'],
      Object.entries(of.misses).map(([why, miss]) => [why, String(miss.count), ether(miss.winnersGain)]),
    ),
    ...shares('protocol', of.byProtocol),
    ...shares('day', of.byDay),
    ...shares('trigger', of.byTrigger),
  ]
}

const shares = (name: string, of: readonly Share[]): readonly string[] =>
  rows(
    [name, 'won', 'net, ether', 'bids, ether'],
    of.map((one) => [one.name, String(one.won), ether(one.net), ether(one.bids)]),
  )

function parity({ parity: all }: Report): readonly string[] {
  const known = all.flatMap(({ ratioBps }) => (ratioBps === null ? [] : [ratioBps])).sort((a, b) => a - b)
  const median = known[Math.floor(known.length / 2)]
  return [
    '## Winners, solved again where they stood',
    '',
    `${all.length} transactions, ${known.length} of them comparable${median === undefined ? '' : `: ours is ${percent(median)} of theirs in the middle, before bids`}.`,
    '',
    ...rows(
      ['block', 'ours, ether', 'theirs, ether', 'ratio', 'we would not, because', 'pools that differ'],
      all.map(({ block, ours, theirs, ratioBps, reason, pools }) => [
        String(block),
        ours === null ? '' : ether(ours),
        theirs === null ? '' : ether(theirs),
        ratioBps === null ? '' : percent(ratioBps),
        reason ?? '',
        String(pools.length),
      ]),
    ),
  ]
}

const sensitivity = ({ sensitivity: all }: Report): readonly string[] => [
  '## Had it been otherwise',
  '',
  'The same plans, as foreseen, with one thing changed.',
  '',
  ...rows(
    ['what', 'at', 'won', 'captured', 'net, ether', 'bids, ether'],
    all.map(({ of, at, won, captureBps, net, bids }) => [
      of,
      at,
      String(won),
      percent(captureBps),
      ether(net),
      ether(bids),
    ]),
  ),
]

const forced = ({ forced: all }: Report): readonly string[] =>
  all.length === 0
    ? []
    : [
        '## Left as unprofitable, and forced',
        '',
        `${all.filter(({ outcome }) => outcome !== 'paid').length} of ${all.length} fell short, by the executor's own count.`,
        '',
        ...rows(
          ['block', 'foreseen, ether', 'outcome', 'left, ether'],
          all.map((one) => [
            String(one.block),
            ether(one.foreseen),
            one.net === null ? `${one.outcome}: ${one.why}` : one.outcome,
            one.net === null ? '' : ether(one.net),
          ]),
        ),
      ]

const sweepLines = ({ key, values, walked }: Sweep): readonly string[] => [
  `## ${key}`,
  '',
  ...rows(
    ['value', 'won', 'captured', 'net, ether'],
    values.map(({ value, won, captureBps, net }) => [value, String(won), percent(captureBps), ether(net)]),
  ),
  `Chosen each day by the days before: ${ether(walked.net)} ether.`,
  '',
  ...rows(
    ['day', 'value', 'net, ether'],
    walked.days.map(({ day, value, net }) => [day, value, ether(net)]),
  ),
]

function rows(head: readonly string[], all: readonly (readonly string[])[]): readonly string[] {
  if (all.length === 0) return []
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...all.map(line), '']
}

const percent = (bps: number): string => `${(bps / 100).toFixed(2)} %`

/** Rounded half away from nothing, to six digits. */
function ether(wei: string): string {
  const units = BigInt(wei)
  const micro = ((units < 0n ? -units : units) + 500_000_000_000n) / 1_000_000_000_000n
  const text = `${micro / 1_000_000n}.${(micro % 1_000_000n).toString().padStart(6, '0')}`
  return units < 0n && micro > 0n ? `-${text}` : text
}
