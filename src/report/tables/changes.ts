import type { Report } from '../../backtest/report.ts'
import type { Sweep } from '../../backtest/walk-forward.ts'
import { percent } from '../amounts.ts'
import { short } from '../seen.ts'
import { type Cell, code, columns, count, plain, type Table, wei } from '../table.ts'
import { forcedMeans } from '../words.ts'

/** The same plans, had one thing been otherwise. */
export const sensitivityTable = ({ sensitivity }: Report): Table => ({
  caption: 'The same plans with one thing changed, committed-only, as foreseen; in ether',
  columns: columns('what', 'at', '#acts won', '#captured', '#net', '#bids'),
  rows: sensitivity.map(({ of, at, won, captureBps, net, bids }) => ({
    cells: [plain(of), code(at), count(won), share(captureBps), wei(net), wei(bids)],
  })),
})

const share = (bps: number): Cell => ({ text: percent(bps), exact: String(bps), unit: 'bps' })

/** Plans that were left, sent all the same. */
export const forcedTable = ({ forced }: Report): Table => ({
  caption: 'Plans left as unprofitable and sent all the same: what was foreseen and what was left, in ether',
  columns: columns(
    '#block',
    'position',
    'outcome',
    'what it means',
    '#foreseen',
    '#left',
    '#gas, foreseen',
    '#gas',
    'why',
  ),
  rows: forced.map(({ block, positions, outcome, foreseen, net, gas, why }) => ({
    cells: [
      ...[count(block), code(positions.map(short).join(', ')), code(outcome), plain(forcedMeans[outcome])],
      ...[wei(foreseen), wei(net), count(gas.foreseen), count(gas.actual), code(why)],
    ],
  })),
})

/** A setting by its values, each over the whole range. */
export const sweepTable = ({ key, values }: Sweep): Table => ({
  caption: 'Each value over the whole range, committed-only: what hindsight would choose among; in ether',
  columns: columns(key, '#acts won', '#captured', '#net'),
  rows: values.map(({ value, won, captureBps, net }) => ({
    cells: [code(value), count(won), share(captureBps), wei(net)],
  })),
})

/** The same setting, chosen each day by what the days before would have earned. */
export const walkedTable = ({ key, walked }: Sweep): Table => ({
  caption: 'Chosen each day by the days before: what could have been known; in ether',
  columns: columns('day', key, '#net'),
  rows: walked.days.map(({ day, value, net }) => ({ cells: [plain(day), code(value), wei(net)] })),
  total: [plain('all'), plain(''), wei(walked.net)],
})
