import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Row } from './measure.ts'

/** Every ratio as a bar on a logarithmic scale, with its range and its target, as SVG. */
export async function plotOf(rows: readonly Row[]): Promise<string> {
  const values = rows.flatMap(({ name, ratio, ratioMin, ratioMax, target, holds }) =>
    ratio === null ? [] : [{ name, ratio, ratioMin, ratioMax, target: Number(target.replace(/[^\d.]/g, '')), holds }],
  )
  const y = { field: 'name', type: 'nominal', sort: null, title: null } as const
  const scale = { type: 'log' } as const
  const spec: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 560,
    background: 'white',
    title: 'How many times better (≥) or at most how many times (≤) than the reference; tick: the target',
    data: { values },
    layer: [
      {
        mark: { type: 'bar', height: 11 },
        encoding: {
          y: { ...y, axis: { labelLimit: 360 } },
          x: { field: 'ratio', type: 'quantitative', scale, title: 'ratio' },
          x2: { datum: 0.001 },
          color: {
            field: 'holds',
            type: 'nominal',
            legend: null,
            scale: { domain: [true, false], range: ['#3b82c4', '#d98a2b'] },
          },
        },
      },
      {
        mark: { type: 'rule', color: '#333' },
        encoding: { y, x: { field: 'ratioMin', type: 'quantitative', scale }, x2: { field: 'ratioMax' } },
      },
      {
        mark: { type: 'tick', color: '#c22', thickness: 2, size: 16 },
        encoding: { y, x: { field: 'target', type: 'quantitative', scale } },
      },
    ],
  }
  return new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
}
