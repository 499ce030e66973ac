import type { SensitivityRow } from '../../backtest/sensitivity.ts'
import { drawn, ether } from '../amounts.ts'
import { colour, type Plot } from '../plot.ts'
import { changeWords } from '../words.ts'

/** What would be left, had one thing been otherwise. */
export function changePlot(of: SensitivityRow['of'], rows: readonly SensitivityRow[]): Plot {
  const those = rows.filter((row) => row.of === of)
  return {
    id: `${of}-plot`,
    title: `Net in ether, where ${changeWords[of]}`,
    tells: those.map(({ at, net, won }) => `${at}: ${ether(net)} ether by ${won} acts.`).join(' '),
    spec: {
      ...{ width: 360, height: 170 },
      data: { values: those.map(({ at, net }) => ({ at, net: drawn(net) })) },
      mark: { type: 'bar', color: colour.committed },
      encoding: {
        x: { field: 'at', type: 'ordinal', sort: null, title: of, axis: { labelAngle: 0 } },
        y: { field: 'net', type: 'quantitative', title: 'ether' },
      },
    },
  }
}
