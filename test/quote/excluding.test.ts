import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../src/quote/plan.ts'
import { quote } from '../../src/quote/plan.ts'
import { pairOf, requestOf, token, upTo, W } from './stub.ts'

const e18 = 10n ** 18n
const [C, D] = [token(1), token(2)]

describe('positions of which one takes what the others need', () => {
  const stubs = ['a', 'b', 'c', 'd'].map((id, at) => ({
    ...{ id, collateral: C, debt: D, num: BigInt(110 + at), den: 100n },
    segments: upTo(e18),
  }))
  const plain = requestOf(stubs, [
    pairOf(C, W, 100_000n * e18, 100_000n * e18),
    pairOf(D, W, 100_000n * e18, 100_000n * e18),
  ])
  /** A room for so many: of more, those that come later are not there any more. */
  const withRoom = (room: number) =>
    plain.candidates.map((one): Candidate => {
      const { module } = one
      const assess: typeof module.assess = (scene, market, positions) => {
        const left = [...scene.book.positions()].length
        return left > stubs.length - room ? module.assess(scene, market, positions) : []
      }
      return { ...one, module: Object.assign(module, { assess: assess }) }
    })
  const idsOf = (candidates: readonly Candidate[]) => {
    const { plans, skips } = quote({ ...plain, candidates })
    return [plans.map(({ steps }) => steps.map(({ opportunity }) => opportunity.id).sort()), skips.map((s) => s.reason)]
  }

  it('come one by one: the best first, and nobody is told that a transaction has no room', () => {
    expect(idsOf(withRoom(1))).toEqual([[['d']], ['crowded-out', 'crowded-out', 'crowded-out']])
  })
})
