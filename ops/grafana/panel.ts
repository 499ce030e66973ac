import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge'
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import { type Panel, ThresholdsConfigBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'

export const datasource = { type: 'prometheus', uid: '$datasource' }

/** One question, and the figures that answer it. */
export type PanelSpec = {
  readonly title: string
  /** What it says, and what to do about it. */
  readonly says: string
  /** How to get from the figure to the journal's own words; left out where the journal has none. */
  readonly journal?: string
  readonly as: 'stat' | 'lines' | 'bars' | 'ranked'
  /** A unit of Grafana's. */
  readonly unit: string
  readonly queries: readonly { readonly expr: string; readonly legend: string }[]
  /** Green below the first, yellow from it on, red from the second on; the other way where it falls. */
  readonly thresholds?: readonly [number, number]
  /** Of 24 columns. */
  readonly width?: number
}

type AnyBuilder = timeseries.PanelBuilder | stat.PanelBuilder | bargauge.PanelBuilder

/** A panel of the dashboard's JSON. */
export function panelOf(spec: PanelSpec): Builder<Panel> {
  const panel = drawn(spec)
    .title(spec.title)
    .description([spec.says, spec.journal].filter((text) => text !== undefined).join('\n\n'))
    .datasource(datasource)
    .unit(spec.unit)
    .height(spec.as === 'stat' ? 4 : 8)
    .span(spec.width ?? (spec.as === 'stat' ? 4 : 12))
    .noValue('0')
    .targets(spec.queries.map((query, at) => target(query, at, spec.as)))
  if (spec.thresholds !== undefined) panel.thresholds(thresholds(spec.thresholds))
  else if (spec.as === 'stat' || spec.as === 'ranked') panel.thresholds(green)
  return panel as Builder<Panel>
}

function drawn({ as }: PanelSpec): AnyBuilder {
  if (as === 'stat')
    return new stat.PanelBuilder()
      .graphMode(common.BigValueGraphMode.Area)
      .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
  if (as === 'ranked')
    return new bargauge.PanelBuilder()
      .orientation(common.VizOrientation.Horizontal)
      .displayMode(common.BarGaugeDisplayMode.Gradient)
      .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
  const lines = new timeseries.PanelBuilder()
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
  if (as === 'lines') return lines.fillOpacity(8).lineWidth(2).showPoints(common.VisibilityMode.Never)
  return lines
    .drawStyle(common.GraphDrawStyle.Bars)
    .fillOpacity(70)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'))
}

function target({ expr, legend }: PanelSpec['queries'][number], at: number, as: PanelSpec['as']): Builder<Dataquery> {
  const query = new DataqueryBuilder()
    .datasource(datasource)
    .refId(String.fromCharCode(65 + at))
    .expr(expr)
    .legendFormat(legend)
  return as === 'ranked' ? query.instant() : query.range()
}

function thresholds([warn, bad]: readonly [number, number]): ThresholdsConfigBuilder {
  return warn <= bad
    ? steps([null, 'green'], [warn, 'yellow'], [bad, 'red'])
    : steps([null, 'red'], [bad, 'yellow'], [warn, 'green'])
}

const steps = (...all: readonly (readonly [from: number | null, color: string])[]): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode('absolute' as never)
    .steps(all.map(([value, color]) => ({ value, color })) as never)

/** For figures that are neither good nor bad: where nothing is said, Grafana takes red from 80 on. */
const green = steps([null, 'green'])
