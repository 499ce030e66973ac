import { clock, ether, short, span, whole } from './amounts.js'
import { startAxis } from './axis.js'
import { showProfit } from './chart.js'
import { at, fill, put } from './dom.js'
import { showGuards, startGuards } from './guards.js'
import { startNear } from './near.js'
import { showFunnel, showMisses, showSent, showVerdicts } from './story.js'
import { openPosition, openVerdict, setTokens, startSheet } from './sum.js'
import { startTheme } from './theme.js'
import { startWhatIf } from './what-if.js'
import { keep, listen } from './wire.js'

startTheme()
startSheet()
startGuards()
const axis = startAxis()
const near = startNear({ onOpen: openPosition, onMark: axis.mark })
const whatIf = startWhatIf({ onOpen: openPosition })

let head = null
let health = null
let link = 'connecting'

const shows = {
  about: ({ chainId, mode, version, protocols, canReload }) => {
    put('where', `chain ${chainId}, ${mode}, ${protocols.length} deployments, ${version}`)
    at('reload').hidden = !canReload
  },
  head: (value) => {
    head = value
    put('head-number', whole(value.number))
    const lag = Math.max(0, value.atMs / 1000 - value.timestamp)
    put('head-lag', lag < 60 ? `${lag.toFixed(1)} s` : span(lag))
    put('head-fee', `${(Number(value.baseFee) / 1e9).toLocaleString('en-US', { maximumFractionDigits: 3 })} gwei`)
    tick()
  },
  health: (value) => {
    health = value
    tick()
  },
  book: () => undefined,
  tokens: setTokens,
  axis: (value) => {
    axis.show(value)
    whatIf.names(axis.names())
  },
  near: near.show,
  calendar: ({ from, hours, entries }) => {
    put('calendar-note', `the next ${hours} hours, of those nearest to the line`)
    const rows = entries.map((one) => ({
      ...one,
      key: `${one.at} ${one.what} ${one.positions[0] ?? one.feed ?? one.cause}`,
      from,
    }))
    fill(at('coming'), rows, comingCells, 'Time alone brings nothing.')
  },
  funnel: showFunnel,
  verdicts: ({ rows }) => showVerdicts(rows, openVerdict),
  bundles: ({ rows }) => showSent(rows),
  profit: showProfit,
  misses: showMisses,
  guards: showGuards,
  work: ({ tookMs, longestMs }) =>
    put(
      'work',
      `This page cost the keeper ${tookMs.toFixed(0)} ms of the last block, never more than ${longestMs.toFixed(1)} ms at once.`,
    ),
}

const comingCells = ({ at: second, from, what, positions, feed, cause, worth, reason }) => [
  { text: second <= from ? 'now' : span(second - from) },
  { text: clock(second * 1000), kind: 'soft' },
  { text: what },
  {
    text:
      positions.length === 1
        ? short(positions[0].split('/').at(-1))
        : positions.length > 1
          ? `${positions.length} positions`
          : short(feed ?? cause),
    kind: 'id',
  },
  { text: worth === null ? reason : ether(worth), kind: worth === null ? 'n soft' : 'n good' },
]

/** What passes by itself, and whether it can be trusted. */
function tick() {
  if (head !== null) put('head-age', `${Math.max(0, (Date.now() - head.atMs) / 1000).toFixed(0)} s ago`)
  const blind = health?.blind ?? []
  const is = link !== 'open' ? 'waiting' : blind.length > 0 ? 'blind' : health === null ? 'waiting' : 'sees'
  at('state').dataset.is = is
  const words = { waiting: link === 'open' ? 'starting' : link, blind: `blind: ${blind.join(', ')}`, sees: 'sees' }
  put('state-text', words[is])
}
setInterval(tick, 1000)

// Lists come as what has changed; topics are drawn once a frame, whatever has come.
const lists = new Map()
const waiting = new Map()
let isDrawing = false

function take(topic, value) {
  if (value !== null && Array.isArray(value.order)) {
    const known = new Map([...(lists.get(topic) ?? []), ...value.rows].map((row) => [row.key, row]))
    const rows = value.order.flatMap((key) => known.get(key) ?? [])
    lists.set(topic, rows)
    waiting.set(topic, { about: value.about, rows })
  } else waiting.set(topic, value)
  if (isDrawing) return
  isDrawing = true
  setTimeout(draw, 0)
}

function draw() {
  isDrawing = false
  const these = [...waiting]
  waiting.clear()
  for (const [topic, value] of these) shows[topic]?.(value)
}

function begin() {
  at('login').hidden = true
  listen(take, (state, why) => {
    link = state === 'open' ? 'open' : state === 'lost' ? 'connection lost' : 'not let in'
    at('login').hidden = state !== 'refused'
    if (state === 'refused') put('login-why', `${why[0].toUpperCase()}${why.slice(1)}.`)
    tick()
  })
}
at('login').addEventListener('submit', (event) => {
  event.preventDefault()
  keep(at('token').value.trim())
  at('token').value = ''
  begin()
})
begin()
