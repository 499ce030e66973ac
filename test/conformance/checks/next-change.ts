import type { Block } from '#core/block.ts'
import type { Position } from '#core/book.ts'
import type { When } from '#core/feed.ts'
import { toText } from '#core/plain.ts'
import type { Scene } from '#core/scene.ts'
import { type Follower, headView, lookAhead, viewAsOf } from '../follower.ts'
import { type Check, type Found, followerOf, movePrices, type Play, rewound } from '../play.ts'

/** The second (or block) told is the first at which the protocol itself answers otherwise. */
export const nextChange: Check = {
  name: 'next change',
  needs: ['rewind', 'time', 'prices'],
  run,
  plant: {
    what: 'a second (or block) late; where none comes, one a minute on',
    fault: (strategy) => ({
      ...strategy,
      nextChange: (scene, position) => later(strategy.nextChange(scene, position), scene),
    }),
  },
}
/** Further off than this nobody plans. */
const yearSeconds = 365 * 86_400
const horizonSeconds = 20 * yearSeconds
/** No strategy looks less far ahead. */
const monthSeconds = 30 * 86_400

async function run(play: Play): Promise<Found> {
  const { ground, strategy, random } = play
  const follower = await followerOf(play)
  const mismatches: string[] = []
  let [told, quiet] = [0, 0]
  for (let round = 0; told < play.wanted && (told > 0 || quiet < play.wanted); round += 1) {
    if (round === play.wanted) break
    await rewound(play, async () => {
      await movePrices(play, 0.85, 1.05)
      const { undo } = await follower.follow(await ground.mine())
      // Interest brings everybody to the line one day: seen from a day before it, the crossing is near.
      for (const ahead of [1, ...Array.from({ length: 12 }, () => random.whole(1, 3 * yearSeconds))]) {
        const { view, scene } = await lookAhead(follower, ground.rpc, ahead)
        for (const position of follower.book().positions()) {
          const when = strategy.nextChange(scene, position)
          if (when !== null && isFar(when, view.block)) continue
          if (when === null && quiet >= play.wanted) continue
          if (when === null) quiet += 1
          else told += 1
          const wrong =
            when === null
              ? await changedBy(play, follower, position, view.block)
              : await wrongAbout(play, follower, position, view.block, when)
          if (wrong !== null) mismatches.push(`${position.id} ${toText(when)}: ${wrong}`)
        }
      }
      undo()
    })
  }
  return { cases: told > 0 ? told : quiet, mismatches }
}

/** Whom time alone does not bring below the line is above it whenever the protocol is asked, as far ahead as all look. */
async function changedBy(play: Play, follower: Follower, position: Position, from: Block): Promise<string | null> {
  const { ground, strategy, random } = play
  const head = await headView(ground.rpc)
  const later = { ...from, timestamp: from.timestamp + random.whole(1, monthSeconds) }
  const [now, then] = [
    await strategy.probe(viewAsOf(ground.rpc, head, from), follower.book(), position),
    await strategy.probe(viewAsOf(ground.rpc, head, later), follower.book(), position),
  ]
  return now.liquidatable || !then.liquidatable ? null : `it is liquidatable at ${later.timestamp}`
}

const isFar = (when: Exclude<When, null>, block: Block): boolean =>
  'atSecond' in when && when.atSecond - block.timestamp > horizonSeconds

async function wrongAbout(
  play: Play,
  follower: Follower,
  position: Position,
  from: Block,
  when: Exclude<When, null>,
): Promise<string | null> {
  const { ground, strategy } = play
  const head = await headView(ground.rpc)
  const probeIn = (block: Block) => strategy.probe(viewAsOf(ground.rpc, head, block), follower.book(), position)
  const at: Block = 'atSecond' in when ? { ...from, timestamp: when.atSecond } : { ...from, number: when.atBlock }
  const before: Block =
    'atSecond' in when ? { ...from, timestamp: when.atSecond - 1 } : { ...from, number: when.atBlock - 1 }
  const [now, last, then] = [await probeIn(from), await probeIn(before), await probeIn(at)]
  const isEarlier = 'atSecond' in when ? when.atSecond <= from.timestamp : when.atBlock <= from.number
  if (isEarlier) return 'it is not to come any more'
  if (last.liquidatable !== now.liquidatable) return 'the protocol answered otherwise a step before'
  if (then.liquidatable !== now.liquidatable) return null
  // An auction's price: nothing may change but at the step.
  return now.liquidatable && toText(last) !== toText(then) ? null : 'the protocol answers as before'
}

function later(when: When, { block }: Scene): When {
  if (when === null) return { atSecond: block.timestamp + 60 }
  return 'atSecond' in when ? { atSecond: when.atSecond + 1 } : { atBlock: when.atBlock + 1 }
}
