import type { Arm, Bench, Count, Metric, Reference } from './bench.ts'

/** One row of the results. Ratios are medians of the repeats' own ratios. */
export type Row = {
  readonly name: string
  readonly what: string
  readonly value: number
  readonly unit: string
  /** The arm compared with, and its library and settings; empty for a count. */
  readonly reference: string
  readonly referenceValue: number | null
  readonly ratio: number | null
  readonly ratioMin: number | null
  readonly ratioMax: number | null
  readonly target: string
  readonly holds: boolean
  readonly isRequired: boolean
  /** Why it is missed, where it is. */
  readonly reason: string
  readonly repeats: number
}

/** Opens a benchmark, measures everything in it, and closes it whatever happens. */
export async function measure(bench: Bench, say: (text: string) => void, quick: boolean): Promise<readonly Row[]> {
  say(`${bench.name}: prepares`)
  const { metrics, counts, close } = await bench.open()
  try {
    const rows: Row[] = []
    for (const metric of metrics) rows.push(...(await measureMetric(metric, say, quick)))
    for (const one of counts) rows.push(await measureCount(one, say))
    return rows
  } finally {
    await close()
  }
}

/** All arms take turns in every repeat, forwards and then backwards, so that a noisy minute falls on all of them. */
async function measureMetric(metric: Metric, say: (text: string) => void, quick: boolean): Promise<readonly Row[]> {
  const arms = [metric.ours, ...metric.references.map(({ arm }) => arm)]
  const values = new Map<Arm, number[]>(arms.map((arm) => [arm, []]))
  const repeats = quick ? 1 : metric.repeats
  const warmups = quick ? 0 : (metric.warmups ?? 1)
  for (let turn = -warmups; turn < repeats; turn += 1) {
    const results = new Map<string, string>()
    for (const arm of turn % 2 === 0 ? arms : arms.toReversed()) {
      if (metric.collects ?? true) globalThis.gc?.()
      const { value, result } = await arm.run()
      if (result !== undefined) results.set(arm.name, result)
      if (turn >= 0) values.get(arm)?.push(value)
    }
    if (new Set(results.values()).size > 1) throw new Error(`${metric.name}: ${differing(results)}`)
    say(`${metric.name}: ${turn < 0 ? 'warm-up' : `repeat ${turn + 1} of ${repeats}`}`)
  }
  const ours = values.get(metric.ours) ?? []
  return metric.references.map((reference) => rowOf(metric, reference, ours, values.get(reference.arm) ?? []))
}

function rowOf(metric: Metric, reference: Reference, ours: readonly number[], theirs: readonly number[]): Row {
  const { kind, ratio: wanted } = reference.target
  const ratios = ours.map((own, i) => (kind === 'at-least' ? (theirs[i] ?? 0) / own : own / (theirs[i] ?? 0)))
  const ratio = median(ratios)
  const holds = kind === 'at-least' ? ratio >= wanted : ratio <= wanted
  return {
    name: metric.references.length === 1 ? metric.name : `${metric.name}-vs-${reference.arm.name}`,
    what: metric.what,
    value: median(ours),
    unit: metric.unit,
    reference: reference.what,
    referenceValue: median(theirs),
    ratio,
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
    target: `${kind === 'at-least' ? '≥' : '≤'} ${wanted}×`,
    holds,
    isRequired: reference.isRequired ?? false,
    reason: holds ? '' : (reference.reason ?? ''),
    repeats: ours.length,
  }
}

async function measureCount(one: Count, say: (text: string) => void): Promise<Row> {
  const value = await one.count()
  say(`${one.name}: ${value}`)
  const none = { reference: '', referenceValue: null, ratio: null, ratioMin: null, ratioMax: null }
  const { name, what, unit, target, isRequired } = one
  return { name, what, value, unit, ...none, target, holds: one.holds(value), isRequired, reason: '', repeats: 1 }
}

/** Of an even count, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[middle - 1] ?? Number.NaN, sorted[middle] ?? Number.NaN]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

const differing = (results: ReadonlyMap<string, string>): string =>
  `the arms differ: ${[...results].map(([arm, result]) => `${arm} found ${result.slice(0, 200)}`).join('; ')}`
