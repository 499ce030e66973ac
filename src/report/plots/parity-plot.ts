import type { Report } from '../../backtest/report.ts'
import { colour, type Plot } from '../plot.ts'

/** Bounds in basis points, from less than nothing to twice as much and beyond. */
const bounds = Array.from({ length: 21 }, (_, at) => at * 1_000)

/** How ours compares with each winner's, tens of per cent. */
export function parityPlot({ parity }: Report): Plot {
  const ratios = parity.flatMap(({ ratioBps }) => ratioBps ?? [])
  const bins = [
    { bin: '< 0', from: Number.NEGATIVE_INFINITY, to: 0 },
    ...bounds.slice(0, -1).map((from) => ({ bin: String(from / 100), from, to: from + 1_000 })),
    { bin: '≥ 200', from: 20_000, to: Number.POSITIVE_INFINITY },
  ]
  const values = bins.map(({ bin, from, to }) => ({
    bin,
    count: ratios.filter((ratio) => ratio >= from && ratio < to).length,
    is: from >= 10_000 ? 'at least as much' : 'less',
  }))
  const equal = ratios.filter((ratio) => ratio >= 10_000).length
  return {
    id: 'parity-plot',
    title: 'Ours of theirs: how many winners’ transactions, by tens of per cent',
    tells: `${equal} of ${ratios.length} solved for at least as much as the winner’s, ${ratios.length - equal} for less; ${parity.length - ratios.length} not compared.`,
    spec: {
      height: 220,
      data: { values },
      mark: { type: 'bar' },
      encoding: {
        x: {
          field: 'bin',
          type: 'ordinal',
          sort: null,
          title: 'from so many per cent',
          axis: { labelAngle: -45, labelOverlap: false },
        },
        y: { field: 'count', type: 'quantitative', title: 'transactions', axis: { format: 'd', tickMinStep: 1 } },
        color: {
          field: 'is',
          type: 'nominal',
          title: null,
          sort: null,
          scale: { domain: ['less', 'at least as much'], range: [colour.missed, colour.captured] },
          legend: { orient: 'top' },
        },
      },
    },
  }
}
