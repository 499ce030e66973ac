import { rows } from '../../src/observe/metric-rows.ts'
import type { DashboardSpec } from './dashboard.ts'
import { each, of, share, sumBy, total } from './query.ts'

const explain = '`plimsoll explain <position>` has the words beside each reason; docs/operating.md says what to do.'

export const funnel: DashboardSpec = {
  name: 'funnel',
  title: 'opportunity funnel',
  says: 'From what is below the line to what landed, and where the rest was lost. A verdict counts once, when it is news.',
  rows: [
    {
      title: 'Stages, over the time shown',
      panels: [
        {
          title: 'Verdicts',
          says: 'Everything that was below the line and judged: act or skip.',
          journal: explain,
          as: 'stat',
          unit: 'none',
          queries: [{ expr: `sum(${total(rows.verdicts)})`, legend: 'verdicts' }],
        },
        {
          title: 'Act',
          says: 'Worth acting on, and nothing held it back.',
          journal: '`plimsoll explain <plan>`.',
          as: 'stat',
          unit: 'none',
          queries: [{ expr: `sum(${total(rows.verdicts, 'do="act"')})`, legend: 'act' }],
        },
        {
          title: 'Intents',
          says: 'Plans written down to be sent. Fewer than act: a simulation or a kill came between.',
          as: 'stat',
          unit: 'none',
          queries: [{ expr: `sum(${total(rows.intents)})`, legend: 'intents' }],
        },
        {
          title: 'Sent',
          says: 'Attempts that left. One may go to several relays.',
          as: 'stat',
          unit: 'none',
          queries: [{ expr: `sum(${total(rows.fates, 'status="sent"')})`, legend: 'sent' }],
        },
        {
          title: 'Included',
          says: 'Attempts the chain took.',
          journal: '`plimsoll history --status included`.',
          as: 'stat',
          unit: 'none',
          queries: [{ expr: `sum(${total(rows.fates, 'status="included"')})`, legend: 'included' }],
        },
        {
          title: 'Included, of acts',
          says: 'The whole way. What misses it tells the dashboard of misses.',
          as: 'stat',
          unit: 'percentunit',
          queries: [
            { expr: share(total(rows.fates, 'status="included"'), total(rows.verdicts, 'do="act"')), legend: 'share' },
          ],
        },
      ],
    },
    {
      title: 'Where it ends',
      panels: [
        {
          title: 'Every reason to skip, over the time shown',
          says: 'How often each was said. One position counts again when the word about it changes.',
          journal: explain,
          as: 'ranked',
          unit: 'none',
          queries: [{ expr: `sort_desc(${sumBy('reason', total(rows.verdicts, 'do="skip"'))})`, legend: '{{reason}}' }],
        },
        {
          title: 'What became of attempts, over the time shown',
          says: 'included, reverted, dropped, refused, withheld; `final` lies too deep to be undone.',
          journal: '`plimsoll history --status <status>`.',
          as: 'ranked',
          unit: 'none',
          queries: [{ expr: `sort_desc(${sumBy('status', total(rows.fates))})`, legend: '{{status}}' }],
        },
        {
          title: 'Verdicts by trigger',
          says: 'Why the scenes were made in which something was below the line.',
          as: 'bars',
          unit: 'none',
          queries: [{ expr: sumBy('trigger', each(rows.verdicts)), legend: '{{trigger}}' }],
        },
        {
          title: 'Answers of relays and nodes',
          says: 'Accepted is a word, no fate: that is read from blocks.',
          journal: 'A refusal’s words are in the log (`"event":"send-refused"`) beside the transaction’s hash.',
          as: 'bars',
          unit: 'none',
          queries: [
            { expr: sumBy('relay', each(rows.sent)), legend: '{{relay}} accepted' },
            { expr: sumBy('relay', each(rows.sendRefused)), legend: '{{relay}} refused' },
          ],
        },
        {
          title: 'Below the line now',
          says: 'By protocol and by what was said last.',
          journal: explain,
          as: 'lines',
          unit: 'none',
          width: 24,
          queries: [{ expr: sumBy('strategy, reason', of(rows.standing)), legend: '{{strategy}} {{reason}}' }],
        },
      ],
    },
  ],
}
