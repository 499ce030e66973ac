import { rows } from '../../src/observe/metric-rows.ts'
import type { DashboardSpec } from './dashboard.ts'
import { each, of, rate, sumBy, total } from './query.ts'

export const chainHealth: DashboardSpec = {
  name: 'chain-health',
  title: 'chain health',
  says: 'Does it see: heads, what reaches it, the node, the book.',
  rows: [
    {
      title: 'Sight',
      panels: [
        {
          title: 'Blind, by reason',
          says: '`unsynced`: still reading. `no-head`: five block times without one. `node-failing`: ten faults in a row.',
          as: 'lines',
          unit: 'none',
          queries: [{ expr: `max by (reason) (${of(rows.blind)})`, legend: '{{reason}}' }],
        },
        {
          title: 'Head age in block times',
          says: 'Blind from five on.',
          as: 'lines',
          unit: 'none',
          thresholds: [3, 5],
          queries: [
            {
              expr: `max by (instance) ((time() - ${of(rows.headTime)}) / on (job, instance) ${of(rows.blockSeconds)})`,
              legend: '{{instance}}',
            },
          ],
        },
        {
          title: 'Inputs',
          says: 'What reaches it, a second. Over a socket transactions on their way come as `pending`.',
          as: 'lines',
          unit: 'ops',
          queries: [{ expr: sumBy('kind', rate(rows.inputs)), legend: '{{kind}}' }],
        },
        {
          title: 'Silence, by kind of input',
          says: 'Since something of that kind last came. `pending` falling silent while heads go on: the subscription died.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: `max by (kind) (time() - ${of(rows.inputTime)})`, legend: '{{kind}}' }],
        },
      ],
    },
    {
      title: 'Chain and node',
      panels: [
        {
          title: 'Head',
          says: 'Of several keepers of a chain none should fall behind.',
          as: 'lines',
          unit: 'none',
          queries: [{ expr: `max by (instance) (${of(rows.head)})`, legend: '{{instance}}' }],
        },
        {
          title: 'Base fee',
          says: 'Of the newest block.',
          as: 'lines',
          unit: 'suffix: gwei',
          queries: [{ expr: `max by (instance) (${of(rows.baseFee)}) / 1e9`, legend: '{{instance}}' }],
        },
        {
          title: 'Blocks undone by reorgs',
          says: 'In each step of the time shown.',
          journal: '`plimsoll history` marks what came of blocks that are no more.',
          as: 'bars',
          unit: 'none',
          queries: [
            { expr: `sum(${each(rows.reorgBlocks)})`, legend: 'blocks' },
            { expr: `sum(${each(rows.reorgs)})`, legend: 'reorgs' },
          ],
        },
        {
          title: 'Faults of the node',
          says: 'A second, by code. `rpc-unreachable`: no answer. `rpc-refused`: a clear no.',
          as: 'lines',
          unit: 'ops',
          queries: [{ expr: sumBy('code', rate(rows.rpcFaults)), legend: '{{code}}' }],
        },
      ],
    },
    {
      title: 'Book and process',
      panels: [
        {
          title: 'Book',
          says: 'What is held, as of the start.',
          as: 'stat',
          unit: 'none',
          width: 8,
          queries: [{ expr: sumBy('kind', of(rows.bookItems)), legend: '{{kind}}' }],
        },
        {
          title: 'Synced',
          says: '1 once the book holds everything.',
          as: 'stat',
          unit: 'none',
          queries: [{ expr: `min(${of(rows.synced)})`, legend: 'synced' }],
        },
        {
          title: 'Reading took',
          says: 'At the start. Much of it is spared by a kept book: `snapshot.path`.',
          as: 'stat',
          unit: 's',
          queries: [{ expr: `max(${of(rows.syncSeconds)})`, legend: 'seconds' }],
        },
        {
          title: 'Drift, time shown',
          says: 'Sampled positions that differed from the protocol’s own figures, and those set aside for it.',
          journal: 'The log’s `"event":"drift"` has both figures.',
          as: 'stat',
          unit: 'none',
          thresholds: [1, 1],
          queries: [
            { expr: `sum(${total(rows.drifts)})`, legend: 'differed' },
            { expr: `sum(${total(rows.quarantined)})`, legend: 'set aside' },
          ],
        },
        {
          title: 'Journal and log, time shown',
          says: 'Records the journal could not take; lines given up because too many waited, or kept back in a storm; spans a collector did not take.',
          as: 'stat',
          unit: 'none',
          thresholds: [1, 1],
          queries: [
            { expr: `sum(${total(rows.storeFaults)})`, legend: 'not journaled' },
            { expr: `sum(${total(rows.untold)})`, legend: 'not told' },
            { expr: `sum(${total(rows.keptBack)})`, legend: 'kept back' },
            { expr: `sum(${total(rows.spans, 'result="dropped"')})`, legend: 'spans not taken' },
          ],
        },
        {
          title: 'Memory',
          says: 'Of the process.',
          as: 'lines',
          unit: 'bytes',
          queries: [{ expr: `max by (instance) (${of(rows.memory)})`, legend: '{{instance}}' }],
        },
        {
          title: 'Read again',
          says: 'Positions a second that logs could not carry. Many mean much `being-reread`.',
          as: 'lines',
          unit: 'ops',
          queries: [{ expr: `sum(${rate(rows.refreshed)})`, legend: 'positions' }],
        },
        {
          title: 'Up since',
          says: 'How long it has been running.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: `min by (instance) (time() - ${of(rows.started)})`, legend: '{{instance}}' }],
        },
      ],
    },
  ],
}
