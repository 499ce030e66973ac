import { rows } from '../../src/observe/metric-rows.ts'
import type { DashboardSpec } from './dashboard.ts'
import { each, share, sumBy, total } from './query.ts'

const journal = '`plimsoll misses --since 7d --reason <reason>` lists them, with winner, bid and what we foresaw.'

export const misses: DashboardSpec = {
  name: 'misses',
  title: 'misses',
  says: 'Liquidations somebody else won in what is watched, from the chain, and why it was not us: docs/misses.md.',
  rows: [
    {
      title: 'Over the time shown',
      panels: [
        {
          title: 'Misses',
          says: 'What others won.',
          journal,
          as: 'stat',
          unit: 'none',
          queries: [{ expr: `sum(${total(rows.misses)})`, legend: 'misses' }],
        },
        {
          title: 'Faults of ours among them',
          says: '`overlooked`, `judged-closed`, `position-unknown`: to be looked into and reported.',
          journal,
          as: 'stat',
          unit: 'none',
          thresholds: [1, 1],
          queries: [
            {
              expr: `sum(${total(rows.misses, 'reason=~"overlooked|judged-closed|position-unknown"')}) or vector(0)`,
              legend: 'faults',
            },
          ],
        },
        {
          title: 'Won, of what was there',
          says: 'Included plans of included and missed together.',
          as: 'stat',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum(${total(rows.fates, 'status="included"')}) / (sum(${total(rows.fates, 'status="included"')}) + sum(${total(rows.misses)}) > 0) or vector(0)`,
              legend: 'won',
            },
          ],
        },
        {
          title: 'Outbid, of misses',
          says: 'Ours was sent and the winner paid no less for each gas: raise `submission.tipShareBps`, or let it go.',
          journal,
          as: 'stat',
          unit: 'percentunit',
          queries: [{ expr: share(total(rows.misses, 'reason="outbid"'), total(rows.misses)), legend: 'outbid' }],
        },
        {
          title: 'Taken back by reorgs',
          says: 'Misses whose block is no more.',
          as: 'stat',
          unit: 'none',
          queries: [{ expr: `sum(${total(rows.missesUndone)}) or vector(0)`, legend: 'undone' }],
        },
      ],
    },
    {
      title: 'Why',
      panels: [
        {
          title: 'By reason, over the time shown',
          says: 'docs/misses.md says of each what it means and what to do.',
          journal,
          as: 'ranked',
          unit: 'none',
          queries: [{ expr: `sort_desc(${sumBy('reason', total(rows.misses))})`, legend: '{{reason}}' }],
        },
        {
          title: 'By protocol, over the time shown',
          says: 'Where others are better.',
          journal,
          as: 'ranked',
          unit: 'none',
          queries: [{ expr: `sort_desc(${sumBy('strategy', total(rows.misses))})`, legend: '{{strategy}}' }],
        },
        {
          title: 'Over time',
          says: 'In each step of the time shown.',
          journal,
          as: 'bars',
          unit: 'none',
          width: 24,
          queries: [{ expr: sumBy('reason', each(rows.misses)), legend: '{{reason}}' }],
        },
      ],
    },
  ],
}
