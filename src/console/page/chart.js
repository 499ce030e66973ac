import { clock, ether, whole } from './amounts.js'
import { at, svg } from './dom.js'

const height = 132
const [top, bottom, right] = [10, 20, 4]
let points = []

/** What was left after tip and gas, added up, a step for each plan that landed. */
export function showProfit(value) {
  points = value
  draw()
}
new ResizeObserver(() => draw()).observe(at('profit-chart').parentElement)

function draw() {
  const root = at('profit-chart')
  const width = root.clientWidth || 400
  root.setAttribute('viewBox', `0 0 ${width} ${height}`)
  root.setAttribute('height', height)
  const sum = points.reduce((all, { net }) => all + BigInt(net), 0n)
  at('profit-sum').textContent =
    points.length === 0 ? '' : `${ether(sum, { isSigned: true })} ether net of ${whole(points.length)} plans`
  const base = height - bottom
  if (points.length === 0)
    return root.replaceChildren(
      svg('line', { class: 'base', x1: 0, x2: width, y1: base, y2: base }),
      svg('text', { x: 0, y: base - 8 }, 'No plan has landed yet.'),
    )
  let all = 0
  const steps = points.map(({ atMs, net }) => {
    all += Number(BigInt(net)) / 1e18
    return { atMs, sum: all }
  })
  const [least, most] = [Math.min(0, ...steps.map((one) => one.sum)), Math.max(0, ...steps.map((one) => one.sum))]
  const [from, to] = [steps[0].atMs, Math.max(steps.at(-1).atMs, steps[0].atMs + 1)]
  const left = 52
  const x = (ms) => left + ((ms - from) / (to - from)) * (width - left - right)
  const y = (value) => base - ((value - least) / (most - least || 1)) * (base - top)
  let line = `M${left} ${y(0)}`
  for (const one of steps) line += `H${x(one.atMs).toFixed(1)}V${y(one.sum).toFixed(1)}`
  line += `H${width - right}`
  const ticks = [least, (least + most) / 2, most].filter((value, index, own) => own.indexOf(value) === index)
  root.replaceChildren(
    ...ticks.flatMap((value) => [
      svg('line', { class: 'grid', x1: left, x2: width, y1: y(value), y2: y(value) }),
      svg(
        'text',
        { x: left - 6, y: y(value) + 4, 'text-anchor': 'end' },
        value.toLocaleString('en-US', { maximumSignificantDigits: 3 }),
      ),
    ]),
    svg('path', { class: 'sea', d: `${line}V${y(0)}H${left}Z` }),
    svg('path', { class: 'surface', d: line }),
    svg('text', { x: left, y: height - 4 }, `${clock(from)} UTC`),
    svg('text', { x: width - right, y: height - 4, 'text-anchor': 'end' }, `${clock(to)} UTC`),
  )
  root.setAttribute(
    'aria-label',
    `Profit over time: ${ether(sum)} ether net of ${points.length} plans, from ${clock(from)} to ${clock(to)} UTC.`,
  )
}
