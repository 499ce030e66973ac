import { dollars, percent, price } from './amounts.js'
import { at, el, svg } from './dom.js'

const height = 168
const [top, bottom, side] = [26, 40, 4]
const [fall, rise] = [0.45, 0.15]

/**
 * Prices at which positions fall, along one asset's axis: a tick each, and behind them how much debt a move that far
 * brings below the line. `points`: price, debt in dollars, whether it has fallen.
 */
export function startAxis() {
  let assets = {}
  let name = null
  let chosen = null

  const redraw = () => draw(name, assets[name], chosen)
  const choose = (wanted) => {
    const names = Object.keys(assets)
    name = names.includes(wanted) ? wanted : (names[0] ?? null)
    const bar = at('assets')
    if ([...bar.children].map((one) => one.textContent).join() !== names.join())
      bar.replaceChildren(...names.map((one) => el('button', { type: 'button', onclick: () => choose(one) }, one)))
    for (const one of bar.children) one.setAttribute('aria-pressed', String(one.textContent === name))
    redraw()
  }
  new ResizeObserver(redraw).observe(at('axis').parentElement)
  return {
    show: (value) => {
      assets = value
      choose(name)
    },
    /** Of a row that is looked at: its own price on this axis. */
    mark: (row) => {
      chosen = row
      redraw()
    },
    names: () => Object.keys(assets),
  }
}

function draw(name, asset, chosen) {
  const root = at('axis')
  const width = root.clientWidth || 600
  root.setAttribute('viewBox', `0 0 ${width} ${height}`)
  root.setAttribute('height', height)
  if (asset === undefined) return root.replaceChildren()
  const [from, to] = [asset.now * (1 - fall), asset.now * (1 + rise)]
  const x = (value) => side + ((value - from) / (to - from)) * (width - 2 * side)
  const seen = asset.points.filter(([value]) => value >= from && value <= to)
  const sums = heaped(
    seen.filter(([, , isSunk]) => isSunk === 0),
    asset.now,
    from,
    to,
  )
  const most = Math.max(1, ...sums.map(([, sum]) => sum))
  const base = height - bottom
  const y = (sum) => base - (sum / most) * (base - top)
  const outline = `M${sums.map(([value, sum]) => `${x(value).toFixed(1)} ${y(sum).toFixed(1)}`).join('L')}`
  const floor = base + 12
  root.replaceChildren(
    ...scale(asset, x, width, floor),
    svg('path', { class: 'sea', d: `${outline}L${x(to)} ${base}L${x(from)} ${base}Z` }),
    svg('path', { class: 'surface', d: outline }),
    ...seen.map(([value, debt, isSunk]) =>
      svg('line', {
        class: isSunk ? 'tick sunk' : 'tick',
        ...{ x1: x(value), x2: x(value), y1: floor, y2: floor - tall(debt) },
      }),
    ),
    svg('line', { class: 'base', x1: 0, x2: width, y1: floor, y2: floor }),
    svg('line', { class: 'now', x1: x(asset.now), x2: x(asset.now), y1: 12, y2: floor }),
    svg('text', { class: 'now-text', x: x(asset.now) - 6, y: 20, 'text-anchor': 'end' }, `${name} ${price(asset.now)}`),
    svg('text', { x: side, y: 20 }, `${dollars(sums[0][1])} of debt by ${percent(-fall, 0)}`),
    ...marker(chosen, name, x, floor),
  )
  root.setAttribute('aria-label', inWords(name, asset, seen, from, to))
}

const inWords = (name, { now, quote }, seen, from, to) =>
  `${seen.length} of the nearest positions fall where ${name}, now ${price(now)} ${quote}, is between ${price(from)} and ${price(to)}.`

function marker(chosen, name, x, floor) {
  const value = chosen?.prices.find((one) => one.name === name)?.at
  if (value === undefined) return []
  const left = Math.max(side, x(value))
  return [svg('path', { class: 'chosen', d: `M${left - 5} ${floor + 9}h10L${left} ${floor + 1}Z` })]
}

/** Debt that falls on the way from now to each price, to either side, in steps. */
function heaped(points, now, from, to) {
  const steps = (side, end) => {
    const found = []
    let sum = 0
    for (const [value, debt] of side) {
      found.push([value, sum], [value, sum + debt])
      sum += debt
    }
    return [...found, [end, sum]]
  }
  const down = points.filter(([value]) => value <= now).sort((a, b) => b[0] - a[0])
  const up = points.filter(([value]) => value > now).sort((a, b) => a[0] - b[0])
  return [...steps(down, from).reverse(), [now, 0], ...steps(up, to)]
}

const tall = (debt) => 5 + Math.min(14, Math.log10(1 + debt) * 2)

function scale({ now }, x, width, floor) {
  const step = width < 480 ? 20 : 10
  const moves = []
  for (let move = -Math.floor((fall * 100) / step) * step; move <= rise * 100; move += step) moves.push(move / 100)
  return moves.flatMap((share) => {
    const left = x(now * (1 + share))
    return [
      svg('line', { class: 'grid', x1: left, x2: left, y1: top, y2: floor }),
      svg('text', { x: left, y: height - 14, 'text-anchor': 'middle' }, price(now * (1 + share))),
      svg('text', { x: left, y: height - 1, 'text-anchor': 'middle' }, share === 0 ? 'now' : percent(share, 0)),
    ]
  })
}
