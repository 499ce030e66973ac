import type { Tier } from '../backtest/chunk-output.ts'
import type { LiquidationRow } from '../backtest/report.ts'
import { grouped, time, wholeEther } from './amounts.ts'
import { html, type Markup, type Part } from './markup.ts'
import { facts } from './plan-sum.ts'
import { resultWords, tierWords } from './words.ts'

/** What a tier has to say of a liquidation; `sum`: of our plan for it. */
export type Told = { readonly tier: Tier; readonly row: LiquidationRow; readonly sum: Markup | null }

/** All that is known of a liquidation: what the chain shows, what we knew of it, and our plan. What tiers share stands once. */
export const liquidationSum = (
  told: readonly Told[],
): Markup => html`<div class="parts">${told.slice(0, 1).map(({ row }) => winnerOf(row))}<div>${once(
  told,
  'Known',
  ({ row }) => knownOf(row),
)}</div></div>
${once(told, 'Ours', ({ sum }) => sum ?? html`<p>No plan was worked out.</p>`)}`

function once(told: readonly Told[], title: string, of: (one: Told) => Markup): Markup {
  const parts = told.map((one) => ({ name: tierWords[one.tier].name, body: of(one) }))
  const isSame = new Set(parts.map(({ body }) => body.markup)).size === 1
  const shown = isSame ? parts.slice(0, 1).map(({ body }) => ({ name: 'in both tiers', body })) : parts
  return html`${shown.map(({ name, body }) => html`<h3>${title}, ${name}</h3>${body}`)}`
}

function knownOf({ result, why, detail, since, seenBlocksBefore, said }: LiquidationRow): Markup {
  const known = since === null ? 'not known' : `known since block ${since}, ${seenBlocksBefore} before it was taken`
  return facts([
    ['result', [resultWords[result], why === null ? null : `: ${why}`]],
    ['more closely', detail === '' ? 'nothing to add' : html`<code>${detail}</code>`],
    ['below the line', known],
    ['we said', said === null ? 'nothing' : html`<code>${said}</code>`],
  ])
}

function winnerOf({ winner, ...row }: LiquidationRow): Markup {
  const { by, from, to, gasUsed, bid, isBidWhole, liquidations, gain, flows } = winner
  const all = (some: readonly { readonly asset: string; readonly amount: string }[], none: string): Part =>
    some.length === 0 ? none : some.map(({ asset, amount }) => html`${grouped(amount)} of <code>${asset}</code><br>`)
  return html`<div><h3>On the chain</h3>${facts([
    [
      'transaction',
      html`<code>${row.transactionHash}</code>, place ${row.transactionIndex} of block ${row.block}, ${time(row.timestamp)}`,
    ],
    ['act', `${row.kind}; ${liquidations} in that transaction`],
    ['market', html`<code>${row.market}</code>`],
    ['position', html`<code>${row.position}</code>`],
    [
      'winner',
      html`<code>${by ?? 'not told'}</code>${from === by ? null : html` from <code>${from}</code>`} to <code>${to ?? 'a new contract'}</code>`,
    ],
    ['repaid', all(row.repaid === null ? [] : [row.repaid], 'not told')],
    ['seized', all(row.seized, 'not told')],
    ['bad debt', row.badDebt === '0' ? 'none' : grouped(row.badDebt)],
    ['bid', `${isBidWhole ? '' : '≥ '}${wholeEther(bid)} ether with ${grouped(String(gasUsed))} gas`],
    ['gain', gain === null ? 'a token in it has no pool' : `${wholeEther(gain)} ether before gas and bid`],
    ['flows', all(flows, 'none')],
  ])}</div>`
}
