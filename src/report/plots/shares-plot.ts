import type { Report } from '../../backtest/report.ts'
import { drawn, ether } from '../amounts.ts'
import { byTier, type Plot, tierNames } from '../plot.ts'
import { seen } from '../seen.ts'
import { type SharedBy, sharesBy } from '../tables/summaries.ts'
import { tiers, tierWords } from '../words.ts'

/** What won acts leave, by protocol or trigger. */
export function sharesPlot(report: Report, by: SharedBy): Plot {
  const shares = sharesBy(report, by)
  const values = shares.flatMap(({ name, of }) =>
    of.map(({ net }, at) => ({ name: seen(name), tier: tierNames[at], net: drawn(net) })),
  )
  return {
    id: `${by}-plot`,
    title: `Profit by ${by}, in ether`,
    tells: shares
      .map(
        ({ name, of }) =>
          `${name}: ${of.map(({ net }, at) => `${tierWords[tiers[at] ?? 'committed'].name} ${ether(net)}`).join(', ')}.`,
      )
      .join(' '),
    spec: {
      height: 30 * Math.max(1, shares.length),
      data: { values },
      mark: { type: 'bar' },
      encoding: {
        y: { field: 'name', type: 'nominal', title: null, axis: { labelLimit: 200 } },
        yOffset: { field: 'tier', sort: null, scale: { domain: tierNames } },
        x: { field: 'net', type: 'quantitative', title: 'ether' },
        color: byTier,
      },
    },
  }
}
