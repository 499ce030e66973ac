import type { Tier } from '../../backtest/chunk-output.ts'
import type { Report } from '../../backtest/report.ts'
import { drawn, ether } from '../amounts.ts'
import { netOf } from '../plan-sum.ts'
import { byTier, type Plot, tierNames } from '../plot.ts'
import { tiers, tierWords } from '../words.ts'

/** What won acts leave, added up over time. */
export function profitPlot(report: Report): Plot {
  const ends = tiers.map((tier) => {
    const { net, won } = report.tiers[tier]
    return `${tierWords[tier].name} ends at ${ether(net)} ether after ${won} acts.`
  })
  return {
    id: 'profit-plot',
    title: 'Profit over time: what won acts leave, added up, in ether',
    tells: ends.join(' '),
    spec: {
      height: 240,
      data: { values: tiers.flatMap((tier) => pointsOf(report, tier)) },
      layer: [
        { mark: { type: 'rule', color: 'var(--line)' }, encoding: { y: { datum: 0 } } },
        {
          mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2.5 },
          encoding: {
            x: {
              field: 'ms',
              type: 'temporal',
              scale: { type: 'utc' },
              title: 'time, UTC',
              axis: { tickCount: 6, format: clock },
            },
            y: { field: 'net', type: 'quantitative', title: 'ether' },
            color: byTier,
            strokeDash: { ...byTier, scale: { domain: tierNames, range: dashes } },
          },
        },
      ],
    },
  }
}

/** Of a day, hours; else dates. */
const clock = {
  ...{ year: '%Y', quarter: '%b %Y', month: '%b %Y', week: '%d %b', day: '%d %b', date: '%d %b' },
  ...{ hours: '%H:%M', minutes: '%H:%M', seconds: '%H:%M:%S', milliseconds: '%H:%M:%S' },
}

const dashes: number[][] = [
  [1, 0],
  [7, 3],
]

type Point = { readonly tier: string; readonly ms: number; readonly net: number }

/** From the first to the last of anything that happened, so that both tiers span the same time. */
function pointsOf(report: Report, tier: Tier): readonly Point[] {
  const rows = tiers.flatMap((one) => [...report.tiers[one].liquidations, ...report.tiers[one].acts])
  const times = rows.map(({ timestamp }) => timestamp).sort((a, b) => a - b)
  const [first, last] = [times[0], times.at(-1)]
  if (first === undefined || last === undefined) return []
  const won = report.tiers[tier].acts.filter(({ fate }) => fate === 'won')
  const points = [{ timestamp: first, net: 0n }]
  let net = 0n
  for (const act of won.sort((a, b) => a.timestamp - b.timestamp)) {
    net += BigInt(netOf(act))
    points.push({ timestamp: act.timestamp, net })
  }
  return [...points, { timestamp: last, net }].map(({ timestamp, net }) => ({
    ...{ tier: tierWords[tier].name, ms: timestamp * 1_000, net: drawn(net.toString()) },
  }))
}
