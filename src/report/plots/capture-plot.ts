import type { Tier } from '../../backtest/chunk-output.ts'
import type { LiquidationRow, Report } from '../../backtest/report.ts'
import { periodsOf } from '../periods.ts'
import { colour, type Plot } from '../plot.ts'
import { resultWords, tierWords } from '../words.ts'

const order = ['captured', 'own', 'after-ours', 'missed'] as const satisfies readonly LiquidationRow['result'][]

/** Liquidations on the chain by time, stacked by what a tier makes of them. */
export function capturePlot({ tiers }: Report, tier: Tier): Plot {
  const { liquidations, captured, missed, there } = tiers[tier]
  const periods = periodsOf(liquidations.map(({ timestamp }) => timestamp))
  const counts = new Map<string, number>()
  for (const { timestamp, result } of liquidations) {
    const key = `${periods.of(timestamp)}/${result}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const values = periods.all.flatMap((when) =>
    order.flatMap((result, at) => {
      const count = counts.get(`${when}/${result}`) ?? 0
      return count === 0 ? [] : [{ when, result: resultWords[result], count, at }]
    }),
  )
  const { name } = tierWords[tier]
  return {
    id: `capture-plot-${tier}`,
    title: `Liquidations by ${periods.word}, ${name}`,
    tells: `${captured} of ${there} captured, ${missed} missed; by ${periods.word}, UTC.`,
    spec: {
      height: 220,
      data: { values },
      mark: { type: 'bar', stroke: 'var(--paper)', strokeWidth: 0.5 },
      encoding: {
        x: {
          field: 'when',
          type: 'ordinal',
          sort: null,
          scale: { domain: [...periods.all] },
          title: `${periods.word}, UTC`,
          axis: { labelOverlap: 'parity', labelAngle: periods.all.length > 8 ? -45 : 0 },
        },
        y: {
          field: 'count',
          type: 'quantitative',
          stack: 'zero',
          title: 'liquidations',
          axis: { format: 'd', tickMinStep: 1 },
        },
        order: { field: 'at', type: 'quantitative' },
        color: {
          field: 'result',
          type: 'nominal',
          title: null,
          sort: null,
          scale: { domain: order.map((one) => resultWords[one]), range: order.map((one) => colour[one]) },
          legend: { orient: 'top' },
        },
      },
    },
  }
}
