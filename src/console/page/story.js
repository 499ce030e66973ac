import { clock, ether, short, whole } from './amounts.js'
import { at, el, fill } from './dom.js'

const stages = ['seen', 'assessed', 'sent', 'included']

export function showFunnel({ reasons, ...counts }) {
  at('funnel').replaceChildren(
    ...stages.map((stage) => el('li', { 'data-some': counts[stage] > 0 }, el('b', {}, whole(counts[stage])), stage)),
  )
  showReasons('reasons', reasons)
}

function showReasons(id, reasons) {
  at(id).replaceChildren(
    ...reasons.slice(0, 8).map(([name, count]) => el('li', {}, el('b', {}, whole(count)), ` ${name}`)),
  )
}

export const showVerdicts = (rows, onOpen) =>
  fill(
    at('verdicts'),
    rows,
    (row) => [
      {
        text: row.key,
        node: () =>
          el(
            'button',
            { type: 'button', class: 'link', title: `${clock(row.atMs)} UTC`, onclick: () => onOpen(row) },
            whole(row.block),
          ),
      },
      { text: `${row.stage} ${row.reason}`, node: () => verdict(row) },
      { text: row.trigger, kind: 'wide soft' },
      { text: row.positions.length === 1 ? whom(row.positions[0]) : `${row.positions.length} positions`, kind: 'id' },
      { text: ether(row.net), kind: row.net?.startsWith('-') ? 'n soft' : 'n' },
    ],
    'Nobody has sunk below the line yet.',
  )

/** The owner stands at the end of a position's id. */
const whom = (id) => short(id.split('/').at(-1))

function verdict({ stage, do: did, reason }) {
  const reached = stage === 'lost' ? 3 : stages.indexOf(stage) + 1
  const steps = el(
    'span',
    { class: 'steps', 'data-stage': stage, 'aria-hidden': 'true' },
    ...stages.map((_, index) => el('i', { class: index < reached ? 'on' : null })),
  )
  const text = did === 'skip' ? reason : stage === 'assessed' ? 'act' : stage
  const kind = did === 'skip' ? 'soft' : stage === 'included' ? 'good' : stage === 'lost' ? 'warn' : null
  return el('span', {}, steps, el('span', { class: kind }, text))
}

const kinds = { included: 'good', reverted: 'bad', refused: 'bad', dropped: 'warn', unwound: 'bad', withheld: 'soft' }

export const showSent = (rows) =>
  fill(
    at('sent'),
    rows,
    (row) => [
      { text: whole(row.block) },
      {
        text: `${row.status} ${row.detail}`,
        node: () => el('span', { class: kinds[row.status] ?? null, title: row.detail }, row.status),
      },
      {
        text: `${row.via}, nonce ${row.nonce}${row.variants === 0 ? '' : `, ${row.variants + 1} variants`}`,
        kind: 'wide soft',
      },
      { text: row.sendMs === null ? '–' : `${row.sendMs.toFixed(1)} ms`, kind: 'n wide soft' },
      { text: ether(row.net), kind: 'n' },
      { text: ether(row.gained), kind: row.gained === null ? 'n soft' : 'n good' },
    ],
    'Nothing was sent yet.',
  )

export function showMisses({ about, rows }) {
  showReasons('miss-reasons', about.reasons)
  fill(
    at('missed'),
    rows,
    (row) => [
      { text: whole(row.block) },
      {
        text: row.why,
        node: () =>
          el(
            'span',
            { title: row.detail },
            row.why,
            row.because === null ? '' : el('span', { class: 'soft' }, ` ${row.because}`),
          ),
      },
      { text: whom(row.position), kind: 'wide id' },
      { text: ether(row.tip), kind: 'n' },
      { text: ether(row.net), kind: 'n' },
    ],
    'Nobody was faster yet.',
  )
}
