import { ether, price, span, units, whole } from './amounts.js'
import { at, el } from './dom.js'
import { ask } from './wire.js'

let tokens = {}
export const setTokens = (value) => {
  tokens = value
}
const tokenOf = (asset) => (asset === null ? undefined : tokens[asset.toLowerCase()])
const named = (asset) => tokenOf(asset)?.symbol ?? asset

const terms = {
  swapOut: 'swaps bring in',
  rewards: 'rewards',
  repay: 'repaid',
  flashFee: 'flash loan’s fee',
  gas: 'gas',
  dataFee: 'data fee',
  tip: 'tip to the builder',
  net: 'net',
}

export function startSheet() {
  at('sheet-close').addEventListener('click', () => at('sheet').close())
}

function open(title, ...body) {
  at('sheet-head').textContent = title
  at('sheet-body').replaceChildren(...body)
  at('sheet').showModal()
}

const facts = (rows) =>
  el('dl', { class: 'facts' }, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]))

const table = (heads, rows) =>
  el(
    'table',
    {},
    el('thead', {}, el('tr', {}, ...heads.map(([name, kind]) => el('th', { scope: 'col', class: kind }, name)))),
    el(
      'tbody',
      {},
      ...rows.map((cells) => el('tr', {}, ...cells.map((cell, index) => el('td', { class: heads[index][1] }, cell)))),
    ),
  )

/** A verdict with every term of its sum. */
export async function openVerdict(row) {
  try {
    const record = await ask('/console/verdict', { key: row.key })
    if (record === null)
      return open('A verdict of before', el('p', {}, 'It is in the journal alone by now: ask plimsoll explain.'))
    const { plan } = record
    const said = record.do === 'act' ? 'act' : `skip, ${record.reason}`
    open(
      `Block ${whole(record.block)}: ${said}`,
      facts([
        ['trigger', record.trigger],
        ...(record.detail === '' ? [] : [['why', record.detail]]),
        ...(plan === null
          ? []
          : [
              ['plan', el('code', {}, plan.id)],
              ['gas shape', `${plan.shape}, ${whole(plan.gasUnits)} units`],
            ]),
        ...record.positions.map((id) => ['position', el('code', {}, id)]),
      ]),
      ...(plan === null ? [el('p', { class: 'empty' }, 'No plan was worked out, so there is no sum.')] : planOf(plan)),
    )
  } catch (error) {
    open('It cannot be shown', el('p', {}, error.message))
  }
}

const planOf = ({ sum, steps, legs, funding }) => [
  el('h3', {}, 'The whole sum, wei of wrapped native'),
  el(
    'table',
    { class: 'sum' },
    el(
      'tbody',
      {},
      ...Object.entries(terms).map(([term, name]) =>
        el(
          'tr',
          { 'data-term': term },
          el('th', { scope: 'row' }, name),
          el('td', { class: 'n id' }, sum[term]),
          el('td', { class: 'n' }, ether(sum[term])),
        ),
      ),
    ),
  ),
  el('h3', {}, 'Liquidations'),
  table(
    [
      ['what', ''],
      ['repay', 'n'],
      ['seize', 'n'],
      ['tags', ''],
    ],
    steps.map((step) => [
      step.kind,
      step.debt === null ? '–' : units(step.repay, tokenOf(step.debt)),
      step.collateral === null ? '–' : units(step.seize, tokenOf(step.collateral)),
      step.tags.join(' '),
    ]),
  ),
  el('h3', {}, 'Swaps'),
  legs.length === 0
    ? el('p', { class: 'empty' }, 'None.')
    : table(
        [
          ['through', ''],
          ['sells', 'n'],
          ['buys', 'n'],
        ],
        legs.map((leg) => [leg.venue, units(leg.sold, tokenOf(leg.sell)), units(leg.bought, tokenOf(leg.buy))]),
      ),
  el('h3', {}, 'Funding'),
  funding.length === 0
    ? el('p', { class: 'empty' }, 'Out of the collateral itself.')
    : table(
        [
          ['lender', ''],
          ['lends', 'n'],
          ['fee', 'n'],
        ],
        funding.map((one) => [one.source, units(one.amount, tokenOf(one.asset)), units(one.fee, tokenOf(one.asset))]),
      ),
]

export async function openPosition(id) {
  try {
    const found = await ask('/console/position', { id })
    if (found === null) return open('No such position', el('p', {}, 'It was closed, or is not in the book any more.'))
    const { figures, prices, nextChange } = found
    open(
      `Position in ${found.protocol}`,
      facts([
        ['position', el('code', {}, found.id)],
        ['owner', el('code', {}, found.owner ?? 'none')],
        ['judged for', `block ${whole(found.block)}`],
        ...(nextChange === null ? [] : [['time alone', `changes it in ${span(nextChange - Date.now() / 1000)}`]]),
      ]),
      el('h3', {}, 'Falls where one price alone moves to'),
      prices.length === 0
        ? el('p', { class: 'empty' }, 'No single price decides it.')
        : table(
            [
              ['price', ''],
              ['now', 'n'],
              ['falls at', 'n'],
            ],
            prices.map((one) => [`${named(one.name)} in ${one.quote}`, price(one.now), `${one.side} ${price(one.at)}`]),
          ),
      el('h3', {}, 'As its protocol judges it'),
      facts(Object.entries(figures).map(([name, value]) => [name, el('code', {}, String(value))])),
    )
  } catch (error) {
    open('It cannot be shown', el('p', {}, error.message))
  }
}
