import { rows } from '../../src/observe/metric-rows.ts'
import type { DashboardSpec } from './dashboard.ts'
import { each, of, quantile, sumBy, total } from './query.ts'

export const calendar: DashboardSpec = {
  name: 'calendar',
  title: 'calendar',
  says: 'What time alone will bring, and what came of it. `plimsoll calendar` lists each with its second and worth.',
  rows: [
    {
      title: 'What is coming',
      panels: [
        {
          title: 'Within the hour',
          says: 'Positions whose judgement time alone changes. Looked at every 25 blocks.',
          journal: '`plimsoll calendar --within 1h`.',
          as: 'stat',
          unit: 'none',
          width: 6,
          queries: [{ expr: `sum(${of(rows.coming, 'within="1h"')})`, legend: 'positions' }],
        },
        {
          title: 'Within the day',
          says: 'The same, within 24 hours.',
          journal: '`plimsoll calendar --within 24h`.',
          as: 'stat',
          unit: 'none',
          width: 6,
          queries: [{ expr: `sum(${of(rows.coming, 'within="24h"')})`, legend: 'positions' }],
        },
        {
          title: 'Until the first',
          says: 'As of the last look; a day where there is none.',
          as: 'stat',
          unit: 's',
          width: 12,
          queries: [{ expr: `min(${of(rows.comingNext)})`, legend: 'seconds' }],
        },
        {
          title: 'Coming, over time',
          says: 'How full the calendar is.',
          as: 'lines',
          unit: 'none',
          queries: [{ expr: sumBy('within', of(rows.coming)), legend: '{{within}}' }],
        },
        {
          title: 'Scenes made, by trigger',
          says: 'What was judged because something may come, beside heads.',
          as: 'bars',
          unit: 'none',
          queries: [
            {
              expr: sumBy('trigger', each(rows.stageSeconds, 'stage="decide"', '_count')),
              legend: '{{trigger}}',
            },
          ],
        },
      ],
    },
    {
      title: 'What came of it',
      panels: [
        {
          title: 'Verdicts by trigger, time shown',
          says: '`interest`, `step`, `cut-off`, `parameter`: called for by time alone, and contested by few.',
          journal: '`plimsoll explain <position>`.',
          as: 'ranked',
          unit: 'none',
          queries: [{ expr: sumBy('trigger, do', total(rows.verdicts)), legend: '{{trigger}} {{do}}' }],
        },
        {
          title: 'From trigger to send, median, all triggers',
          says: 'Interest crossings come with their block; updates on their way are sent behind at once.',
          as: 'lines',
          unit: 's',
          queries: [{ expr: quantile(0.5, rows.triggerToSend, 'trigger'), legend: '{{trigger}}' }],
        },
      ],
    },
  ],
}
