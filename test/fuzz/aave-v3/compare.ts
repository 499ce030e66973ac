import type { Address } from '#core/address.ts'
import { decodeAccountData, sameFigures } from '../../../strategies/aave-v3/probe.ts'
import { type AavePosition, isReserve } from '../../../strategies/aave-v3/records.ts'
import type { Aave } from '../../aave-v3/support/chain.ts'
import type { Answer } from './ask.ts'
import type { PlannedTry } from './tries.ts'

export type Mismatch = { readonly kind: MismatchKind; readonly detail: string }
export type MismatchKind = 'liquidatable' | 'figures' | 'repay' | 'seize' | 'leftover' | 'end' | 'screen'

/** What the chain did against what was said; empty where they agree. */
export function compare(
  strategy: Aave,
  position: AavePosition,
  planned: PlannedTry,
  answer: Answer,
  tokens: readonly Address[],
): readonly Mismatch[] {
  const inputs = planned.steps.map(({ sent }) => sent).join(' then ')
  if (answer.reverted !== planned.reverts) {
    const said = `${planned.what} ${inputs}: said ${planned.reverts ? 'reverts' : 'passes'}`
    return [{ kind: 'end', detail: answer.reverted ? `${said}, reverted ${answer.data}` : `${said}, passed` }]
  }
  if (answer.reverted) return []
  const found: Mismatch[] = []
  planned.steps.forEach((step, at) => {
    const { debt, collateral } = step.opportunity.data
    const isSame = debt === collateral
    const [paid, got] = [answer.paid[at] ?? 0n, answer.got[at] ?? 0n]
    const net = step.seize - step.repay
    if (paid !== (isSame ? -net : step.repay)) {
      found.push({ kind: 'repay', detail: `${planned.what} ${inputs}: said ${step.repay}, paid ${paid}` })
    }
    if (got !== (isSame ? net : step.seize)) {
      found.push({ kind: 'seize', detail: `${planned.what} ${inputs}: said ${step.seize}, got ${got}` })
    }
  })
  return [...found, ...compareAfter(strategy, position, planned, answer, tokens)]
}

/** Scaled balances, flags and all figures, in the same block. */
function compareAfter(
  strategy: Aave,
  position: AavePosition,
  { after, what }: PlannedTry,
  answer: Extract<Answer, { reverted: false }>,
  tokens: readonly Address[],
): readonly Mismatch[] {
  if (after === null) return []
  const left = after.book.position(position.id)
  if (left === undefined) {
    const owes = (answer.config & BigInt(`0x${'5'.repeat(64)}`)) !== 0n
    return owes ? [{ kind: 'leftover', detail: `${what}: said no debt is left, flags ${answer.config}` }] : []
  }
  const said = new Map<string, bigint>()
  for (const market of after.book.markets()) {
    if (!isReserve(market)) continue
    const balance = left.data.balances.find(({ slot }) => slot === market.data.slot)
    said.set(market.data.variableDebtToken, balance?.debt ?? 0n)
    // What is no longer used as collateral is no longer followed.
    if (balance !== undefined && balance.supply > 0n) said.set(market.data.aToken, balance.supply)
  }
  const differing = tokens.filter((token, at) => said.has(token) && said.get(token) !== answer.balances[at])
  const found: Mismatch[] = differing.map((token) => ({
    kind: 'leftover',
    detail: `${what}: said ${said.get(token)} of ${token}, left ${answer.balances[tokens.indexOf(token)]}`,
  }))
  if (left.data.config !== answer.config) {
    found.push({ kind: 'leftover', detail: `${what}: said flags ${left.data.config}, are ${answer.config}` })
  }
  const figures = strategy.judge(after, left)
  if (!sameFigures(figures, decodeAccountData(answer.account))) {
    found.push({ kind: 'leftover', detail: `${what}: health ${figures.healthFactor} afterwards is another` })
  }
  return found
}
