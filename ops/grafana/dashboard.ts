import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { rows } from '../../src/observe/metric-rows.ts'
import { datasource, type PanelSpec, panelOf } from './panel.ts'

export type DashboardSpec = {
  /** Also its file's name. */
  readonly name: string
  readonly title: string
  readonly says: string
  readonly rows: readonly { readonly title: string; readonly panels: readonly PanelSpec[] }[]
}

const tag = 'plimsoll'

/** As Grafana loads it from a file. Panels have ids by their order, so that links to them last. */
export function dashboardOf(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(`Plimsoll: ${spec.title}`)
    .uid(`plimsoll-${spec.name}`)
    .description(spec.says)
    .tags([tag])
    .timezone('utc')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('15s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(chosenBy('job', 'Job', ''))
    .withVariable(chosenBy('instance', 'Keeper', '{job=~"$job"}'))
    .link(
      new DashboardLinkBuilder('Plimsoll')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
  for (const { title, panels } of spec.rows) {
    builder.withRow(new RowBuilder(title))
    for (const panel of panels) builder.withPanel(panelOf(panel))
  }
  return numbered(builder.build())
}

const chosenBy = (label: string, shown: string, within: string): QueryVariableBuilder =>
  new QueryVariableBuilder(label)
    .label(shown)
    .datasource(datasource)
    .query(`label_values(${rows.info.name}${within}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .includeAll(true)
    .allValue('.+')
    .multi(true)

function numbered(dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).map((panel, at) => ({ ...panel, id: at + 1 }))
  return { ...dashboard, panels } as Dashboard
}
