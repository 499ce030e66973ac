import type { ActRow, PlanRow, ProofRow } from '../backtest/report.ts'
import { counted, grouped, wholeEther } from './amounts.ts'
import { htmlTable } from './html-table.ts'
import { html, type Markup, type Part } from './markup.ts'
import { code, columns, plain } from './table.ts'
import type { TokenNames } from './token-names.ts'
import { termWords } from './words.ts'

/** A plan to the last wei: every term, what it swaps, and what the chain said of it. */
export const planSum = (
  plan: PlanRow,
  proof: ProofRow | null,
  names: TokenNames,
): Markup => html`<div class="parts"><div>${sumTable(plan)}
${proofOf(proof)}</div>${facts([
  ['protocol', plan.strategy],
  ['trigger', plan.trigger],
  ['positions', codes(plan.positions)],
  ['gas, foreseen', grouped(String(plan.gasUnits))],
  ['shape', html`<code>${plan.shape}</code>`],
  ['plan', html`<code>${plan.id}</code>`],
])}</div>
${plan.legs.length === 0 ? html`<p>It swaps nothing.</p>` : legsTable(plan, names)}`

/** Names and what they are, in a list; its items end where the next begin, as HTML has it. */
export const facts = (pairs: readonly (readonly [string, Part])[]): Markup =>
  html`<dl>${pairs.map(([name, part]) => html`<dt>${name}<dd>${part}`)}</dl>`

const codes = (ids: readonly string[]): Part => ids.map((id) => html`<code>${id}</code> `)

function sumTable({ sum, bid }: PlanRow): Markup {
  const { net, ...terms } = sum
  const rows = Object.entries(terms).map(([name, term]) => ({
    cells: [plain(termWords[name as keyof PlanRow['sum']] ?? name), plain(wholeEther(term))],
  }))
  return html`${htmlTable(
    {
      caption: 'The sum, in ether',
      columns: columns('term', '#ether'),
      rows,
      total: [plain(termWords.net), plain(wholeEther(net))],
    },
    'inner',
  )}<p>Bid, tip and priority fee: ${wholeEther(bid)} ether.</p>`
}

const legsTable = ({ legs }: PlanRow, { amount, cell }: TokenNames): Markup =>
  htmlTable(
    {
      caption: 'Swaps',
      columns: columns('venue', 'pool', '#sold', 'of', '#bought', 'of'),
      rows: legs.map(({ venue, pool, sell, sold, buy, bought }) => ({
        cells: [
          ...[plain(venue), code(pool), plain(amount(sold, sell)), cell(sell)],
          ...[plain(amount(bought, buy)), cell(buy)],
        ],
      })),
    },
    'inner',
  )

function proofOf(proof: ProofRow | null): Markup {
  if (proof === null) return html`<p>Not run on the chain’s own state: as foreseen.</p>`
  const gas = counted(proof.gasUsed, 'gas unit')
  if (proof.status === 'reverted') return html`<p><strong>Refuted</strong> with ${gas}: <code>${proof.why}</code></p>`
  const { gained, tip, net, differs } = proof
  const others = differs.map(({ of, foreseen, actual }) => `${of} ${grouped(actual)}, foreseen ${grouped(foreseen)}`)
  return html`<p><strong>Run on the chain’s own state</strong>: gained ${wholeEther(gained)}, tip ${wholeEther(tip)}, ${gas}; net ${wholeEther(net)} ether. ${
    others.length === 0 ? 'All of it as foreseen.' : `Otherwise than foreseen: ${others.join('; ')}.`
  }</p>`
}

/** What an act leaves and bids: as proven, else as foreseen. */
export const netOf = ({ plan, proof }: Pick<ActRow, 'plan' | 'proof'>): string =>
  proof?.status === 'included' ? proof.net : plan.sum.net
export const bidOf = ({ plan, proof }: Pick<ActRow, 'plan' | 'proof'>): string =>
  proof?.status === 'included' ? proof.bid : plan.bid
