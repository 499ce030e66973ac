import { describe, expect, it } from 'vitest'
import type { Strategy } from '#core/strategy.ts'
import { randomOf } from '../../../sandbox/random.ts'
import { scan } from '../../../src/opportunity/scan.ts'
import liquity from '../index.ts'
import { drawn, e18, manager, sceneOf, usual } from './world.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? 5)
const strategy = liquity.create(liquity.config.parse({ troveManager: manager }))

/** Troves that can go, and how many of them the screen left out; only in recovery mode: those no other line would show. */
function looked(exposure: typeof strategy.exposure): { liquidatable: number; byRecovery: number; missed: number } {
  const random = randomOf(seed)
  const screen = { ...strategy, exposure } as unknown as Strategy
  const tally = { liquidatable: 0, byRecovery: 0, missed: 0 }
  for (let at = 0; at < 3_000; at += 1) {
    const conditions = {
      ...{ ...usual, price: (usual.price * random.big(600n, 1_600n)) / 1_000n },
      ccr: (e18 * random.big(1_200n, 1_800n)) / 1_000n,
    }
    const scene = sceneOf(drawn(random), conditions)
    const picked = new Set([...scan(screen, scene as never).values()].flat().map(({ id }) => id))
    for (const position of scene.book.positions()) {
      const figures = strategy.judge(scene, position)
      if (!figures.liquidatable) continue
      tally.liquidatable += 1
      if ((figures.ratio as bigint) >= conditions.mcr) tally.byRecovery += 1
      if (!picked.has(position.id)) tally.missed += 1
    }
  }
  return tally
}

describe(`the screen, whatever the price and the system come to (seed ${seed})`, () => {
  it('leaves out no trove that can go, by recovery mode or by itself', () => {
    const { liquidatable, byRecovery, missed } = looked(strategy.exposure)
    process.stdout.write(`${liquidatable} liquidatable, ${byRecovery} by recovery mode alone, ${missed} missed\n`)
    expect(missed).toBe(0)
    expect(byRecovery).toBeGreaterThan(200)
  })

  it('and without the line of recovery mode would', () => {
    const onlyOwn: typeof strategy.exposure = (book, position) => {
      const lines = strategy.exposure(book, position)
      return lines === 'always' ? lines : lines.slice(0, 1)
    }
    expect(looked(onlyOwn).missed).toBeGreaterThan(200)
  })

  it('picks few while the system is sound', () => {
    const random = randomOf(seed)
    let [picked, all] = [0, 0]
    for (let at = 0; at < 500; at += 1) {
      const of = drawn(random)
      const scene = sceneOf(of, { ...usual, price: usual.price * 3n })
      picked += [...scan(strategy as unknown as Strategy, scene as never).values()].flat().length
      all += of.troves.size
    }
    expect(picked / all).toBeLessThan(0.05)
  })
})
