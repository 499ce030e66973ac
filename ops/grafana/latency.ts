import { rows } from '../../src/observe/metric-rows.ts'
import type { DashboardSpec } from './dashboard.ts'
import { of, quantile, rate, sumBy } from './query.ts'

export const latency: DashboardSpec = {
  name: 'latency',
  title: 'latency',
  says: 'Where time goes between a trigger and the bytes on the wire, by stage and by trigger.',
  rows: [
    {
      title: 'The whole way',
      panels: [
        {
          title: 'From trigger to send, median',
          says: 'A simulation between them is included; `submission.simulate` says when there is one.',
          journal: 'Each attempt’s own is `triggerToSendNs` in `plimsoll explain <plan> --json`.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: quantile(0.5, rows.triggerToSend, 'trigger'), legend: '{{trigger}}' }],
        },
        {
          title: 'From trigger to send, 99 %',
          says: 'The slowest of a hundred.',
          journal: 'Each attempt’s own is `triggerToSendNs` in `plimsoll explain <plan> --json`.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: quantile(0.99, rows.triggerToSend, 'trigger'), legend: '{{trigger}}' }],
        },
      ],
    },
    {
      title: 'Stages',
      panels: [
        {
          title: 'Stages, 99 %, all triggers',
          says: '`wait`: until it is judged, folding a head’s logs. `decide`: screen, proof, quote. `hand`: encode, sign.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: quantile(0.99, rows.stageSeconds, 'stage'), legend: '{{stage}}' }],
        },
        {
          title: 'Deciding, 99 %, by trigger',
          says: 'It grows with who is near the line, not with the number of positions.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: quantile(0.99, rows.stageSeconds, 'trigger', 'stage="decide"'), legend: '{{trigger}}' }],
        },
        {
          title: 'Waiting, 99 %, by trigger',
          says: 'A long wait: another scene was being judged, or a head’s logs took long to fold.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: quantile(0.99, rows.stageSeconds, 'trigger', 'stage="wait"'), legend: '{{trigger}}' }],
        },
        {
          title: 'Answers of relays, 99 %',
          says: 'After the bytes are out. A slow one may hear of us too late: look at its distance.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: quantile(0.99, rows.answerSeconds, 'relay'), legend: '{{relay}}' }],
        },
        {
          title: 'To a verdict, 99 %',
          says: 'From what called for it to a verdict that was news, sent or not.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: quantile(0.99, rows.verdictSeconds, 'instance'), legend: '{{instance}}' }],
        },
        {
          title: 'Scenes judged',
          says: 'A second, by what they were made for.',
          as: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: sumBy('trigger', rate(rows.stageSeconds, 'stage="decide"', '_count')),
              legend: '{{trigger}}',
            },
          ],
        },
        {
          title: 'Head lag',
          says: 'From a block’s timestamp to when it was followed: the chain’s and the node’s part, before ours.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: `max by (instance) (${of(rows.headLag)})`, legend: '{{instance}}' }],
        },
      ],
    },
  ],
}
