import { describe, expect, it } from 'vitest'
import { KeeperError } from '#core/error.ts'
import { least, RAY } from '#core/numbers.ts'
import type { Segment } from '#core/opportunity.ts'
import { type Random, randomOf } from '../../../sandbox/random.ts'
import { accountData } from '../account-data.ts'
import { type Case, liquidate } from '../liquidation.ts'
import { acceptedInputs } from '../segments.ts'
import { sceneOf } from './support/records.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? 5)
const cases = 1_500

type Call = { readonly repay: bigint; readonly seize: bigint } | null

/** A call as the package's Solidity does it, line by line, written apart from the strategy; `null` where it reverts. */
function call(on: Case, debtToCover: bigint, cash: bigint): Call {
  const { collateral, debt } = on
  const [c, d] = [collateral.market.data, debt.market.data]
  const up = (value: bigint, by: bigint): bigint => (2n * value + by) / (2n * by)
  const maxLiquidatable = up((debt.variableDebt + debt.stableDebt) * on.closeFactorBps, 10_000n)
  let actual = debtToCover > maxLiquidatable ? maxLiquidatable : debtToCover
  let amount = up(debt.price * actual * c.unit * c.bonusBps, 10_000n) / (collateral.price * d.unit)
  let needed = actual
  if (amount > collateral.collateral) {
    amount = collateral.collateral
    const value = (collateral.price * amount * d.unit) / (debt.price * c.unit)
    needed = (value * 10_000n + c.bonusBps / 2n) / c.bonusBps
  }
  if (needed < actual) actual = needed
  if (cash < amount) return null
  const scaled = (units: bigint, index: bigint): bigint => (units * RAY + index / 2n) / index
  // Of no variable debt nothing is asked to be burnt, but where nothing at all is repaid.
  const { variableDebt } = debt
  const burnt = least(variableDebt, actual)
  if ((variableDebt >= actual || burnt > 0n) && scaled(burnt, debt.indices.storedBorrow) === 0n) return null
  if (scaled(amount, collateral.indices.liquidity) === 0n) return null
  return { repay: actual, seize: amount }
}

/** Amounts so small that every input can be tried, at prices and indices that make every rounding count. */
function caseOf(random: Random): { readonly on: Case; readonly cash: bigint } {
  const index = (): bigint => RAY + random.big(0n, 3n * RAY)
  const [liquidityIndex, variableBorrowIndex] = [index(), index()]
  const units = (): bigint => 10n ** BigInt(random.whole(0, 3))
  const one = { liquidityIndex, variableBorrowIndex, bonusBps: BigInt(random.whole(10_100, 11_500)) }
  const principal = random.chance(0.4) ? BigInt(random.whole(1, 60)) : 0n
  const { scene, market, position } = sceneOf({
    reserves: [
      { ...one, unit: units() },
      { ...one, unit: units() },
    ],
    prices: [BigInt(random.whole(1, 40)), BigInt(random.whole(1, 40))],
    account: {
      config: 0b0110n,
      balances: [
        { slot: 0, supply: BigInt(random.whole(1, 60)), debt: 0n, stable: null },
        {
          ...{ slot: 1, supply: 0n, debt: BigInt(random.whole(principal === 0n ? 1 : 0, 60)) },
          stable: principal === 0n ? null : { principal, rate: 0n, since: 0 },
        },
      ],
    },
  })
  const data = accountData(scene, market.data, position.data)
  if ('missing' in data) throw new KeeperError('not-found', 'not judged')
  const [collateral, debt] = data.holdings
  const closeFactorBps = random.one([5_000n, 5_000n, 10_000n])
  const cash = random.chance(0.7) ? 10n ** 30n : BigInt(random.whole(0, 80))
  return { on: { data, collateral: collateral!, debt: debt!, closeFactorBps }, cash }
}

/** Inputs up to twice the debt at which segments and calls disagree. */
function disagreements({ on, cash }: ReturnType<typeof caseOf>, segments: readonly Segment[]): readonly string[] {
  const most = 2n * (on.debt.variableDebt + on.debt.stableDebt) + 2n
  const end = segments.at(-1)?.to ?? 0n
  const atEnd = call(on, end, cash)
  const wrong: string[] = []
  for (let input = 1n; input <= most; input += 1n) {
    const real = call(on, input, cash)
    if (segments.some(({ from, to }) => from <= input && input <= to)) {
      const said = liquidate(on, input)
      if (real === null || said.repay !== real.repay || said.seize !== real.seize) wrong.push(`${input} differs`)
    } else if (real !== null && (input < end || real.repay !== atEnd?.repay || real.seize !== atEnd.seize)) {
      wrong.push(`${input} is taken, and left out`)
    }
  }
  return wrong
}

describe(`the inputs that are accepted, seed ${seed}`, () => {
  it('are those that the contract takes, every one of them tried', () => {
    const random = randomOf(seed)
    const seen = { capped: 0, refused: 0, stable: 0, lacking: 0 }
    for (let at = 0; at < cases; at += 1) {
      const one = caseOf(random)
      const segments = acceptedInputs(one.on, one.cash)
      expect(disagreements(one, segments), `case ${at}`).toEqual([])
      if (segments.length === 0) seen.refused += 1
      if (segments.some(({ to }) => liquidate(one.on, to).isCapped)) seen.capped += 1
      if (one.on.debt.stableDebt > 0n) seen.stable += 1
      if (one.cash < 100n) seen.lacking += 1
    }
    process.stdout.write(`segments of aave-v2: ${cases} cases, ${JSON.stringify(seen)}\n`)
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20)
  })

  it('are seen to be wrong by one at either end', () => {
    const random = randomOf(seed)
    let caught = 0
    for (let at = 0; at < 100; at += 1) {
      const one = caseOf(random)
      const [first, ...rest] = acceptedInputs(one.on, one.cash)
      if (first === undefined || first.from === first.to) continue
      if (disagreements(one, [{ ...first, from: first.from + 1n }, ...rest]).length > 0) caught += 1
      else throw new KeeperError('not-found', `case ${at}: an end that is one off went unseen`)
    }
    expect(caught).toBeGreaterThan(20)
  })
})
