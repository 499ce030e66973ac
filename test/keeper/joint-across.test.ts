import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crashScript } from '../../sandbox/crash.ts'
import { seeded } from '../../sandbox/uniswap-chain.ts'
import type { Plan } from '../../src/core/plan.ts'
import { quote } from '../../src/quote/plan.ts'
import morpho from '../../strategies/morpho-blue/fixture/index.ts'
import { exhaustive } from '../quote/exhaustive.ts'
import { draw, execute, once, requestOf } from './joint-case.ts'
import { type Live, type Rig, rig } from './rig.ts'

/** More of them, for an hour: `SEED=1 MORE=3 SIZES=20 ORDERS=all npx vitest run test/keeper/joint-across.test.ts`. */
const { SEED, MORE, SIZES, ORDERS, OF } = process.env
const seed = Number(SEED ?? 23)
const more = Number(MORE ?? 1)
/** Of three and four positions, where there is more to take; of two all are tried, at twenty sizes. */
const orders = ORDERS === 'all' ? 'all' : 'one'
const sizesAfterAll = Number(SIZES ?? 3)
const only = OF === undefined ? null : Number(OF)

/** Steps of the crash: pre-liquidations and small liquidations after two, everybody and bad debt after three. */
const stages = [
  { after: 2, label: 'a slide' },
  { after: 3, label: 'a fall' },
] as const

describe('positions of Aave 3.6 and Morpho Blue that share pools, on the real contracts', () => {
  let world: Rig
  let keeper: Live
  let fallen = 0
  beforeAll(async () => {
    world = await rig({ aave: ['3.6'], borrowers: 'full', traffic: true, protocols: [{ fixture: morpho }] })
    const { config } = await world.configure({ dryRun: true })
    keeper = await world.live(config)
  })
  afterAll(() => world?.end())

  async function fallTo(after: number): Promise<void> {
    for (const { prices } of crashScript(1).slice(fallen, after)) {
      await world.sandbox.movePools(prices)
      for (const [symbol, usd] of Object.entries(prices)) await world.sandbox.setPrice(symbol as 'WETH', usd)
      await world.sandbox.mine()
    }
    fallen = Math.max(fallen, after)
    await keeper.block()
  }

  for (const { after, label } of stages)
    for (const { positions, cases, ways, sizes, orders: inOrders } of [
      { positions: 2, cases: 4, ways: 'all', sizes: 20, orders: 'all' },
      { positions: 3, cases: 1, ways: 'one', sizes: after === 2 ? 20 : sizesAfterAll, orders },
      { positions: 4, cases: 2, ways: 'one', sizes: sizesAfterAll, orders },
    ] as const) {
      if (only !== null && only !== positions) continue
      it(`${positions} after ${label}: what the chain pays is never below the best of an exhaustive search`, async () => {
        await fallTo(after)
        const kinds: string[] = []
        const ratios: number[] = []
        let [joint, better] = [0, 0]
        for (let at = 0; at < cases * more; at += 1) {
          const random = seeded(seed * 1_000 + after * 10_000_000 + positions * 100 + at)
          const { candidates, pools, sellables } = draw(
            keeper,
            { count: positions, ways, across: true, most: positions === 3 ? 4 : 7 },
            random,
          )
          const request = requestOf(keeper, candidates, pools)
          const { plans } = quote(request)
          const { price: gasPrice } = request.gas
          let realised = 0n
          for (const plan of plans) {
            const { gained, gasUsed } = await execute(world, keeper, plan.program)
            expect(gained - gasUsed * gasPrice).toBeGreaterThan(0n)
            realised += gained - BigInt(plan.gasUnits) * gasPrice
            if (plan.strategy.includes('+')) joint += 1
            kinds.push(...plan.steps.map(({ opportunity, terms }) => [opportunity.kind, ...terms.tags].join(' ')))
          }
          const foreseen = netOf(plans)
          const withoutAgain = netOf(quote({ ...request, candidates: once(candidates) }).plans)
          expect(foreseen, `case ${at}`).toBeGreaterThanOrEqual(withoutAgain)
          if (foreseen > withoutAgain) better += 1
          const { wrapped } = request.exchange
          const started = performance.now()
          const best = exhaustive({ sellables, pools, wrapped, gasPrice, feeBps: 0n, sizes, orders: inOrders })
          const seconds = ((performance.now() - started) / 1e3).toFixed(1)
          process.stdout.write(
            `case ${at}: ${plans.length} plans, ${realised} wei; the best of ${best.tried} is ${best.net} (${seconds} s)\n`,
          )
          ratios.push(Number(realised) / Math.max(1, Number(best.net)))
          // Nor is it taking somebody again that makes up for a worse choice.
          expect(withoutAgain, `case ${at}`).toBeGreaterThanOrEqual(best.net)
          expect(realised, `case ${at}`).toBeGreaterThanOrEqual(best.net)
        }
        ratios.sort((a, b) => a - b)
        process.stdout.write(
          `seed ${seed}: ${ratios.length} cases of ${positions}, ${joint} joint plans, ${better} worth more by taking somebody again; to the best found ${ratios[0]} to ${ratios.at(-1)}, median ${ratios[ratios.length >> 1]}\n`,
        )
        process.stdout.write(`${[...new Set(kinds)].sort().join(', ')}\n`)
        if (positions === 2) expect(joint).toBeGreaterThan(0)
      }, 3_600_000)
    }
})

const netOf = (plans: readonly Plan[]): bigint => plans.reduce((total, { sum }) => total + sum.net, 0n)
