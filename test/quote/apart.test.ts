import { describe, expect, it } from 'vitest'
import { quoteApart } from '../../src/quote/quote-apart.ts'
import { pairOf, requestOf, token, upTo, W } from './stub.ts'

const e18 = 10n ** 18n
const [C, D, E] = [token(1), token(2), token(3)]
const pair = (of: typeof C) => pairOf(of, W, 100_000n * e18, 100_000n * e18)
const stub = (id: string, collateral: typeof C, num: bigint) => ({
  ...{ id, collateral, debt: D, num, den: 100n, segments: upTo(e18) },
})

describe('what is apart', () => {
  const request = requestOf([stub('a', C, 110n), stub('b', C, 111n), stub('bad', E, 120n)], [pair(C), pair(D), pair(E)])
  const idsOf = (isApart: (id: string) => boolean) => {
    const { plans, skips } = quoteApart(request, ({ opportunity }) => isApart(opportunity.id))
    return [
      plans.map(({ steps }) => steps.map(({ opportunity }) => opportunity.id).sort()),
      skips.map((s) => [...s.positions, s.reason]),
    ]
  }

  it('shares a plan with nobody, and is left where another’s is in its way', () => {
    expect(idsOf(() => false)).toEqual([[['a', 'b', 'bad']], []])
    expect(idsOf((id) => id === 'bad')).toEqual([[['a', 'b']], [['bad', 'crowded-out']]])
  })

  it('goes in the order of what it leaves, where nobody else comes', () => {
    expect(idsOf(() => true)).toEqual([
      [['bad']],
      [
        ['b', 'crowded-out'],
        ['a', 'crowded-out'],
      ],
    ])
  })
})
