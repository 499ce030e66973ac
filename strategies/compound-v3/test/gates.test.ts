import { describe, expect, it } from 'vitest'
import { isBlocked } from '#core/opportunity.ts'
import { assess, type Found } from '../assess.ts'
import { type CometConfig, cometConfig, cometPresets } from '../config.ts'
import { encode } from '../encode.ts'
import { judge } from '../judge.ts'
import { accountId, stockId } from '../records.ts'
import { terms } from '../terms.ts'
import { address, type Case, comet, exp, sceneOf } from './cases.ts'

const [weth, wbtc] = [address('1'), address('2')]
const config = cometConfig.parse({ comet: `0x${'cc'.repeat(20)}`, unproven: 'act' })
const assets = [
  { asset: weth, decimals: 18, price: 3_000, liquidateCollateralFactor: 0.8, liquidationFactor: 0.9 },
  { asset: wbtc, decimals: 8, price: 60_000, liquidateCollateralFactor: 0.7, liquidationFactor: 0.9 },
]
const owes = (dollars: number, ether: number, bitcoin = 0) => ({
  principal: exp(dollars, 6),
  holds: { [weth]: exp(ether, 18), [wbtc]: exp(bitcoin, 8) },
})
/** One who owes 2,600 dollars on an ether, and reserves of 1,000 dollars below their target. */
const plain: Case = {
  assets,
  storeFrontPriceFactor: 0.5,
  targetReserves: exp(1_000, 6),
  totals: { borrowed: exp(2_600, 6), supplied: exp(2_600, 6) },
  accounts: { a: owes(2_600, 1) },
}
const found = (of: Case, more: Partial<CometConfig> = {}): readonly Found[] => {
  const scene = sceneOf(of)
  return assess({ ...config, ...more }, scene, scene.market, [...scene.book.positions()])
}
const gates = (of: Case, more: Partial<CometConfig> = {}) =>
  found(of, more)
    .filter(isBlocked)
    .map(({ position, reason }) => [position, reason])
const sales = (of: Case) => found(of).flatMap((one) => (isBlocked(one) ? [] : [one]))
const account = accountId(comet, address('a'))
const stock = stockId(comet, weth)

describe('what keeps a position below the line from being sold', () => {
  it('nothing does: one sale, after absorbing it', () => {
    expect(sales(plain).map(({ kind, positions }) => [kind, positions])).toEqual([['absorb-buy', [account, stock]]])
    expect(gates(plain)).toEqual([])
  })
  it.each([
    ['absorbing is paused', { ...plain, totals: { ...plain.totals, isAbsorbPaused: true } }, 'paused'],
    ['buying is paused', { ...plain, totals: { ...plain.totals, isBuyPaused: true } }, 'paused'],
    ['reserves stay above the target', { ...plain, totals: { ...plain.totals, cash: exp(3_701, 6) } }, 'not-for-sale'],
    ['a price is missing', { ...plain, noPrice: [weth] }, 'feed-reverts'],
    ['the base has no price', { ...plain, noPrice: [address('b')] }, 'feed-reverts'],
    ['there is nothing to buy', { ...plain, accounts: { a: owes(2_600, 0) } }, 'gated'],
  ] as const)('%s', (_what, of, reason) => {
    expect(sales(of)).toEqual([])
    expect(gates(of)).toEqual([[account, reason]])
  })
  it('rules that were not proven are watched only, unless the operator says otherwise', () => {
    expect(gates(plain, { unproven: 'watch' })).toEqual([[account, 'unproven-revision']])
    expect(cometConfig.parse({ comet: config.comet }).unproven).toBe('watch')
  })
  it('a healthy position is nothing to tell of', () => {
    expect(found({ ...plain, accounts: { a: owes(2_399, 1) } })).toEqual([])
  })
})

describe('the order of things in one transaction', () => {
  it('an absorption that brings reserves below their target opens the sale itself, to the unit', () => {
    // Absorbing pays 2,700 dollars of credit out of reserves.
    const cash = exp(1_000, 6) + exp(2_700, 6)
    const with_ = (units: bigint): Case => ({ ...plain, totals: { ...plain.totals, cash: units } })
    expect(gates(with_(cash))).toEqual([[account, 'not-for-sale']])
    const scene = sceneOf(with_(cash - 1n))
    expect(judge(scene, scene.book.position(stock)!)).toMatchObject({ reserves: cash - 1n, liquidatable: false })
    expect(sales(with_(cash - 1n))).toHaveLength(1)
  })
  it('what is bought and absorbed is gone afterwards, and only once', () => {
    const scene = sceneOf(plain)
    const [sale] = sales(plain)
    const done = terms(scene, sale!, sale!.feasible!.segments[0]!.to)
    expect(done.after.map(({ op }) => op)).toEqual(['put-market', 'put-position', 'drop-position'])
    expect(done.tags).toEqual(['all', 'absorbs-1'])
    expect(() => terms(scene, sale!, sale!.feasible!.segments[0]!.to + 1n)).toThrow(/keep to its segments/)
    expect(() => terms({ ...scene, feed: () => null }, sale!, 1n)).toThrow(/no-price/)
  })
  it('absorb comes before the sale, and both name the executor', () => {
    const [sale] = sales(plain)
    const scene = sceneOf(plain)
    const executor = address('e')
    const { prepare, act } = encode(
      scene.book,
      { opportunity: sale!, input: 5n, terms: terms(scene, sale!, 5n) },
      executor,
    )
    expect(prepare.map(({ to, data }) => [to, data.slice(0, 10)])).toEqual([[comet, '0xc3cecfd2']])
    expect(act('0x').data.slice(0, 10)).toBe('0xe4e6e779')
    for (const { data } of [...prepare, act('0x')]) expect(data).toContain(executor.slice(2))
  })
})

describe('batches', () => {
  const five: Case = {
    ...plain,
    totals: { borrowed: exp(20_000, 6), supplied: exp(20_000, 6) },
    accounts: {
      '4': owes(2_600, 1),
      '5': owes(5_200, 2),
      '6': owes(7_800, 3),
      '7': owes(2_000, 0.5),
      '8': owes(1_000, 3),
    },
  }
  it('are prefixes by what each brings: one, two, all of those below the line', () => {
    const batches = sales(five).map(({ data }) => data.accounts.map((one) => one[2]).join(''))
    expect(batches).toEqual(['6', '65', '6547'])
    expect(new Set(sales(five).map(({ id }) => id)).size).toBe(3)
  })
  it('are sold asset by asset, and a standing stock by itself', () => {
    const both: Case = { ...five, accounts: { '4': owes(4_000, 1, 0.01) }, held: { [wbtc]: exp(1, 8) } }
    expect(sales(both).map(({ kind, gets }) => [kind, gets])).toEqual([
      ['absorb-buy', [weth]],
      ['absorb-buy', [wbtc]],
      ['buy', [wbtc]],
    ])
  })
  it('need gas by their size', () => {
    const gas = sales(five).map((one) => terms(sceneOf(five), one, 1n).moreGas ?? 0)
    expect(gas).toEqual([...gas].sort((a, b) => a - b))
    expect(gas[0]).toBe(0)
    expect(gas[2]).toBeGreaterThan(300_000)
  })
})

describe('presets', () => {
  it.each(Object.entries(cometPresets))('%s can be written', (_name, preset) => {
    expect(cometConfig.parse(preset).comet).toMatch(/^0x[0-9a-f]{40}$/)
  })
})
