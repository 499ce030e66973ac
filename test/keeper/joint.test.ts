import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crashScript } from '../../sandbox/crash.ts'
import { seeded } from '../../sandbox/uniswap-chain.ts'
import { quote } from '../../src/quote/plan.ts'
import { exhaustive } from '../quote/exhaustive.ts'
import { draw, execute, requestOf } from './joint-case.ts'
import { type Live, type Rig, rig } from './rig.ts'

const seed = Number(process.env.SEED ?? 17)

describe('several positions that share pools, on the real contracts', () => {
  let world: Rig
  let keeper: Live
  beforeAll(async () => {
    world = await rig({ borrowers: 'full', traffic: true })
    const { config } = await world.configure({ dryRun: true })
    keeper = await world.live(config)
    for (const { prices } of crashScript(1).slice(0, 3)) {
      await world.sandbox.movePools(prices)
      for (const [symbol, usd] of Object.entries(prices)) await world.sandbox.setPrice(symbol as 'WETH', usd)
      await world.sandbox.mine()
    }
    await keeper.block()
  })
  afterAll(() => world.end())

  for (const { positions, cases, sizes, orders } of [
    { positions: 2, cases: 6, sizes: 20, orders: 'all' },
    { positions: 3, cases: 2, sizes: 20, orders: 'one' },
    { positions: 4, cases: 2, sizes: 3, orders: 'all' },
  ] as const)
    it(`${positions} at once: what the chain pays is never below the best of an exhaustive search, nor negative`, async () => {
      process.stdout.write(`seed ${seed}\n`)
      for (let at = 0; at < cases; at += 1) {
        const random = seeded(seed * 1_000 + positions * 100 + at)
        const { candidates, pools, sellables } = draw(keeper, { count: positions, ways: 'one', across: false }, random)
        const request = requestOf(keeper, candidates, pools)
        const { plans } = quote(request)
        const { price: gasPrice } = request.gas
        let realised = 0n
        for (const plan of plans) {
          const { gained, gasUsed } = await execute(world, keeper, plan.program)
          expect(gained - gasUsed * gasPrice).toBeGreaterThan(0n)
          realised += gained - BigInt(plan.gasUnits) * gasPrice
        }
        const { wrapped } = request.exchange
        const best = exhaustive({ sellables, pools, wrapped, gasPrice, feeBps: 0n, sizes, orders })
        process.stdout.write(
          `${positions} positions, case ${at}: ${plans.length} plans realise ${realised} wei, the best of ${best.tried} is ${best.net}\n`,
        )
        expect(realised).toBeGreaterThanOrEqual(best.net)
      }
    }, 240_000)
})
