import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toText } from '#core/plain.ts'
import type { PositionPlan } from '../../sandbox/borrowers/position.ts'
import { inexact, liquidationsOf } from '../../src/cli/demo/liquidations.ts'
import type { Settled } from '../../src/engine/receipt.ts'
import { type Live, type Rig, rig } from './rig.ts'
import { moveV4, v4Fixture, v4Pools } from './v4-pools.ts'

const borrowers: readonly PositionPlan[] = [
  { label: 'one hop', health: 1.05, collateral: [['WETH', 20_000]], debt: [['USDC', 1]], version: '3.6', emode: 0 },
  { label: 'another', health: 1.1, collateral: [['WETH', 15_000]], debt: [['DAI', 1]], version: '3.6', emode: 0 },
  { label: 'two hops', health: 1.06, collateral: [['WBTC', 30_000]], debt: [['USDC', 1]], version: '3.6', emode: 0 },
]

describe('collateral sold through Uniswap V4', () => {
  let world: Rig
  beforeAll(async () => {
    world = await rig({ aave: ['3.6'], borrowers, protocols: [{ fixture: v4Fixture }] })
  })
  afterAll(() => world?.end())

  /** A keeper that knows no other venue. */
  const keeper = async (lends: 'morpho' | 'uniswap-v4'): Promise<Live> => {
    const [poolManager, quoter] = [v4Pools().v4.manager.address, v4Pools().v4.quoter.address]
    const flash = { [lends]: lends === 'morpho' ? [{ morpho: world.sandbox.addresses.morpho }] : [{ poolManager }] }
    const venues = { 'uniswap-v4': [{ poolManager, quoter }] }
    const { config } = await world.configure({ protocols: { 'uniswap-v4': [] }, venues, flash })
    return world.live(config)
  }
  const fall = async (live: Live, symbol: 'WETH' | 'WBTC', dollars: number): Promise<void> => {
    await moveV4(world.sandbox, symbol, dollars)
    await world.price(symbol, dollars)
    for (let blocks = 0; blocks < 3; blocks += 1) await live.block()
  }
  const settled = (live: Live) => {
    const intents = new Map(live.intents().map((intent) => [intent.plan, intent]))
    const receipts = live.journal.select({ streams: ['receipt'] }).map(({ record }) => record as unknown as Settled)
    return receipts.flatMap((one) => {
      const intent = intents.get(one.receipt.plan)
      const { gasUsed } = one
      return intent === undefined ? [] : [{ intent, gasUsed, parts: liquidationsOf(intent, one, () => null) }]
    })
  }

  it.each([
    ['morpho', [['WETH', 2_840]], 1],
    [
      'uniswap-v4',
      [
        ['WETH', 2_700],
        ['WBTC', 55_500],
      ],
      2,
    ],
  ] as const)('with money of %s the chain pays what is foreseen, to the wei', async (lends, falls, hops) => {
    const live = await keeper(lends)
    for (const [symbol, dollars] of falls) await fall(live, symbol, dollars)
    const done = settled(live)
    const told = live.journal.select({ streams: ['verdict'] }).map(({ record }) => toText(record).slice(0, 300))
    expect(done.length, told.join('\n')).toBeGreaterThanOrEqual(falls.length)
    expect(Math.max(...done.map(({ intent }) => intent.legs.length))).toBe(hops)
    for (const { intent, parts, gasUsed } of done) {
      for (const { venue, pool, paidBy } of intent.legs)
        expect([venue, pool.length, paidBy?.toLowerCase()]).toEqual(['uniswap-v4', 66, v4Pools().v4.manager.address])
      expect(intent.funding.map(({ source }) => source)).toEqual([lends])
      for (const part of parts) {
        expect(part.isComparable).toBe(true)
        expect(inexact(part), toText(part)).toEqual([])
      }
      process.stdout.write(`money of ${lends}, ${intent.legs.length} swaps through V4, gas ${gasUsed}: 0 wei off\n`)
    }
    expect(live.faults).toEqual([])
    await live.stop()
  })
})
