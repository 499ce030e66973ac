import { describeMetrics } from '../../src/observe/metric-rows.ts'
import { type Parsed, parse, type Selector } from './selectors.ts'

export type Panel = {
  readonly id: number
  readonly type: string
  readonly title?: string
  readonly description?: string
  readonly datasource?: { readonly uid?: string }
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly fieldConfig?: {
    readonly defaults?: { readonly unit?: string; readonly custom?: { readonly drawStyle?: string } }
  }
  readonly targets?: readonly {
    readonly refId: string
    readonly expr: string
    readonly instant?: boolean
    readonly legendFormat?: string
  }[]
}
type Variable = { readonly type: string; readonly name: string; readonly query?: unknown; readonly datasource?: object }
export type DashboardJson = {
  readonly uid: string
  readonly title: string
  readonly templating: { readonly list: readonly Variable[] }
  readonly panels: readonly Panel[]
}

/** Rules of Grafana's own dashboard-linter, by its names, and what Plimsoll adds: names and labels the keeper has. */
export function lint(dashboard: DashboardJson): readonly string[] {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row')
  return [
    ...templates(dashboard),
    ...panels.flatMap((panel) =>
      panelRules(panel).map((said) => `${dashboard.uid}/${panel.title ?? panel.id} ${said}`),
    ),
    ...layout(dashboard),
  ]
}

function templates({ uid, templating }: DashboardJson): readonly string[] {
  const { list } = templating
  const has = (name: string, type: string): boolean => list.some((one) => one.name === name && one.type === type)
  const found: string[] = []
  if (!has('datasource', 'datasource')) found.push('template-datasource: there is no variable `datasource`')
  if (!has('job', 'query')) found.push('template-job: there is no variable `job`')
  if (!has('instance', 'query')) found.push('template-instance: there is no variable `instance`')
  for (const { name, query } of list.filter(({ type }) => type === 'query')) {
    const selector = /^label_values\((.+), (\w+)\)$/.exec(String(query))?.[1]
    if (selector === undefined || parse(selector).hasErrors)
      found.push(`template-label-promql: \`${name}\` asks ${String(query)}`)
    else found.push(...unknown(parse(selector)).map((said) => `template-label-promql: ${said}`))
  }
  return found.map((said) => `${uid} ${said}`)
}

function panelRules({ title, description, datasource, fieldConfig, targets = [] }: Panel): readonly string[] {
  const found: string[] = []
  if (datasource?.uid !== '$datasource') found.push('panel-datasource: it is not $datasource')
  if (!title || !description) found.push('panel-title-description: one of them is missing')
  if (!fieldConfig?.defaults?.unit) found.push('panel-units: it has no unit')
  if (targets.length === 0) found.push('panel-targets: it asks nothing')
  return [...found, ...targets.flatMap(({ expr }) => queryRules(expr).map((said) => `${said} in ${expr}`))]
}

function queryRules(expr: string): readonly string[] {
  const parsed = parse(expr)
  if (parsed.hasErrors) return ['target-promql: this is no PromQL']
  return [...unknown(parsed), ...parsed.selectors.flatMap(selectorRules)]
}

function selectorRules({ labels, range, within }: Selector): readonly string[] {
  const found: string[] = []
  if (labels.get('job') !== '$job') found.push('target-job: a selector lacks job=~"$job"')
  if (labels.get('instance') !== '$instance') found.push('target-instance: a selector lacks instance=~"$instance"')
  const allowed = within === 'increase' ? ['$__rate_interval', '$__range'] : ['$__rate_interval']
  if (range !== null && !allowed.includes(range)) found.push(`target-rate-interval: ${within} is over ${range}`)
  return found
}

/** Metrics and labels that no keeper has. */
export function unknown({ selectors, grouped }: Parsed): readonly string[] {
  const found: string[] = []
  const all = new Set(['job', 'instance', 'le'])
  for (const { metric, labels } of selectors) {
    const row = known.get(metric)
    if (row === undefined) {
      found.push(`target-metric: no keeper has ${metric}`)
      continue
    }
    for (const label of row) all.add(label)
    for (const label of labels.keys())
      if (!['job', 'instance', ...row].includes(label)) found.push(`target-label: ${metric} has no label ${label}`)
  }
  for (const label of grouped) if (!all.has(label)) found.push(`target-label: nothing there has the label ${label}`)
  return found
}

/** By name of a series: its labels. A histogram is three. */
const known: ReadonlyMap<string, readonly string[]> = new Map(
  describeMetrics().flatMap(({ name, kind, labels }) =>
    kind === 'histogram'
      ? ['_bucket', '_count', '_sum'].map((suffix) => [`${name}${suffix}`, labels] as const)
      : [[name, labels] as const],
  ),
)

function layout({ uid, panels }: DashboardJson): readonly string[] {
  const found: string[] = []
  if (new Set(panels.map(({ id }) => id)).size !== panels.length) found.push('panel-ids: two panels have one id')
  const titles = panels.map(({ title }) => title)
  if (new Set(titles).size !== titles.length) found.push('panel-titles: two panels have one title')
  for (const [at, one] of panels.entries()) {
    if (one.gridPos.x + one.gridPos.w > 24) found.push(`panel-layout: ${one.title} is wider than the page`)
    for (const other of panels.slice(at + 1))
      if (overlap(one.gridPos, other.gridPos)) found.push(`panel-layout: ${one.title} and ${other.title} overlap`)
  }
  return found.map((said) => `${uid} ${said}`)
}

const overlap = (a: Panel['gridPos'], b: Panel['gridPos']): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
