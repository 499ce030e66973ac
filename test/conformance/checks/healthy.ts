import { isBlocked } from '#core/opportunity.ts'
import { lookAhead } from '../follower.ts'
import { type Check, type Found, followerOf, movePrices, type Play, rewound } from '../play.ts'

/** Whom the protocol calls healthy, at any second to come, is judged healthy and yields nothing. */
export const healthy: Check = {
  name: 'healthy',
  needs: [],
  run,
  plant: {
    what: 'everybody judged liquidatable',
    fault: (strategy) => ({
      ...strategy,
      judge: (...args) => ({ ...strategy.judge(...args), liquidatable: true }),
    }),
  },
}

async function run(play: Play): Promise<Found> {
  const { strategy, ground, random } = play
  const follower = await followerOf(play)
  const mismatches: string[] = []
  let cases = 0
  for (let round = 0; cases < play.wanted && round < play.wanted; round += 1) {
    await rewound(play, async () => {
      await movePrices(play, 0.9, 1.2)
      const { undo } = await follower.follow(await ground.mine())
      const { view, scene } = await lookAhead(follower, ground.rpc, random.one([1, 12, random.whole(2, 10_000)]))
      for (const position of random.some([...follower.book().positions()], 40)) {
        const figures = await strategy.probe(view, follower.book(), position)
        if (figures.liquidatable) continue
        cases += 1
        const market = scene.book.market(position.market)
        const found =
          market === undefined ? [] : strategy.assess(scene, market, [position]).filter((one) => !isBlocked(one))
        if (strategy.judge(scene, position).liquidatable)
          mismatches.push(`${position.id} is healthy, and was judged not to be`)
        if (found.length > 0) mismatches.push(`${position.id} is healthy, and an opportunity was seen`)
      }
      if (ground.can('rewind')) undo()
    })
  }
  return { cases, mismatches }
}
