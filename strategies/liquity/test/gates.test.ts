import { expect, test } from 'vitest'
import { isBlocked, type Opportunity } from '#core/opportunity.ts'
import { assess } from '../assess.ts'
import type { Conditions } from '../conditions.ts'
import { feeds } from '../feeds.ts'
import { judge } from '../judge.ts'
import type { Batch } from '../records.ts'
import { terms } from '../terms.ts'
import { at, bookOf, e18, sceneOf, type Told, told, usual } from './world.ts'

const sound = told(0, [10, 18_400], [20, 36_800], [1_000, 200_000])

function found(of: Told, conditions: Partial<Conditions> = usual) {
  const scene = sceneOf(of, conditions)
  const all = assess(scene, scene.book.market('' as never)!, [...scene.book.positions()])
  const batches = all.filter((one): one is Opportunity<Batch> => !isBlocked(one))
  return { scene, batches, blocked: all.filter(isBlocked) }
}

test('batches are prefixes of the best-paid troves', () => {
  const { batches } = found(sound)
  expect(batches.map(({ data }) => data.troves)).toEqual([[at(101)], [at(101), at(100)]])
  expect(batches.every(({ pays, capital, feasible }) => pays === null && capital === 'none' && feasible === null)).toBe(
    true,
  )
})

test('a batch of many comes in steps, never of all the troves there are', () => {
  const many = told(0, ...Array.from({ length: 90 }, () => [10, 18_400] as const))
  const { batches } = found(many, { ...usual, ccr: 0n })
  const counts = batches.map(({ data }) => data.troves.length)
  expect(counts.slice(0, 9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10])
  expect(counts.at(-1)).toBe(64)
  expect(found(told(0, [10, 18_400], [10, 18_400]), { ...usual, ccr: 0n }).batches).toHaveLength(1)
})

test('a batch pays the reserve of each trove, read from the chain, and a share of the collateral', () => {
  const { scene, batches } = found({ ...sound, system: { ...sound.system, reserve: 20n * e18 } })
  const { seized, rewards, repay, tags } = terms(scene, batches[1]!)
  expect(seized).toEqual([{ asset: 'native', amount: (15n * e18) / 100n }])
  expect(rewards).toEqual([{ asset: at(7), amount: 40n * e18 }])
  expect(repay).toBe(0n)
  expect(tags).toEqual(['troves-2', 'redistributed'])
})

test('terms of a batch that would revert are refused by name', () => {
  const { batches } = found(sound)
  const dearer = sceneOf(sound, { ...usual, price: 3_000n * e18 })
  expect(() => terms(dearer, batches[0]!)).toThrow(/would revert/)
})

test('without a price, or any of the ratios, all are blocked for the feed', () => {
  for (const name of ['price', 'mcr', 'ccr', 'divisor'] as const) {
    const { batches, blocked, scene } = found(sound, { ...usual, [name]: undefined })
    expect(batches).toEqual([])
    expect(new Set(blocked.map(({ reason }) => reason))).toEqual(new Set(['feed-reverts']))
    expect(judge(scene, [...scene.book.positions()][0]!)).toEqual({ liquidatable: false, reverts: true })
  }
})

test('rules that were not proven are watched, not acted upon', () => {
  const { batches, blocked } = found({ ...sound, system: { ...sound.system, isProven: false } })
  expect(batches).toEqual([])
  expect(blocked.map(({ reason }) => reason)).toContain('unproven-revision')
})

test('in recovery mode troves that need cover come first within a batch, so that others do not use it up', () => {
  // 149 % in all; the second is at 109 % and better paid, the first at 125 % needs all of the pool.
  const of = told(16_000, [10, 16_000], [20, 36_697], [225, 290_000])
  const { batches } = found(of)
  expect(batches.map(({ data }) => data.troves)).toEqual([[at(101)], [at(100), at(101)]])
})

test('a price that stands behind Chainlink is known before it lands, and told to be none when that is too old', () => {
  const source = { contract: at(50), scale: 10n ** 10n, timeoutSeconds: 14_400 }
  const [price] = feeds(bookOf({ ...sound, system: { ...sound.system, source } }))
  const block = (timestamp: number) => ({ number: 1, timestamp, baseFee: 0n as never, parentHash: '0x00' as const })
  const reading = { value: 2_000n * 10n ** 8n, updatedAt: 100 }
  expect(price!.derive!([reading], block(14_500))).toEqual({ value: 2_000n * e18, updatedAt: 100 })
  expect(price!.derive!([reading], block(14_501))).toBeNull()
  expect(feeds(bookOf(sound))[0]!.derive).toBeNull()
})
