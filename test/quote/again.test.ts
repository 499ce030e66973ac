import { expect, test } from 'vitest'
import { positionId } from '../../src/core/book.ts'
import type { Strategy } from '../../src/core/strategy.ts'
import { quote } from '../../src/quote/plan.ts'
import { pairOf, requestOf, type Stub, token, upTo, W } from './stub.ts'

const [C, D] = [token(1), token(2)]
const E = 10n ** 18n
const stub: Stub = { id: 'p', collateral: C, debt: D, num: 106n, den: 100n, segments: upTo(100n * E) }
const pools = [pairOf(C, W, 100_000n * E, 100_000n * E), pairOf(D, W, 100_000n * E, 100_000n * E)]

/** A position whose debt stays in the book; `stands`: whether it is below the line with so much repaid. */
function request(stands: (repaid: bigint) => boolean, gasPrice: bigint) {
  const plain = requestOf([stub], pools, { gasPrice })
  const candidate = plain.candidates[0]!
  const repaidOf = (data: unknown): bigint => (data as { repaid?: bigint }).repaid ?? 0n
  const { module: of } = candidate
  const module: Strategy = {
    ...of,
    assess: (scene, market, positions) =>
      positions.flatMap((one) => (stands(repaidOf(one.data)) ? of.assess(scene, market, [one]) : [])),
    terms: (scene, opportunity, input) => {
      const position = scene.book.position(positionId('p'))!
      const data = { ...position.data, repaid: repaidOf(position.data) + (input ?? 0n) }
      return {
        ...of.terms(scene, opportunity, input),
        after: [{ op: 'put-position', position: { ...position, data } }],
      }
    },
  }
  return { ...plain, candidates: [{ ...candidate, module }] }
}
const stepsOf = (one: ReturnType<typeof request>) =>
  quote(one).plans.flatMap(({ steps }) => steps.map(({ input }) => input))

test('a position healed by anything is taken once, and looked for no longer, though gas costs nothing', () => {
  expect(stepsOf(request((repaid) => repaid === 0n, 0n))).toEqual([100n * E])
})

test('a step that would heal is cut to all but the most that leaves it below the line', () => {
  const [first, second] = stepsOf(request((repaid) => repaid < 30n * E, 10n ** 9n))
  expect(30n * E - first!).toBeGreaterThan(0n)
  // Twelve halvings: no finer than pays.
  expect(30n * E - first!).toBeLessThan((30n * E) / 4_096n)
  expect(second).toBe(100n * E)
})

test('where another act costs more than it brings it is left, and five steps are the most', () => {
  expect(stepsOf(request((repaid) => repaid < 30n * E, 5n * 10n ** 12n))).toEqual([100n * E])
  expect(stepsOf(request(() => true, 10n ** 9n))).toHaveLength(5)
})
