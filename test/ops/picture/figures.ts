import type { DashboardJson } from '../../grafana/lint.ts'
import type { Series } from '../prometheus.ts'
import type { WatchedCrash } from '../watched-crash.ts'

/** One line of a panel; `legend` as the dashboard writes it, its labels still in braces. */
type Line = Series & { readonly legend: string; readonly stepSeconds: number }

/** What a page draws: a dashboard as it is committed, and what Prometheus answered to each panel, by the panel's id. */
export type Figures = {
  readonly dashboard: DashboardJson
  readonly figures: Readonly<Record<number, readonly Line[]>>
  /** Unix milliseconds. */
  readonly from: number
  readonly to: number
}

/** `crash.to` is moved back to where no label of the time axis would be cut off: to ten seconds after one. */
export async function figuresOf(dashboard: DashboardJson, crash: WatchedCrash): Promise<Figures> {
  const { rateSeconds } = crash
  const to = Math.floor((crash.to - 10) / 15) * 15 + 10
  const figures: Record<number, readonly Line[]> = {}
  for (const { id, targets = [], fieldConfig } of dashboard.panels) {
    // Bars count over an interval: asked for more often, they would count everything again.
    const stepSeconds = fieldConfig?.defaults?.custom?.drawStyle === 'bars' ? rateSeconds : rateSeconds / 4
    const lines: Line[] = []
    for (const target of targets) lines.push(...(await linesOf(target, stepSeconds, { ...crash, to })))
    figures[id] = lines
  }
  return { dashboard, figures, from: crash.from * 1_000, to: to * 1_000 }
}

type Target = NonNullable<DashboardJson['panels'][number]['targets']>[number]

async function linesOf(target: Target, stepSeconds: number, crash: WatchedCrash): Promise<readonly Line[]> {
  const { prometheus, asked, from, to } = crash
  const { expr, instant = false, legendFormat: legend = '' } = target
  const start = Math.ceil(from / stepSeconds) * stepSeconds
  const series = instant
    ? await prometheus.at(asked(expr), to)
    : await prometheus.query(asked(expr), { from: start, to, step: stepSeconds })
  return series.map((one) => ({ ...one, legend, stepSeconds }))
}
