import {
  applyNullInsertThreshold,
  createDataFrame,
  createTheme,
  FieldType,
  getDisplayProcessor,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  renderLegendFormat,
} from '@grafana/data'
import { BarGauge, BigValue, TimeSeries, VizRepeater } from '@grafana/ui'

export const theme = createTheme({ colors: { mode: 'dark' } })
const timeZone = 'utc'

/** What Grafana's own panels fill in where a dashboard says nothing: they are in no package. */
const unsaid = {
  graph: { drawStyle: 'line', lineWidth: 1, fillOpacity: 0, showPoints: 'auto', pointSize: 5, barWidthFactor: 0.6 },
  thresholds: {
    mode: 'absolute',
    steps: [
      { value: null, color: 'green' },
      { value: 80, color: 'red' },
    ],
  },
}

/** One panel's figures, drawn by the component that its type names. */
export function Drawn({ panel, series, range, width, height }) {
  const frames = framesOf(panel, series, range)
  if (panel.type === 'timeseries' && frames.length === 0) return <Nothing panel={panel} />
  if (panel.type === 'timeseries')
    return (
      <TimeSeries
        frames={frames}
        timeRange={range}
        timeZone={timeZone}
        legend={panel.options.legend}
        width={width}
        height={height}
      />
    )
  return <Values panel={panel} frames={frames} width={width} height={height} />
}

const Nothing = ({ panel }) => (
  <div style={{ display: 'grid', placeItems: 'center', height: '100%', color: theme.colors.text.secondary }}>
    {panel.fieldConfig.defaults.noValue ?? 'No data'}
  </div>
)

/** Stats and ranked bars: each series brought down to one value. */
function Values({ panel, frames, width, height }) {
  const { options, fieldConfig } = panel
  const isStat = panel.type === 'stat'
  const values = () =>
    getFieldDisplayValues({
      fieldConfig: { defaults: configOf(panel), overrides: fieldConfig.overrides ?? [] },
      reduceOptions: options.reduceOptions,
      replaceVariables: (text) => text,
      sparkline: isStat && options.graphMode !== 'none',
      data: frames,
      theme,
      timeZone,
    })
  const one = ({ value, width, height, alignmentFactors, orientation, count }) => {
    const same = { value: value.display, width, height, alignmentFactors, theme }
    if (isStat) return <BigValue {...same} {...options} count={count} sparkline={value.sparkline} />
    const display = value.view?.getFieldDisplayProcessor(value.colIndex)
    return <BarGauge {...same} {...options} field={value.field} display={display} orientation={orientation} />
  }
  return (
    <VizRepeater
      getValues={values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={one}
      source={frames}
      renderCounter={0}
      orientation={options.orientation}
      itemSpacing={isStat ? 3 : 8}
      autoGrid={true}
      width={width}
      height={height}
    />
  )
}

/** Frames as Grafana's Prometheus source and its panels make them: one a series, named by the legend, with gaps. */
function framesOf(panel, series, { from, to }) {
  const isGraph = panel.type === 'timeseries'
  const all = series.flatMap(({ values }) => values.map(Number)).filter(Number.isFinite)
  const bounds = { min: Math.min(...all), max: Math.max(...all) }
  return series.map(({ legend, metric, times, values, stepSeconds }, seriesIndex) => {
    const config = { ...configOf(panel), displayNameFromDS: renderLegendFormat(legend, metric) }
    const interval = stepSeconds * 1_000
    const numbers = values.map(Number).map((one) => (Number.isFinite(one) || !isGraph ? one : null))
    const frame = createDataFrame({
      fields: [
        { name: 'Time', type: FieldType.time, config: { interval }, values: times.map((one) => one * 1_000) },
        { name: 'Value', type: FieldType.number, labels: metric, config, values: numbers },
      ],
    })
    for (const field of frame.fields) {
      field.state = { seriesIndex, range: { ...bounds, delta: bounds.max - bounds.min } }
      field.display = getDisplayProcessor({ field, theme, timeZone })
    }
    if (!isGraph) return frame
    return applyNullInsertThreshold({ frame, refFieldPseudoMin: from.valueOf(), refFieldPseudoMax: to.valueOf() })
  })
}

function configOf({ type, fieldConfig }) {
  const { thresholds = unsaid.thresholds, color, custom, ...rest } = fieldConfig.defaults
  const mode = type === 'timeseries' ? 'palette-classic' : 'thresholds'
  return {
    ...rest,
    color: color ?? { mode },
    custom: { ...unsaid.graph, ...custom },
    thresholds: { ...thresholds, steps: thresholds.steps.map((one) => ({ ...one, value: one.value ?? -Infinity })) },
  }
}
