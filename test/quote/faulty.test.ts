import { describe, expect, it } from 'vitest'
import { type Market, marketId, type Position, positionId } from '../../src/core/book.ts'
import type { Strategy } from '../../src/core/strategy.ts'
import { find } from '../../src/opportunity/find.ts'
import type { Candidate, QuoteRequest } from '../../src/quote/plan.ts'
import { quoteEach } from '../../src/quote/quote-each.ts'
import { pairOf, requestOf, stubStrategy, token, upTo, W } from './stub.ts'

const e18 = 10n ** 18n
const [C, D] = [token(1), token(2)]
const stubs = ['a', 'hostile', 'b'].map((id) => ({
  ...{ id, collateral: C, debt: D, num: 11n, den: 10n },
  segments: upTo(e18),
}))
const pools = [pairOf(C, W, 100_000n * e18, 100_000n * e18), pairOf(D, W, 100_000n * e18, 100_000n * e18)]
const fail = (): never => {
  throw new RangeError('Division by zero')
}

function request(hostile: (module: Strategy) => Partial<Strategy>): QuoteRequest {
  const plain = requestOf(stubs, pools)
  const candidates = plain.candidates.map((one): Candidate => {
    const isHostile = one.opportunity.id === 'hostile'
    return isHostile ? { ...one, module: { ...one.module, ...hostile(one.module) } } : one
  })
  return { ...plain, candidates }
}

describe('one that cannot be worked out', () => {
  const idsIn = (of: ReturnType<typeof quoteEach>): readonly string[] =>
    of.plans.flatMap(({ steps }) => steps.map(({ opportunity }) => opportunity.id)).sort()

  for (const [what, hostile] of [
    ['whose terms throw', () => ({ terms: fail })],
    ['that cannot be encoded', () => ({ encode: fail })],
  ] as const)
    it(`${what} is named, and the others are acted on`, () => {
      const quoted = quoteEach(request(hostile))
      expect(idsIn(quoted)).toEqual(['a', 'b'])
      expect(quoted.faulty.map(({ candidate }) => candidate.opportunity.id)).toEqual(['hostile'])
      expect(String(quoted.faulty[0]?.error)).toContain('Division by zero')
    })

  it('together, though each can alone: the best that fits is done, and the cause is named', () => {
    const plain = request(() => ({}))
    // Three steps in one plan cannot be worked out.
    const units = (shape: string): undefined => (shape.includes('*3') ? fail() : undefined)
    const quoted = quoteEach({ ...plain, gas: { ...plain.gas, units } })
    expect([idsIn(quoted), quoted.faulty]).toEqual([['a', 'hostile'], []])
    expect(quoted.skips).toMatchObject([{ reason: 'crowded-out', positions: ['b'] }])
    expect(quoted.skips[0]?.detail).toContain('Division by zero')
  })

  it('is none where all can be', () => {
    const quoted = quoteEach(request(() => ({})))
    expect([idsIn(quoted), quoted.faulty]).toEqual([['a', 'b', 'hostile'], []])
  })

  it('by its strategy is named, and the others of its market are judged', () => {
    const { module, candidates } = stubStrategy(stubs)
    const positions = stubs.map(
      ({ id, ...rest }): Position => ({
        id: positionId(id),
        market: marketId('m'),
        owner: null,
        data: { id, ...rest },
      }),
    )
    const strategy: Strategy = {
      ...module,
      assess: (scene, market: Market, those) =>
        those.some(({ id }) => id === 'hostile') ? fail() : module.assess(scene, market, those),
    }
    const found = find(strategy, candidates[0]!.scene, new Map([[marketId('m'), positions]]))
    expect(found.opportunities.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(found.faulty.map((one) => one.positions)).toEqual([['hostile']])
  })
})
