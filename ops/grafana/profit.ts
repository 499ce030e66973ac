import { rows } from '../../src/observe/metric-rows.ts'
import type { DashboardSpec } from './dashboard.ts'
import { each, of, share, sumBy, total } from './query.ts'

const eth = 'suffix: ETH'
const sums =
  '`plimsoll history --status included` has every plan, `plimsoll explain <plan>` every term of its sum in wei.'

export const profit: DashboardSpec = {
  name: 'profit',
  title: 'profit',
  says: 'What was earned and what it cost, as receipts say. Floats for drawing; the journal has the wei.',
  rows: [
    {
      title: 'Over the time shown',
      panels: [
        {
          title: 'Profit',
          says: 'Net of included plans, where positive.',
          journal: sums,
          as: 'stat',
          unit: eth,
          queries: [{ expr: `sum(${total(rows.profit)})`, legend: 'profit' }],
        },
        {
          title: 'Loss',
          says: 'Net where negative: reverts that were mined, plans that came out worse.',
          journal: '`plimsoll history --status reverted`.',
          as: 'stat',
          unit: eth,
          thresholds: [0.000001, 0.05],
          queries: [{ expr: `sum(${total(rows.loss)})`, legend: 'loss' }],
        },
        {
          title: 'Taken back',
          says: 'Of the profit, what reorgs undid.',
          as: 'stat',
          unit: eth,
          queries: [{ expr: `sum(${total(rows.unwound)})`, legend: 'unwound' }],
        },
        {
          title: 'Gas',
          says: 'Paid by plans, reverted ones too.',
          as: 'stat',
          unit: eth,
          queries: [{ expr: `sum(${total(rows.gas)})`, legend: 'gas' }],
        },
        {
          title: 'Tips',
          says: 'Paid to builders out of the gain.',
          as: 'stat',
          unit: eth,
          queries: [{ expr: `sum(${total(rows.tips)})`, legend: 'tips' }],
        },
        {
          title: 'Tips, of the gain',
          says: 'What builders kept of profit and tips together. `submission.tipShareBps` sets it.',
          as: 'stat',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum(${total(rows.tips)}) / (sum(${total(rows.tips)}) + sum(${total(rows.profit)}) > 0) or vector(0)`,
              legend: 'share',
            },
          ],
        },
      ],
    },
    {
      title: 'Over time',
      panels: [
        {
          title: 'Profit since the start, by protocol',
          says: '`several`: one transaction took from more than one.',
          journal: sums,
          as: 'lines',
          unit: eth,
          queries: [{ expr: sumBy('strategy', of(rows.profit)), legend: '{{strategy}}' }],
        },
        {
          title: 'Earned and paid',
          says: 'In each step of the time shown.',
          journal: sums,
          as: 'bars',
          unit: eth,
          queries: [
            { expr: `sum(${each(rows.profit)})`, legend: 'profit' },
            { expr: `-sum(${each(rows.loss)})`, legend: 'loss' },
            { expr: `-sum(${each(rows.gas)})`, legend: 'gas' },
            { expr: `-sum(${each(rows.tips)})`, legend: 'tips' },
          ],
        },
        {
          title: 'Right to the wei',
          says: 'Receipts in the block they were signed for. Anything `inexact` is a fault to report.',
          journal: 'The log’s `"event":"inexact"` has the plan: `plimsoll explain <plan>`.',
          as: 'bars',
          unit: 'none',
          queries: [{ expr: sumBy('result', each(rows.predictions)), legend: '{{result}}' }],
        },
        {
          title: 'Exact, of comparable',
          says: 'Over the time shown; 1 is the promise.',
          as: 'stat',
          unit: 'percentunit',
          width: 12,
          queries: [
            {
              expr: share(
                total(rows.predictions, 'result="exact"'),
                total(rows.predictions, 'result=~"exact|inexact"'),
              ),
              legend: 'exact',
            },
          ],
        },
      ],
    },
  ],
}
