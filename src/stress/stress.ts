import { borrowersOf } from './borrowers.ts'
import { type Settled, type State, settle, startOf } from './cascade.ts'
import { evaluate } from './evaluate.ts'
import { createModel, type Ground, type Model, type Sunk } from './model.ts'
import { rehearse } from './rehearse.ts'
import { nothingToTake, type StepReport, type StressReport } from './report.ts'
import { checkNames, type Scenario } from './shock.ts'
import { isToxic } from './toxic.ts'

/** Of borrowers, the heaviest. */
const borrowersMost = 10

/**
 * Lets a book live through a fall, step by step: what each step would push below the line, what keepers take of it at
 * prices that their own sales move, and what is left. Nothing is read, sent or written; the same input gives the same
 * report.
 */
export function stress(
  ground: Ground,
  scenario: Scenario,
  onStep: (done: number) => void = () => undefined,
): StressReport {
  const model = createModel(ground)
  const symbols = [
    ...new Set(model.feeds.flatMap(({ prices }) => (prices === undefined ? [] : [model.symbolOf(prices.token)]))),
  ]
  checkNames(scenario, symbols)
  const state = startOf()
  const fallen: { readonly part: number; readonly sunk: readonly Sunk[] }[] = []
  const steps: StepReport[] = []
  for (let step = 1; step <= scenario.steps; step += 1) {
    const part = step / scenario.steps
    const { sunk } = evaluate(model, scenario, part)
    fallen.push({ part, sunk })
    const settled = settle(model, scenario, part, state)
    steps.push(stepReport(model, part, sunk, settled, state))
    onStep(step)
  }
  return {
    block: ground.block.number,
    ...{ shocks: scenario.shocks, depegs: scenario.depegs, recovery: scenario.recovery, deviation: scenario.deviation },
    baseFeeWei: ground.block.baseFee,
    positions: ground.mirror.modules.strategies.reduce(
      (sum, { key }) => sum + countOf(ground.mirror.books.shelf(key).positions()),
      0,
    ),
    steps,
    borrowers: borrowersOf(fallen).slice(0, borrowersMost),
    rehearsals: rehearse(model, scenario),
    still: stillOf(model),
  }
}

/** Why a position is left though its protocol would let it be taken: it pays nobody. */
const unpaid: ReadonlySet<string> = new Set(['unprofitable', 'crowded-out', 'no-route', 'no-funding', 'gas-limit'])

function stepReport(model: Model, part: number, before: readonly Sunk[], settled: Settled, state: State): StepReport {
  const after = model.sunk(model.spec(state.laid))
  const reasons = new Map(
    settled.skips.flatMap(({ positions, reason }) => positions.map((id) => [id as string, reason as string])),
  )
  const left = new Map<string, number>()
  for (const { position, debt } of after) {
    const reason = reasons.get(position.id) ?? nothingToTake
    left.set(reason, (left.get(reason) ?? 0) + debt)
  }
  const sum = (of: readonly number[]): number => of.reduce((all, one) => all + one, 0)
  return {
    part,
    liquidatableUsd: sum(before.map(({ debt }) => debt)),
    liquidatable: before.length,
    liquidatedUsd: sum(settled.plans.map(({ repaidUsd }) => repaidUsd)),
    seizedUsd: sum(settled.plans.map(({ seizedUsd }) => seizedUsd)),
    plans: settled.plans.length,
    rounds: settled.rounds,
    isSettled: settled.isSettled,
    leftUsd: Object.fromEntries(left),
    unprofitableUsd: sum([...left].map(([reason, debt]) => (unpaid.has(reason) ? debt : 0))),
    badDebtUsd: state.lostUsd + sum(after.map(({ debt, collateral }) => Math.max(0, debt - collateral))),
    toxic: before.filter((one) => isToxic(model, one)).map(({ position }) => position.id),
    pushed: Object.fromEntries(state.pushed),
  }
}

const countOf = (all: Iterable<unknown>): number => [...all].length

/** Feeds whose every reading stands still, since no shock names what they price. */
function stillOf({ mirror, feeds }: Model): readonly string[] {
  const named = new Set(feeds.map(({ id }) => id))
  return mirror.modules.strategies.flatMap(({ key, module }) =>
    module
      .feeds(mirror.books.shelf(key))
      .flatMap(({ id, unit }) => (named.has(id) || !/ per token/.test(unit) ? [] : [id])),
  )
}
