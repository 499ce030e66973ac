import { dollars, ether, owner, percent, whole } from './amounts.js'
import { at, el, fill, put } from './dom.js'
import { ask } from './wire.js'

const waitMs = 180

/** A price moves: who falls, with how much, and what is in it. */
export function startWhatIf({ onOpen }) {
  let timer = 0
  let asking = null

  const said = () => percent(Number(at('what-if-share').value) / 100, 0)
  const move = () => {
    const text = `${at('what-if-name').value} ${said()}`
    put('what-if-move', text)
    at('what-if-share').setAttribute('aria-valuetext', text)
  }
  const run = async () => {
    const name = at('what-if-name').value
    if (name === '') return
    asking?.abort()
    asking = new AbortController()
    at('what-if-figures').setAttribute('aria-busy', 'true')
    try {
      const found = await ask(
        '/console/what-if',
        { name, share: Number(at('what-if-share').value) / 100 },
        asking.signal,
      )
      if (found !== null) show(found)
    } catch (error) {
      if (error.name !== 'AbortError') put('what-if-note', error.message)
    }
  }
  const show = ({ block, below, fallen, debtUsd, net, plans, tookMs }) => {
    at('what-if-figures').removeAttribute('aria-busy')
    put(
      'what-if-note',
      `as of block ${whole(block - 1)}, worked out in ${whole(Math.round(tookMs))} ms beside the path`,
    )
    const figure = (name, value) => el('div', {}, el('dt', {}, name), el('dd', {}, value))
    at('what-if-figures').replaceChildren(
      figure('below the line', whole(below)),
      figure('their debt', dollars(debtUsd)),
      figure('plans that pay', whole(plans)),
      figure('profit, ether', ether(net)),
    )
    fill(
      at('fallen'),
      fallen.slice(0, 60).map((one) => ({ key: one.position, ...one })),
      (one) => [
        {
          text: one.key,
          node: () => el('button', { type: 'button', class: 'link', onclick: () => onOpen(one.key) }, owner(one)),
        },
        { text: one.protocol, kind: 'wide soft' },
        { text: one.health === null ? '–' : (Number(one.health) / 1e18).toFixed(4), kind: 'n' },
        { text: dollars(one.debtUsd), kind: 'n' },
        { text: one.net === null ? one.reason : ether(one.net), kind: one.net === null ? 'n soft' : 'n good' },
      ],
      'Nobody would fall.',
    )
  }
  const later = () => {
    move()
    clearTimeout(timer)
    timer = setTimeout(run, waitMs)
  }
  at('what-if-form').addEventListener('submit', (event) => event.preventDefault())
  at('what-if-share').addEventListener('input', later)
  at('what-if-name').addEventListener('change', later)
  return {
    /** Ether and bitcoin stand for all that follow them. */
    names: (symbols) => {
      const groups = symbols.map((symbol) => (/ETH$/i.test(symbol) ? 'ETH' : /BTC/i.test(symbol) ? 'BTC' : symbol))
      const names = [...new Set(groups)].sort(
        (a, b) => Number(b === 'ETH') - Number(a === 'ETH') || Number(b === 'BTC') - Number(a === 'BTC'),
      )
      const select = at('what-if-name')
      if ([...select.options].map((one) => one.value).join() === names.join()) return
      const before = select.value
      select.replaceChildren(...names.map((name) => el('option', { value: name }, name)))
      if (names.includes(before)) select.value = before
      later()
    },
  }
}
