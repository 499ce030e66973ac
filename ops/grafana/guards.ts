import { rows } from '../../src/observe/metric-rows.ts'
import type { DashboardSpec } from './dashboard.ts'
import { each, of, rate, sumBy } from './query.ts'

export const guards: DashboardSpec = {
  name: 'guards',
  title: 'guards and funding',
  says: 'What holds sending back, and what will: guards, limits, lanes, the executor, attempts without a fate.',
  rows: [
    {
      title: 'Guards',
      panels: [
        {
          title: 'Open',
          says: 'Each stands until an operator closes it: `plimsoll guards close <name>`, once you know why it tripped.',
          journal: '`plimsoll guards` has the words.',
          as: 'lines',
          unit: 'none',
          queries: [{ expr: sumBy('guard', of(rows.guardOpen)), legend: '{{guard}}' }],
        },
        {
          title: 'Limits used',
          says: 'Of each limit’s 24 hours. At 1 it stops private and public sending; bundles alert.',
          as: 'lines',
          unit: 'percentunit',
          thresholds: [0.5, 0.8],
          queries: [{ expr: `max by (guard) (${of(rows.guardUsed)})`, legend: '{{guard}}' }],
        },
        {
          title: 'Tripped or reached',
          says: 'In each step of the time shown, at most once a minute each.',
          as: 'bars',
          unit: 'none',
          queries: [{ expr: sumBy('guard', each(rows.guardAlerts)), legend: '{{guard}}' }],
        },
        {
          title: 'Executor',
          says: 'What the last look found. A failure stops sending at the next start; a warning of `sink` is a new sink proposed.',
          journal: '`plimsoll doctor` has the words.',
          as: 'lines',
          unit: 'none',
          queries: [{ expr: sumBy('check, state', of(rows.executorChecks)), legend: '{{check}} {{state}}' }],
        },
      ],
    },
    {
      title: 'Who sends',
      panels: [
        {
          title: 'Leads',
          says: 'One of the keepers of a job has 1, and sends. A keeper with a journal to itself always has.',
          as: 'lines',
          unit: 'none',
          queries: [{ expr: `max(${of(rows.leader)})`, legend: 'leads' }],
        },
        {
          title: 'Since the database answered',
          says: 'Who leads stops sending before its lease runs out (`journal.leaseMs`).',
          as: 'lines',
          unit: 's',
          queries: [{ expr: `max(${of(rows.leaseAge)})`, legend: 'age' }],
        },
        {
          title: 'Take-overs',
          says: 'In each step of the time shown, and the epoch reached: each take-over has the next one.',
          as: 'lines',
          unit: 'none',
          queries: [
            { expr: `sum(${each(rows.takeovers)})`, legend: 'take-overs' },
            { expr: `max(${of(rows.leaseEpoch)})`, legend: 'epoch' },
          ],
        },
      ],
    },
    {
      title: 'Lanes and attempts',
      panels: [
        {
          title: 'Balance',
          says: 'Of each lane, by the order in which they turned up. The log’s `lane-funding` lines have the addresses.',
          as: 'lines',
          unit: 'suffix: ETH',
          queries: [{ expr: `min by (lane) (${of(rows.laneBalance)})`, legend: '{{lane}}' }],
        },
        {
          title: 'Highest affordable base fee',
          says: 'For the largest transaction; beside it the base fee of now.',
          as: 'lines',
          unit: 'suffix: gwei',
          queries: [
            { expr: `min by (lane) (${of(rows.laneBaseFee)}) / 1e9`, legend: '{{lane}}' },
            { expr: `max(${of(rows.baseFee)}) / 1e9`, legend: 'base fee' },
          ],
        },
        {
          title: 'Attempts without a fate',
          says: 'How many, and how long the oldest has been.',
          journal: '`plimsoll history --status sent`.',
          as: 'lines',
          unit: 'none',
          queries: [
            { expr: `sum(${of(rows.openAttempts)})`, legend: 'open' },
            { expr: `max(${of(rows.openAge)})`, legend: 'oldest, seconds' },
          ],
        },
        {
          title: 'Messages of the built-in notifier',
          says: 'A second, by what became of them. `failed` or `dropped`: somebody was not told.',
          as: 'lines',
          unit: 'ops',
          queries: [{ expr: sumBy('channel, result', rate(rows.notified)), legend: '{{channel}} {{result}}' }],
        },
      ],
    },
  ],
}
