import { dollars, owner, percent, price, whole } from './amounts.js'
import { at, el, fill, put, svg } from './dom.js'
import { ask } from './wire.js'

const page = 100

/** The positions nearest to the line: those that are told, and others that are asked for. */
export function startNear({ onOpen, onMark }) {
  let list = { about: { total: 0, below: 0, kept: 0 }, rows: [] }
  let from = 0
  let asked = 0

  const show = (rows, total) => {
    fill(at('near'), rows, cellsOf, 'Nobody owes anything here.')
    at('near').dataset.block = list.about.block ?? ''
    put(
      'found',
      total === 0
        ? 'none found'
        : `${whole(from + 1)} to ${whole(Math.min(from + page, total))} of the nearest ${whole(total)}`,
    )
    at('earlier').disabled = from === 0
    at('later').disabled = from + page >= total
  }
  const refresh = async () => {
    const text = at('find').value.trim()
    if (from === 0 && text === '') return show(list.rows, list.about.kept)
    asked += 1
    const mine = asked
    const found = await ask('/console/near', { from, count: page, text }).catch(() => null)
    if (found !== null && mine === asked) show(found.rows, found.total)
  }
  const cellsOf = (row) => {
    const first = row.prices[0]
    return [
      { text: row.key, node: () => opener(row) },
      { text: row.protocol, kind: 'wide soft' },
      { text: row.health === null ? '–' : row.health.toFixed(4), kind: row.isBelow ? 'n sunk' : 'n' },
      { text: dollars(row.debtUsd), kind: 'n' },
      { text: first === undefined ? '–' : `${first.name} ${price(first.at)}`, kind: 'n' },
      { text: `${first?.at}/${first?.now}`, node: () => away(first) },
    ]
  }
  const opener = (row) =>
    el(
      'button',
      { type: 'button', class: 'link', title: row.key, onclick: () => onOpen(row.key), onfocus: () => onMark(row) },
      owner(row),
    )
  at('near').addEventListener('mouseover', (event) => {
    const key = event.target.closest('tr')?.dataset.key
    const row = list.rows.find((one) => one.key === key)
    if (row !== undefined) onMark(row)
  })
  const go = (by) => {
    from = Math.max(0, from + by)
    refresh()
  }
  at('earlier').addEventListener('click', () => go(-page))
  at('later').addEventListener('click', () => go(page))
  at('find').addEventListener('input', () => go(-from))
  return {
    show: (value) => {
      list = value
      const { total, below } = list.about
      at('line-count').replaceChildren(
        el('b', {}, whole(total)),
        ' positions, ',
        el('b', {}, whole(below)),
        ' on the line or below',
      )
      refresh()
    },
  }
}

/** How far the nearest price has to go; full at a third. */
function away(first) {
  if (first === undefined) return el('span', {}, '–')
  const share = first.at / first.now - 1
  const isSunk = first.side === 'below' ? share >= 0 : share <= 0
  const length = Math.min(100, (Math.abs(share) / 0.33) * 100)
  return el(
    'div',
    { class: 'away' },
    el('span', { class: isSunk ? 'sunk' : null }, isSunk ? 'below' : percent(share)),
    svg(
      'svg',
      { viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      svg('rect', { class: 'track', width: 100, height: 8 }),
      svg('rect', { class: isSunk ? 'sunk' : '', width: isSunk ? 2.5 : length, height: 8 }),
    ),
  )
}
