import type { Opportunity } from '#core/opportunity.ts'
import type { Scene } from '#core/scene.ts'
import type { Sides, Strategy } from '#core/strategy.ts'
import { lookAhead } from '../follower.ts'
import { type Check, type Found, followerOf, movePrices, type Play, rewound } from '../play.ts'
import { opportunitiesIn } from './taking.ts'

/** Whatever an opportunity is paid in and hands over, its positions were said to owe and to hold. */
export const sides: Check = {
  name: 'sides',
  needs: ['prices'],
  run,
  plant: {
    what: 'a token to hand over left out',
    fault: (strategy) => ({ ...strategy, sides: (...args) => withoutFirst(strategy.sides?.(...args) ?? null) }),
  },
}

const withoutFirst = (of: Sides | null): Sides | null => (of === null ? null : { ...of, gets: of.gets.slice(1) })

async function run(play: Play): Promise<Found> {
  const { strategy, ground } = play
  const follower = await followerOf(play)
  const mismatches: string[] = []
  let cases = 0
  for (let round = 0; cases < play.wanted && round < play.wanted; round += 1) {
    await rewound(play, async () => {
      await movePrices(play, play.random.one([0.3, 0.6, 0.9]), 1.05)
      const { undo } = await follower.follow(await ground.mine())
      const { scene } = await lookAhead(follower, ground.rpc, play.random.one([1, 12, 50_000]))
      for (const opportunity of opportunitiesIn(strategy, scene)) {
        cases += 1
        mismatches.push(...differences(strategy, scene, opportunity).map((text) => `${opportunity.id}: ${text}`))
      }
      if (ground.can('rewind')) undo()
    })
  }
  return { cases, mismatches }
}

function differences(strategy: Strategy, { book }: Scene, opportunity: Opportunity): readonly string[] {
  const { positions, pays, gets, capital } = opportunity
  const told = positions.flatMap((id) => {
    const position = book.position(id)
    return position === undefined ? [] : (strategy.sides?.(book, position) ?? [])
  })
  if (told.length === 0) return ['nothing was said to be at stake']
  // A step on the way to another that is paid for (a bark, a redo) hands over what is its own.
  if (capital === 'none' && told.some((one) => one.capital !== 'none')) return []
  const missing = gets.filter((asset) => !told.some((one) => one.gets.includes(asset)))
  const isOwed = pays === null || told.some(({ owes }) => owes.some(({ asset }) => asset === pays.asset))
  return [
    ...missing.map((asset) => `${asset} is handed over, and was not said to be held`),
    ...(isOwed ? [] : [`${pays.asset} is paid, and was not said to be owed`]),
    ...(told.every((one) => one.capital === capital) ? [] : [`its capital is ${capital}`]),
  ]
}
