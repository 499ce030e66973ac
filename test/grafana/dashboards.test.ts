import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allDashboards } from '../../ops/grafana/all-dashboards.ts'
import { describeMetrics } from '../../src/observe/metric-rows.ts'
import { root } from '../walls/source-files.ts'
import { type DashboardJson, lint, type Panel } from './lint.ts'
import { parse } from './selectors.ts'

const folder = join(root, 'ops', 'grafana', 'dashboards')
const committed = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
)
const dashboards = Object.values(committed).map((text) => JSON.parse(text) as DashboardJson)

describe('the dashboards', () => {
  it('are committed as they are built: else run `npm run dashboards`', () => {
    expect(committed).toEqual(allDashboards())
  })

  it('break none of the linter’s rules', () => {
    expect(dashboards.length).toBe(9)
    expect(dashboards.flatMap((one) => lint(one))).toEqual([])
  })

  it('have an identity each', () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length)
  })

  it('show every metric there is somewhere', () => {
    const shown = new Set(
      dashboards.flatMap(({ panels }) =>
        panels.flatMap(({ targets = [] }) =>
          targets.flatMap(({ expr }) => parse(expr).selectors.map((one) => one.metric)),
        ),
      ),
    )
    const isShown = (name: string): boolean => ['', '_bucket', '_count'].some((suffix) => shown.has(`${name}${suffix}`))
    const asked = ['plimsoll_info']
    const hidden = describeMetrics().flatMap(({ name }) => (isShown(name) || asked.includes(name) ? [] : [name]))
    expect(hidden).toEqual([])
  })
})

describe('the linter', () => {
  const dashboard = dashboards.find(({ uid }) => uid === 'plimsoll-overview') as DashboardJson
  const at = dashboard.panels.findIndex(({ title }) => title === 'Faults of the node')
  const panel = dashboard.panels[at] as Panel
  const withPanel = (change: object): DashboardJson => ({
    ...dashboard,
    panels: dashboard.panels.with(at, { ...panel, ...change }),
  })
  const asking = (change: (expr: string) => string): DashboardJson =>
    withPanel({ targets: panel.targets?.map((target) => ({ ...target, expr: change(target.expr) })) })
  const without = (name: string): DashboardJson => ({
    ...dashboard,
    templating: { list: dashboard.templating.list.filter((one) => one.name !== name) },
  })
  const badLabel = dashboard.templating.list.map((one) =>
    one.name === 'job' ? { ...one, query: 'label_values(plimsoll_info{, job)' } : one,
  )

  it.each([
    ['template-datasource', without('datasource')],
    ['template-job', without('job')],
    ['template-instance', without('instance')],
    ['template-label-promql', { ...dashboard, templating: { list: badLabel } }],
    ['panel-datasource', withPanel({ datasource: { uid: 'mine' } })],
    ['panel-title-description', withPanel({ description: '' })],
    ['panel-units', withPanel({ fieldConfig: { defaults: {} } })],
    ['panel-targets', withPanel({ targets: [] })],
    ['target-promql', asking((expr) => expr.replace(')', ''))],
    ['target-rate-interval', asking((expr) => expr.replace('$__rate_interval', '5m'))],
    ['target-job', asking((expr) => expr.replace('job=~"$job",', ''))],
    ['target-instance', asking((expr) => expr.replace('instance=~"$instance"', 'code="x"'))],
    ['target-metric', asking((expr) => expr.replace('faults', 'fualts'))],
    ['target-label', asking((expr) => expr.replace('by (code)', 'by (kind)'))],
    ['panel-ids', withPanel({ id: 1 })],
    ['panel-layout', withPanel({ gridPos: dashboard.panels[1]?.gridPos })],
  ] as const)('catches %s', (rule, broken) => {
    expect(lint(broken as DashboardJson).filter((said) => said.includes(`${rule}:`))).not.toEqual([])
  })
})
