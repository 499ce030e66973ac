import type { Report } from '../../backtest/report.ts'
import { missesOf } from '../headline.ts'
import { byTier, type Plot, tierNames } from '../plot.ts'
import { seen } from '../seen.ts'
import { tiers, tierWords } from '../words.ts'

/** How many were missed for which reason. */
export function missesPlot({ tiers: both }: Report): Plot {
  const values = tiers.flatMap((tier) =>
    missesOf(both[tier].misses).map(({ reason, count }) => ({
      tier: tierWords[tier].name,
      reason: seen(reason),
      count,
    })),
  )
  return {
    id: 'misses-plot',
    title: 'Misses by reason',
    tells: tiers
      .map((tier) => {
        const told = missesOf(both[tier].misses).map(({ reason, count }) => `${reason} ${count}`)
        return `${tierWords[tier].name}: ${told.join(', ') || 'none'}.`
      })
      .join(' '),
    spec: {
      height: 30 * Math.max(1, new Set(values.map(({ reason }) => reason)).size),
      data: { values },
      mark: { type: 'bar' },
      encoding: {
        y: {
          field: 'reason',
          type: 'nominal',
          title: null,
          sort: { field: 'count', op: 'max', order: 'descending' },
          axis: { labelLimit: 200 },
        },
        yOffset: { field: 'tier', sort: null, scale: { domain: tierNames } },
        x: { field: 'count', type: 'quantitative', title: 'liquidations', axis: { format: 'd', tickMinStep: 1 } },
        color: byTier,
      },
    },
  }
}
