import { rows } from '../../src/observe/metric-rows.ts'
import type { DashboardSpec } from './dashboard.ts'
import { of, sumBy, total } from './query.ts'

export const perProtocol: DashboardSpec = {
  name: 'per-protocol',
  title: 'per protocol',
  says: 'The same questions for each protocol: what stands below the line, what was done, earned, missed, not served.',
  rows: [
    {
      title: 'What it does',
      panels: [
        {
          title: 'Below the line now',
          says: 'Positions that can be liquidated in the next block.',
          journal: '`plimsoll explain <position>`.',
          as: 'lines',
          unit: 'none',
          queries: [{ expr: sumBy('strategy', of(rows.standing)), legend: '{{strategy}}' }],
        },
        {
          title: 'Plans made, time shown',
          says: 'Intents: plans written down to be sent. A plan may take from several at once: their names are joined.',
          journal: '`plimsoll history`.',
          as: 'ranked',
          unit: 'none',
          queries: [{ expr: sumBy('strategy', total(rows.intents)), legend: '{{strategy}}' }],
        },
        {
          title: 'Included and reverted, time shown',
          says: 'By receipts.',
          journal: '`plimsoll history --status reverted`.',
          as: 'ranked',
          unit: 'none',
          queries: [
            { expr: sumBy('strategy', total(rows.receipts, 'status="included"')), legend: '{{strategy}} included' },
            { expr: sumBy('strategy', total(rows.receipts, 'status="reverted"')), legend: '{{strategy}} reverted' },
          ],
        },
        {
          title: 'Profit, time shown',
          says: 'After gas and tip.',
          as: 'ranked',
          unit: 'suffix: ETH',
          queries: [{ expr: sumBy('strategy', total(rows.profit)), legend: '{{strategy}}' }],
        },
      ],
    },
    {
      title: 'What it does not do',
      panels: [
        {
          title: 'Skips, time shown',
          says: 'By protocol and reason; docs/operating.md has a row for each.',
          journal: '`plimsoll explain <position>`.',
          as: 'ranked',
          unit: 'none',
          queries: [
            {
              expr: `sort_desc(${sumBy('strategy, reason', total(rows.verdicts, 'do="skip"'))})`,
              legend: '{{strategy}} {{reason}}',
            },
          ],
        },
        {
          title: 'Positions nothing can be done about',
          says: 'Their tokens have no exit, or nobody lends them: `plimsoll doctor` lists them.',
          as: 'lines',
          unit: 'none',
          queries: [{ expr: sumBy('strategy, reason', of(rows.unservedPositions)), legend: '{{strategy}} {{reason}}' }],
        },
        {
          title: 'Tokens not served',
          says: 'And markets that name one: `plimsoll doctor` lists them.',
          as: 'lines',
          unit: 'none',
          queries: [
            { expr: sumBy('strategy, reason', of(rows.unservedTokens)), legend: '{{strategy}} {{reason}} tokens' },
            { expr: sumBy('strategy, reason', of(rows.unservedMarkets)), legend: '{{strategy}} {{reason}} markets' },
          ],
        },
        {
          title: 'Drift, time shown',
          says: 'Sampled positions that differed from the protocol’s own figures. More than none: look at that protocol.',
          journal: 'The log’s `"event":"drift"` has both figures; `plimsoll explain <position>` what was done with it.',
          as: 'ranked',
          unit: 'none',
          queries: [{ expr: sumBy('strategy', total(rows.drifts)), legend: '{{strategy}}' }],
        },
      ],
    },
  ],
}
