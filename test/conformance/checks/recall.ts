import type { Exposure } from '#core/feed.ts'
import { isBlocked } from '#core/opportunity.ts'
import { scan } from '../../../src/opportunity/scan.ts'
import { blockAfter, headView, type Readings, readingsAt, sceneOf, viewAsOf } from '../follower.ts'
import { type Check, type Found, followerOf, type Play } from '../play.ts'

/** Whatever feeds do, the screen picks everyone whom exact integers find below a line. */
export const recall: Check = {
  name: 'recall',
  needs: [],
  run,
  plant: {
    what: 'weights of debt a twentieth too small',
    fault: (strategy) => ({ ...strategy, exposure: (...args) => lighter(strategy.exposure(...args)) }),
  },
}

async function run(play: Play): Promise<Found> {
  const { ground, strategy, random } = play
  const follower = await followerOf(play)
  const mismatches: string[] = []
  let cases = 0
  for (let round = 0; cases < play.wanted && round < play.wanted * 4; round += 1) {
    const head = await headView(ground.rpc)
    const view = viewAsOf(ground.rpc, head, blockAfter(head.block, random.one([1, 12, random.whole(2, 500_000)])))
    const scene = sceneOf(follower.book(), view.block, moved(await readingsAt(follower, view), play))
    const picked = scan(strategy, scene)
    const isPicked = new Set([...picked.values()].flat().map(({ id }) => id))
    for (const position of scene.book.positions()) {
      const market = scene.book.market(position.market)
      if (market === undefined) continue
      const isFound = strategy.assess(scene, market, [position]).some((one) => !isBlocked(one))
      if (!isFound && !strategy.judge(scene, position).liquidatable) continue
      cases += 1
      if (!isPicked.has(position.id)) mismatches.push(`${position.id} is below the line, and the screen left it out`)
    }
  }
  return { cases, mismatches }
}

/** Each by itself, downwards more often than up. */
function moved(readings: Readings, { random }: Play): Readings {
  return new Map(
    [...readings].map(([id, reading]) => {
      if (reading === null || reading.value < 1_000n) return [id, reading]
      const factor = 0.55 + 0.55 * random.fraction()
      return [id, { ...reading, value: (reading.value * BigInt(Math.round(factor * 1e9))) / 1_000_000_000n }]
    }),
  )
}

const lighter = (exposure: Exposure): Exposure =>
  exposure === 'always'
    ? []
    : exposure.map(({ terms, allowance }) => ({
        allowance: allowance / 2,
        terms: terms.map((term) => (term.weight < 0 ? { ...term, weight: term.weight * 0.95 } : term)),
      }))
