import { dateTime, ThemeContext } from '@grafana/data'
import { GlobalStyles, Icon, PanelChrome, Text } from '@grafana/ui'
import { createRoot } from 'react-dom/client'
import { Drawn, theme } from './panels.jsx'

/** Grafana's grid: 24 columns, and rows with 8 pixels between; of 30 there, and here of more, so that legends fit. */
const gap = 8
const rowHeight = 42
const drawn = ['stat', 'timeseries', 'bargauge']

function Dashboard({ dashboard, figures, from, to }) {
  const width = document.body.clientWidth - 2 * gap
  const range = { from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } }
  const panels = dashboard.panels.filter(({ type }) => type === 'row' || drawn.includes(type))
  const bottom = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h))
  const time = (at) => new Date(at).toISOString().slice(11, 19)
  return (
    <div style={{ padding: gap }}>
      <div style={{ display: 'flex', justifyContent: 'space-between', padding: gap }}>
        <Text element="h1" variant="h4">
          {dashboard.title}
        </Text>
        <Text color="secondary">
          <Icon name="clock-nine" /> {time(from)} to {time(to)} UTC
        </Text>
      </div>
      <div style={{ position: 'relative', height: bottom * (rowHeight + gap) }}>
        {panels.map((panel) => (
          <Placed key={panel.id} panel={panel} width={width}>
            {(size) => <Drawn panel={panel} series={figures[panel.id]} range={range} {...size} />}
          </Placed>
        ))}
      </div>
    </div>
  )
}

function Placed({ panel, width, children }) {
  const { x, y, w, h } = panel.gridPos
  const column = (width + gap) / 24
  const size = { width: w * column - gap, height: h * (rowHeight + gap) - gap }
  const style = { position: 'absolute', left: x * column, top: y * (rowHeight + gap), ...size }
  if (panel.type === 'row')
    return (
      <div style={{ ...style, display: 'flex', alignItems: 'center', gap, paddingLeft: gap }}>
        <Icon name="angle-down" />
        <Text element="h2" variant="h6">
          {panel.title}
        </Text>
      </div>
    )
  return (
    <div style={style}>
      <PanelChrome {...size} title={panel.title} description={panel.description}>
        {(innerWidth, innerHeight) => children({ width: innerWidth, height: innerHeight })}
      </PanelChrome>
    </div>
  )
}

const given = await (await fetch('/figures.json')).json()
await document.fonts.load('14px Inter')
await document.fonts.load('500 14px Inter')
document.body.style.background = theme.colors.background.canvas
createRoot(document.getElementById('root')).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <Dashboard {...given} />
  </ThemeContext.Provider>,
)
