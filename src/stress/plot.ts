import type { TopLevelSpec } from 'vega-lite'
import type { StressReport } from './report.ts'

/** The cascade, drawn: dollars over how far prices have fallen. Loaded on demand: nothing else needs a plotting library. */
export async function plotOf(report: StressReport): Promise<string> {
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')])
  return new View(parse(compile(specOf(report)).spec), { renderer: 'none' }).toSVG()
}

const taken = [
  ['below the line, had nobody acted', '#9aa5b1'],
  ['liquidated so far', '#3b82c4'],
] as const
/** Far smaller, as a rule: a panel and a scale of their own. */
const left = [
  ['left: does not pay', '#d98a2b'],
  ['bad debt', '#c22f2f'],
] as const
type Series = readonly (readonly [string, string])[]
type Value = { readonly part: number; readonly what: string; readonly usd: number }

function specOf({ steps, shocks, depegs }: StressReport): TopLevelSpec {
  let liquidated = 0
  const values = steps.flatMap(({ part, liquidatableUsd, liquidatedUsd, unprofitableUsd, badDebtUsd }): Value[] => {
    liquidated += liquidatedUsd
    const figures = [liquidatableUsd, liquidated, unprofitableUsd, badDebtUsd]
    return [...taken, ...left].map(([what], at) => ({ part: part * 100, what, usd: figures[at] ?? 0 }))
  })
  const start = [...taken, ...left].map(([what]): Value => ({ part: 0, what, usd: 0 }))
  const told = [...shocks, ...depegs].map(({ name, share }) => `${name} ${(share * 100).toFixed(1)} %`).join(', ')
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    title: told,
    data: { values: [...start, ...values] },
    vconcat: [panel(taken, 220, null), panel(left, 120, 'part of the fall that has come, %')],
    resolve: { scale: { color: 'independent' } },
  }
}

const quantitative = 'quantitative' as const
const panel = (series: Series, height: number, title: string | null) => {
  const names = series.map(([name]) => name)
  return {
    width: 620,
    height,
    transform: [{ filter: { field: 'what', oneOf: names } }],
    mark: { type: 'line' as const, point: true },
    encoding: {
      x: { field: 'part', type: quantitative, title },
      y: { field: 'usd', type: quantitative, title: 'dollars', axis: { format: '~s', tickCount: 5 } },
      color: {
        field: 'what',
        type: 'nominal' as const,
        legend: { title: null, labelLimit: 300 },
        scale: { domain: names, range: series.map(([, colour]) => colour) },
      },
    },
  }
}
