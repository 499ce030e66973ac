import { nothingFolded } from '#core/book.ts'
import { toText } from '#core/plain.ts'
import type { Strategy } from '#core/strategy.ts'
import { bootstrapped, type Follower, headView, lookAhead } from '../follower.ts'
import { type Check, type Found, followerOf, movePrices, type Play, rewound } from '../play.ts'
import { differences, sizeOf } from '../records.ts'

/** Every seventh log is not heard. */
function deaf(strategy: Strategy): Strategy {
  let heard = 0
  return {
    ...strategy,
    fold: (book, log) => {
      heard += 1
      return heard % 7 === 0 ? nothingFolded : strategy.fold(book, log)
    },
  }
}
const plant = { what: 'every seventh log not heard', fault: deaf }

/** Whatever users, rivals and governance do, the book kept by logs judges as the protocol itself. */
export const judged: Check = {
  name: 'storm: judged',
  needs: [],
  run: (play) => storm(play, judgedAlike),
  plant: {
    what: 'one unit added to every figure',
    fault: (strategy) => ({ ...strategy, judge: (...args) => shifted(strategy.judge(...args)) }),
  },
}
/** The book kept by logs from block N on is the one a fresh start at M reads. */
export const caughtUp: Check = { name: 'storm: book', needs: [], run: (play) => storm(play, sameBook), plant }
/** So is one that followed blocks which are then dropped for others. */
export const reorganized: Check = {
  name: 'reorg',
  needs: ['rewind', 'time'],
  run: reorg,
  plant: { what: 'the undoing of every third block forgotten', fault: (strategy) => strategy, forgetsUndo: true },
}

type Compare = (play: Play, follower: Follower) => Promise<Found>

async function storm(play: Play, compare: Compare): Promise<Found> {
  const follower = await followerOf(play)
  const mismatches: string[] = []
  let cases = 0
  for (let round = 0; cases < play.wanted && round < play.wanted && mismatches.length < 20; round += 1) {
    for (let block = 0; block < 4; block += 1) await blow(play, follower)
    const found = await compare(play, follower)
    cases += found.cases
    mismatches.push(...found.mismatches)
  }
  return { cases, mismatches }
}

/** One block of whatever may happen; what undoes it. */
async function blow(play: Play, follower: Follower): Promise<() => void> {
  const { ground, scenario, random } = play
  const deeds = random.whole(0, 10)
  for (let at = 0; at < deeds; at += 1) {
    const some = random.chance(0.08)
      ? (scenario.parameter(follower.book(), random) ?? [])
      : scenario.deed(follower.book(), random)
    for (const deed of some) if (ground.speaksFor(deed.from)) await ground.send(deed)
  }
  if (random.chance(0.25)) await movePrices(play, 0.75, 1.1)
  const { block } = await headView(ground.rpc)
  const timestamp = block.timestamp + random.one([1, 12, 12, random.whole(2, 40_000)])
  const view = await ground.mine(ground.can('time') ? timestamp : undefined)
  return (await follower.follow(view)).undo
}

async function judgedAlike({ ground, strategy }: Play, follower: Follower): Promise<Found> {
  const { view, scene } = await lookAhead(follower, ground.rpc, 12)
  const mismatches: string[] = []
  let cases = 0
  for (const position of follower.book().positions()) {
    const [said, is] = [strategy.judge(scene, position), await strategy.probe(view, follower.book(), position)]
    cases += 1
    const differing = Object.keys(is).filter((name) => said[name] !== is[name])
    if (differing.length > 0)
      mismatches.push(`${position.id}: ${toText(differing.map((name) => [name, said[name], is[name]]))}`)
  }
  return { cases, mismatches }
}

async function sameBook(play: Play, follower: Follower): Promise<Found> {
  const fresh = await bootstrapped(play.strategy, play.ground.rpc)
  return { cases: sizeOf(fresh.book()), mismatches: differences(follower.book(), fresh.book(), []) }
}

const depthMost = 64

async function reorg(play: Play): Promise<Found> {
  const follower = await followerOf(play)
  const mismatches: string[] = []
  let cases = 0
  for (let round = 0; (cases < play.wanted || round < 2) && round < play.wanted && mismatches.length < 20; round += 1) {
    const undos: (() => void)[] = []
    const depth = round === 0 ? depthMost : play.random.whole(1, depthMost / 4)
    await rewound(play, async () => {
      for (let block = 0; block < depth; block += 1) undos.push(await blow(play, follower))
    })
    for (const [at, undo] of undos.toReversed().entries()) if (!play.forgetsUndo || at % 3 !== 0) undo()
    for (let block = 0; block < 3; block += 1) await blow(play, follower)
    const found = await sameBook(play, follower)
    cases += found.cases
    mismatches.push(...found.mismatches)
  }
  return { cases, mismatches }
}

function shifted(figures: ReturnType<Strategy['judge']>): ReturnType<Strategy['judge']> {
  const entries = Object.entries(figures).map(([name, value]) => [name, typeof value === 'bigint' ? value + 1n : value])
  return Object.fromEntries(entries) as ReturnType<Strategy['judge']>
}
