import { rows } from '../../src/observe/metric-rows.ts'
import type { DashboardSpec } from './dashboard.ts'
import { each, of, quantile, rate, share, sumBy, total } from './query.ts'

export const overview: DashboardSpec = {
  name: 'overview',
  title: 'overview',
  says: 'One look: does it see, is it on time, what came of it, what will stop it.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Blind',
          says: 'Reasons to see nothing, of three: unsynced, no-head, node-failing. Anything but 0 is an emergency.',
          as: 'stat',
          unit: 'none',
          thresholds: [1, 1],
          queries: [{ expr: `sum(${of(rows.blind)})`, legend: 'blind' }],
        },
        {
          title: 'Head age',
          says: 'Since the newest block was followed. Five block times without one are blindness.',
          as: 'stat',
          unit: 's',
          thresholds: [30, 60],
          queries: [{ expr: `max(time() - ${of(rows.headTime)})`, legend: 'age' }],
        },
        {
          title: 'Net, time shown',
          says: 'Realised profit less losses and what reorgs took, after gas and tip.',
          journal: 'In the journal: `plimsoll history --status included` has each, `plimsoll explain <plan>` its sum.',
          as: 'stat',
          unit: 'suffix: ETH',
          queries: [
            {
              expr: `sum(${total(rows.profit)}) - sum(${total(rows.loss)}) - sum(${total(rows.unwound)})`,
              legend: 'net',
            },
          ],
        },
        {
          title: 'Included, of sent',
          says: 'Bundles that others won cost nothing: on that path below a half is usual in a contest.',
          as: 'stat',
          unit: 'percentunit',
          queries: [
            { expr: share(total(rows.fates, 'status="included"'), total(rows.intents)), legend: 'included of sent' },
          ],
        },
        {
          title: 'Guards open',
          says: 'Each holds sending back until an operator closes it.',
          journal: 'What tripped it: `plimsoll guards`.',
          as: 'stat',
          unit: 'none',
          thresholds: [1, 1],
          queries: [{ expr: `sum(${of(rows.guardOpen)})`, legend: 'open' }],
        },
        {
          title: 'Affordable base fee',
          says: 'How many times the base fee of now the poorest lane can pay. Below 5 a busy hour stops it: fund it.',
          as: 'stat',
          unit: 'suffix: ×',
          thresholds: [20, 5],
          queries: [{ expr: `min(${of(rows.laneBaseFee)}) / (max(${of(rows.baseFee)}) > 0)`, legend: 'times' }],
        },
      ],
    },
    {
      title: 'Over time',
      panels: [
        {
          title: 'Below the line, by what was said of them',
          says: 'Positions that can be liquidated in the next block. Whatever is not `act` is left alone for that reason.',
          journal: 'One of them: `plimsoll explain <position>` has the words beside the reason and the whole sum.',
          as: 'lines',
          unit: 'none',
          queries: [{ expr: sumBy('reason', of(rows.standing)), legend: '{{reason}}' }],
        },
        {
          title: 'What came of plans',
          says: 'How attempts went on.',
          journal: '`plimsoll history --status <status>`, then `plimsoll explain <plan>`.',
          as: 'bars',
          unit: 'none',
          queries: [{ expr: sumBy('status', each(rows.fates)), legend: '{{status}}' }],
        },
        {
          title: 'From trigger to send, 99 %',
          says: 'What the slowest of a hundred took from its trigger’s arrival until the bytes were handed over.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: quantile(0.99, rows.triggerToSend, 'trigger'), legend: '{{trigger}}' }],
        },
        {
          title: 'Faults of the node',
          says: 'Requests that were not answered, or refused, a second.',
          as: 'lines',
          unit: 'ops',
          queries: [{ expr: sumBy('code', rate(rows.rpcFaults)), legend: '{{code}}' }],
        },
      ],
    },
  ],
}
