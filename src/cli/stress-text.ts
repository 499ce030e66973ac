import type { Rehearsed, StepReport, StressReport } from '../stress/report.ts'
import { short, table } from './table.ts'

/** Of those that could not be liquidated, the heaviest. */
const shownMost = 8

const usd = (value: number): string => Math.round(value).toLocaleString('en-US')
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** A report for people: the fall step by step, who matters, and what could not be liquidated. */
export function stressText(report: StressReport): string {
  const { steps, block, positions, baseFeeWei, shocks, depegs } = report
  const told = [...shocks, ...depegs]
    .map(({ name, share }) => `${name} ${share > 0 ? '+' : ''}${percent(share)}`)
    .join(', ')
  const lines = [
    `${told === '' ? 'No price moves' : told}, over ${positions} positions at block ${block}, base fee ${Number(baseFeeWei) / 1e9} gwei. Dollars at the prices of each step.`,
    stepTable(steps),
    ...pushedLines(steps),
    ...borrowerLines(report),
    ...report.rehearsals.map(rehearsalText),
  ]
  if (report.still.length > 0)
    lines.push(`Prices that no shock reaches, since several tokens share them: ${report.still.join(', ')}`)
  return lines.join('\n')
}

function stepTable(steps: readonly StepReport[]): string {
  const head = ['of the fall', 'below the line', 'liquidated', 'plans', 'does not pay', 'left', 'bad debt', 'toxic']
  const rows = steps.map((one) => [
    `${percent(one.part)}${one.isSettled ? '' : ' (not settled)'}`,
    `${usd(one.liquidatableUsd)} (${one.liquidatable})`,
    usd(one.liquidatedUsd),
    String(one.plans),
    usd(one.unprofitableUsd),
    usd(Object.values(one.leftUsd).reduce((sum, each) => sum + each, 0)),
    usd(one.badDebtUsd),
    String(one.toxic.length),
  ])
  return table(head, rows, head)
}

function pushedLines(steps: readonly StepReport[]): readonly string[] {
  const last = Object.entries(steps.at(-1)?.pushed ?? {})
  if (last.length === 0) return []
  return [`Liquidations themselves moved ${last.map(([name, by]) => `${name} by ${percent(by - 1)}`).join(', ')}.`]
}

function borrowerLines({ borrowers }: StressReport): readonly string[] {
  if (borrowers.length === 0) return ['Nobody falls below the line.']
  const rows = borrowers.map((one) => [short(one.owner), one.protocols.join(', '), usd(one.debtUsd), percent(one.part)])
  return ['Borrowers that matter most:', table(['owner', 'protocols', 'debt', 'falls at'], rows, ['debt', 'falls at'])]
}

function rehearsalText({ drop, liquidatable, stranded }: Rehearsed): string {
  const title = `Were the fall ${percent(-drop)} at once: ${liquidatable} below the line, ${stranded.length} of them could not be liquidated${stranded.length > shownMost ? `; the ${shownMost} heaviest` : ''}.`
  if (stranded.length === 0) return title
  const rows = stranded
    .slice(0, shownMost)
    .map((one) => [one.protocol, short(one.owner ?? one.position), usd(one.debtUsd), one.reason, short(one.detail)])
  return `${title}\n${table(['protocol', 'owner', 'debt', 'reason', 'detail'], rows, ['debt'], 44)}`
}
