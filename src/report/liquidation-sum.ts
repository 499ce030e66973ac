import type { Tier } from '../backtest/chunk-output.ts'
import type { LiquidationRow } from '../backtest/report.ts'
import { grouped, time, wholeEther } from './amounts.ts'
import { html, type Markup, type Part } from './markup.ts'
import { facts } from './plan-sum.ts'
import type { TokenNames } from './token-names.ts'
import { resultWords, tierWords } from './words.ts'

/** What a tier has to say of a liquidation; `sum`: of our plan for it. */
export type Told = { readonly tier: Tier; readonly row: LiquidationRow; readonly sum: Markup | null }

/** All that is known of a liquidation: what the chain shows, what we knew of it, and our plan. What tiers share stands once. */
export const liquidationSum = (told: readonly Told[], names: TokenNames): Markup => html`<div class="parts">${told
  .slice(0, 1)
  .map(({ row }) => winnerOf(row, names))}<div><h3>Known</h3>${facts(told.flatMap(knownOf))}</div></div>
${sumsOf(told)}`

function sumsOf(told: readonly Told[]): Markup {
  const parts = told.map(({ tier, sum }) => ({ name: tierWords[tier].name, sum }))
  const isSame = new Set(parts.map(({ sum }) => sum?.markup)).size === 1
  const shown = isSame ? parts.slice(0, 1).map(({ sum }) => ({ name: 'in both tiers', sum })) : parts
  return html`${shown.map(({ name, sum }) => html`<h3>Ours, ${name}</h3>${sum ?? html`<p>No plan was worked out.</p>`}`)}`
}

/** Since when and what was said is of no tier. */
function knownOf({ tier, row }: Told, at: number): readonly (readonly [string, Part])[] {
  const { result, why, detail, since, seenBlocksBefore, said } = row
  const known = since === null ? 'not known' : `known since block ${since}, ${seenBlocksBefore} before it was taken`
  const shared: readonly (readonly [string, Part])[] = [
    ['below the line', known],
    ['we said', said === null ? 'nothing' : html`<code>${said}</code>`],
  ]
  const outcome = why === null ? resultWords[result] : `${resultWords[result]}: ${why}`
  return [
    ...(at === 0 ? shared : []),
    [tierWords[tier].name, detail === '' ? outcome : html`${outcome}; <code>${detail}</code>`],
  ]
}

function winnerOf({ winner, ...row }: LiquidationRow, { shown }: TokenNames): Markup {
  const { by, from, to, gasUsed, bid, isBidWhole, liquidations, gain, flows } = winner
  const all = (some: readonly { readonly asset: string; readonly amount: string }[], none: string): Part =>
    some.length === 0 ? none : some.map(({ asset, amount }) => html`${shown(amount, asset)}<br>`)
  return html`<div><h3>On the chain</h3>${facts([
    [
      'transaction',
      html`<code>${row.transactionHash}</code>, place ${row.transactionIndex} of block ${row.block}, ${time(row.timestamp)}`,
    ],
    ['act', `${row.kind}; ${liquidations} in that transaction`],
    ...(row.position.startsWith(row.market) ? [] : [['market', html`<code>${row.market}</code>`] as const]),
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
