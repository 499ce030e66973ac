import type { Parity, PoolDifference } from '../../backtest/parity.ts'
import type { Report } from '../../backtest/report.ts'
import { percent } from '../amounts.ts'
import { htmlTable } from '../html-table.ts'
import type { Markup } from '../markup.ts'
import { short } from '../seen.ts'
import { type Cell, code, columns, count, plain, type Row, type Table, wei } from '../table.ts'
import { type TokenNames, tokenNames } from '../token-names.ts'

/** Every winner's transaction, solved again where it stood. */
export function parityTable(report: Report): Table {
  const names = tokenNames(report)
  return {
    caption:
      'Winners, each transaction solved again where it stood: what ours and theirs leave before bids, after gas at the base fee, in ether',
    columns: columns('#block', 'transaction', '#positions', '#ours', '#theirs', '#ours of theirs', 'why not as theirs'),
    rows: report.parity.map((one) => parityRow(one, names)),
  }
}

function parityRow(one: Parity, names: TokenNames): Row {
  const { block, transactionHash, positions, ours, theirs, ratioBps, pools } = one
  return {
    kinds: [kindOf(one)],
    cells: [
      count(block),
      code(short(transactionHash), transactionHash),
      count(positions.length),
      wei(ours),
      wei(theirs),
      ratioBps === null ? plain('') : { text: percent(ratioBps), exact: String(ratioBps), unit: 'bps' },
      whyNot(one),
    ],
    ...(pools.length === 0 ? {} : { more: { title: 'pool by pool', body: poolsOf(pools, names) } }),
  }
}

const kindOf = ({ ratioBps }: Parity): string =>
  ratioBps === null ? 'not compared' : ratioBps >= 10_000 ? 'as much or more' : 'less'

function whyNot({ reason, detail, pools, ratioBps }: Parity): Cell {
  if (reason !== null) return code(detail === '' ? reason : `${reason}: ${detail}`)
  if (pools.length > 0) return plain(`other swaps in ${pools.length} ${pools.length === 1 ? 'pool' : 'pools'}`)
  if (ratioBps === null) return plain('theirs cannot be valued, or is nothing')
  return plain(ratioBps === 10_000 ? 'the same' : 'the same swaps: gas, fees or what was repaid differ')
}

function poolsOf(pools: readonly PoolDifference[], { amount, name }: TokenNames): Markup {
  const swap = (one: PoolDifference['ours']): Cell =>
    one === null
      ? plain('none')
      : code(
          `${amount(one.sold, one.sell)} ${name(one.sell)} for ${amount(one.bought, one.buy)} ${name(one.buy)}`,
          `${one.sold} of ${one.sell} for ${one.bought} of ${one.buy}`,
        )
  return htmlTable(
    {
      caption: 'Swaps that differ',
      columns: columns('pool', 'ours', 'theirs'),
      rows: pools.map(({ pool, ours, theirs }) => ({ cells: [code(pool), swap(ours), swap(theirs)] })),
    },
    'inner',
  )
}
