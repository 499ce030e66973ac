import { KeeperError } from '#core/error.ts'
import type { StressReport } from './report.ts'

/** Figures that a condition may name: the worst of all steps, or of the whole fall. */
const figures: Readonly<Record<string, (of: StressReport) => number>> = {
  bad_debt_usd: ({ steps }) => Math.max(...steps.map(({ badDebtUsd }) => badDebtUsd)),
  liquidatable_usd: ({ steps }) => Math.max(...steps.map(({ liquidatableUsd }) => liquidatableUsd)),
  liquidated_usd: ({ steps }) => steps.reduce((sum, { liquidatedUsd }) => sum + liquidatedUsd, 0),
  unprofitable_usd: ({ steps }) => Math.max(...steps.map(({ unprofitableUsd }) => unprofitableUsd)),
  toxic_positions: ({ steps }) => Math.max(...steps.map(({ toxic }) => toxic.length)),
  stranded_positions: ({ rehearsals }) => Math.max(0, ...rehearsals.map(({ stranded }) => stranded.length)),
}
const compares: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
}

export type Condition = {
  readonly text: string
  readonly holds: (of: StressReport) => boolean
  readonly value: (of: StressReport) => number
}

export const conditionNames = Object.keys(figures)

/** `bad_debt_usd > 100000`. @throws `bad-argument` when it is not a figure, a comparison and a number. */
export function parseCondition(text: string): Condition {
  const [, name = '', sign = '', number = ''] =
    /^\s*(\w+)\s*(>=|<=|>|<)\s*(-?\d[\d_]*(?:\.\d+)?(?:e\d+)?)\s*$/.exec(text) ?? []
  const [value, compare] = [figures[name], compares[sign]]
  const limit = Number(number.replaceAll('_', ''))
  if (value === undefined || compare === undefined || !Number.isFinite(limit)) {
    const say = `"${text}" is no condition: write a figure, a comparison and a number, as "bad_debt_usd > 100000"; figures are ${conditionNames.join(', ')}`
    throw new KeeperError('bad-argument', say)
  }
  return { text: text.trim(), value, holds: (of) => compare(value(of), limit) }
}
