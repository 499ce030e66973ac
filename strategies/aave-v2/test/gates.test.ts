import { describe, expect, it } from 'vitest'
import { KeeperError } from '#core/error.ts'
import { RAY } from '#core/numbers.ts'
import { assess } from '../assess.ts'
import { aaveConfig } from '../config.ts'
import { exposure } from '../exposure.ts'
import { indicesAt } from '../indices-at.ts'
import { judge } from '../judge.ts'
import { nextChange } from '../next-change.ts'
import { terms } from '../terms.ts'
import { account, type Changes, manager, now, positionOf, reserves, sceneOf } from './support/records.ts'

const provider = `0x${'a'.repeat(40)}`
const configOf = (more: object = {}) =>
  aaveConfig.parse({ addressesProvider: provider, collateralManager: manager, ...more })
const ether = 10n ** 18n
/** Ten ether at 1,200 dollars: 9,600 count against 10,000. */
const fallen: readonly bigint[] = [ether, ether / 1_200n]

function found(changes: Changes = {}, more: object = {}) {
  const { scene, market, position } = sceneOf({ prices: fallen, ...changes })
  return assess(configOf(more), scene, market, [position])
}
const reasons = (changes: Changes, more: object = {}) =>
  found(changes, more).map((one) => ('reason' in one ? one.reason : one.kind))

describe('who may be liquidated', () => {
  it('yields nothing of the healthy, and one opportunity of what has fallen', () => {
    expect(reasons({ prices: [ether, ether / 2_000n] })).toEqual([])
    expect(reasons({})).toEqual(['liquidate'])
  })

  it('watches a collateral manager that nobody checked, unless told to act', () => {
    expect(reasons({ pool: { manager: reserves[0]!.asset } })).toEqual(['unproven-revision'])
    expect(reasons({}, { collateralManager: null })).toEqual(['unproven-revision'])
    expect(reasons({}, { collateralManager: null, unproven: 'act' })).toEqual(['liquidate'])
  })

  it('watches a pool whose figures are not reproduced', () => {
    expect(reasons({ pool: { reproduces: false } })).toEqual(['unproven-revision'])
    expect(reasons({ pool: { reproduces: false } }, { unproven: 'act' })).toEqual(['liquidate'])
  })

  it('never acts on tokens that count balances by rules of their own', () => {
    expect(reasons({ reserves: [{ isStandard: false }] }, { unproven: 'act' })).toEqual(['unproven-revision'])
    const { scene, position } = sceneOf({ reserves: [{ isStandard: false }] })
    expect(judge(scene, position)).toEqual({ liquidatable: false, reverts: true })
  })

  it('names what stands in the way: pause, an inactive reserve, no price, no cash', () => {
    expect(reasons({ pool: { isPaused: true } }, { unproven: 'act' })).toEqual(['paused'])
    expect(reasons({ reserves: [{ isActive: false }] })).toEqual(['gated'])
    expect(reasons({ reserves: [{}, { isActive: false }] })).toEqual(['gated'])
    expect(reasons({ prices: [ether, 0n] })).toEqual(['feed-reverts'])
    expect(reasons({ reserves: [{ cash: 0n }] })).toEqual(['reserve-lacks-cash'])
  })

  it('takes half of a debt, or all where the operator says so', () => {
    const last = (more: object) => {
      const [one] = found({}, more)
      return one !== undefined && 'feasible' in one ? one.feasible?.segments.at(-1)?.to : null
    }
    expect(last({})).toBe(5_000n * 10n ** 6n)
    // All of the collateral, worth 12,000, pays for more than the debt of 10,000 and its bonus.
    expect(last({ closeFactorBps: 10_000 })).toBe(10_000n * 10n ** 6n)
    expect(() => configOf({ closeFactorBps: 7_000 })).toThrow()
  })
})

describe('interest', () => {
  it('is forgotten by the pool where suppliers earn nothing, and still shown', () => {
    const idle = { ...reserves[1]!, variableBorrowRate: RAY / 10n }
    const at = indicesAt(idle, now + 31_536_000)
    expect(at.borrow > RAY).toBe(true)
    expect(at.storedBorrow).toBe(RAY)
    expect(indicesAt({ ...idle, liquidityRate: 1n }, now + 31_536_000).storedBorrow).toBe(at.borrow)
  })

  it('brings an account below the line at the second told, not one before', () => {
    const rates: Changes['reserves'] = [{}, { variableBorrowRate: RAY / 5n, liquidityRate: RAY / 10n }]
    const near: Changes = { reserves: rates, prices: [ether, ether / 1_260n] }
    const { scene, position } = sceneOf(near)
    const when = nextChange(scene, position)
    if (when === null || !('atSecond' in when)) throw new KeeperError('not-found', 'nothing comes')
    const isBelow = (second: number): unknown => {
      const then = sceneOf({ ...near, seconds: second - now })
      return judge(then.scene, then.position).liquidatable
    }
    expect([isBelow(when.atSecond - 1), isBelow(when.atSecond)]).toEqual([false, true])
  })

  it('of a stable debt is followed by no index: such an account is always proven', () => {
    const stable = { principal: 10n ** 9n, rate: RAY / 20n, since: now - 1 }
    const owing = { ...account, balances: account.balances.map((one) => (one.slot === 1 ? { ...one, stable } : one)) }
    const { scene } = sceneOf()
    expect(exposure(scene.book, positionOf(owing))).toBe('always')
    expect(exposure(scene.book, positionOf(account))).not.toBe('always')
  })
})

describe('what a liquidation leaves', () => {
  const taken = (changes: Changes, input: bigint) => {
    const { scene, market, position } = sceneOf({ prices: fallen, ...changes })
    const [one] = assess(configOf(), scene, market, [position])
    if (one === undefined || 'reason' in one) throw new KeeperError('not-found', 'not liquidatable')
    return terms(configOf(), scene, one, input)
  }
  it('repays the variable debt first, then the stable one, whose interest joins its principal', () => {
    const stable = { principal: 6_000n * 10n ** 6n, rate: 0n, since: now - 100 }
    const both = {
      ...account,
      balances: [account.balances[0]!, { slot: 1, supply: 0n, debt: 4_000n * 10n ** 6n, stable }],
    }
    const { after, tags } = taken({ account: both }, 5_000n * 10n ** 6n)
    const left = after.find((patch) => patch.op === 'put-position')
    expect(left?.position.data.balances[1]).toEqual({
      ...{ slot: 1, supply: 0n, debt: 0n },
      stable: { ...stable, principal: 5_000n * 10n ** 6n, since: now },
    })
    expect(tags).toContain('both-rates')
  })

  it('leaves the mark of a borrower on who owes nothing any more, as the pool does', () => {
    const dust = { ...account, balances: [account.balances[0]!, { slot: 1, supply: 0n, debt: 1n, stable: null }] }
    // One unit is worth nine ether, and half of it, rounded up, is all of it.
    const { after, tags } = taken({ account: dust, prices: [ether, 9n * 10n ** 24n] }, 1n)
    const left = after.find((patch) => patch.op === 'put-position')
    expect(tags).toContain('full')
    expect(left?.position.data.config).toBe(account.config)
    expect(left?.position.data.balances[1]?.debt).toBe(0n)
    expect(() => taken({}, 0n)).toThrow('above 0')
  })
})
