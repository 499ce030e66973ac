import { expect, test } from 'vitest'
import type { Instruction } from '../../src/core/program.ts'
import type { Strategy } from '../../src/core/strategy.ts'
import { type QuoteRequest, quote } from '../../src/quote/plan.ts'
import { pairOf, requestOf, token, upTo, W } from './stub.ts'

const e18 = 10n ** 18n
const [C, D] = [token(1), token(2)]

/** One position that calls back, whose collateral is sold for its debt's token; what is over of that, for the wrapped one. */
function calledBack(driftPpm: number): QuoteRequest {
  const stub = { id: 'a', collateral: C, debt: D, num: 11n, den: 10n, segments: upTo(100n * e18) }
  const pools = [pairOf(C, D, 100_000n * e18, 100_000n * e18), pairOf(D, W, 100_000n * e18, 100_000n * e18)]
  const request = requestOf([stub], pools)
  const [candidate] = request.candidates
  const module: Strategy = {
    ...candidate!.module,
    encode: (book, step, executor) => {
      const encoded = candidate!.module.encode(book, step, executor)
      const { spender: from } = step.opportunity.pays!
      const act: typeof encoded.act = (payload) => ({ ...encoded.act('0x'), data: `0x00000000${payload.slice(2)}` })
      return { ...encoded, act, callback: { from, selector: '0x12345678', enter: [], leave: [] } }
    },
  }
  const opportunity = { ...candidate!.opportunity, capital: 'callback' as const }
  return { ...request, driftPpm, candidates: [{ ...candidate!, module, opportunity }] }
}

const swapsIn = (program: readonly Instruction[]): readonly Extract<Instruction, { op: 'swap' }>[] =>
  program.flatMap((one) => (one.op === 'act' ? swapsIn(one.callback?.inside ?? []) : one.op === 'swap' ? [one] : []))

test('what is sold inside a callback leaves what is owed, with what it may grow by until it is included', () => {
  const { plans } = quote(calledBack(50))
  const [plan] = plans
  const repay = plan!.steps[0]!.terms.repay
  const act = plan!.program.find((one) => one.op === 'act')
  const approved = act?.op === 'act' ? (act.approve?.amount ?? 0n) : 0n
  expect(approved).toBe(repay + (repay * 50n + 999_999n) / 1_000_000n)
  const [, rest] = swapsIn(plan!.program)
  expect([rest!.sell, rest!.buy]).toEqual([D, W])
  // All that was gained but so much: no less than may be taken, or the whole call reverts.
  expect('gainedLess' in rest!.amount ? rest!.amount.gainedLess : 0n).toBe(approved)
})

test('where nothing may drift nothing is kept beside', () => {
  const { plans } = quote(calledBack(0))
  const [, rest] = swapsIn(plans[0]!.program)
  expect('gainedLess' in rest!.amount ? rest!.amount.gainedLess : 0n).toBe(plans[0]!.steps[0]!.terms.repay)
})
