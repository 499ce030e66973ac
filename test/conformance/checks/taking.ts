import type { Position } from '#core/book.ts'
import { isBlocked, type Opportunity, type Terms } from '#core/opportunity.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import { type Attempt, attempt } from '../attempt.ts'
import { type Follower, lookAhead } from '../follower.ts'
import { type Check, type Found, followerOf, movePrices, type Play, rewound, whoOf } from '../play.ts'

type Tally = { cases: number; readonly mismatches: string[]; readonly tags: Set<string> }
type Aspect = 'segments' | 'terms'

/** Segment ends and points inside are taken, points just outside are not, or clamped. */
export const segments: Check = {
  name: 'segments',
  needs: ['rewind', 'time', 'prices'],
  run: (play) => taking(play, 'segments'),
  plant: {
    what: 'half of every last segment left out; where there is none, calls that mean nothing',
    fault: (strategy) => ({
      ...strategy,
      assess: (...args) => strategy.assess(...args).map((one) => (isBlocked(one) ? one : shorter(one))),
      encode: (book, step, who) => {
        const encoded = strategy.encode(book, step, who)
        if (step.opportunity.feasible !== null) return encoded
        return { ...encoded, act: (payload) => ({ ...encoded.act(payload), data: '0xdeadbeef' }) }
      },
    }),
  },
}

/** What is repaid, seized, rewarded and written off, and the book afterwards, to the wei. */
export const terms: Check = {
  name: 'terms',
  needs: ['rewind', 'time', 'prices'],
  run: (play) => taking(play, 'terms'),
  plant: {
    what: 'a wei more seized or rewarded than there is',
    fault: (strategy) => ({ ...strategy, terms: (...args) => more(strategy.terms(...args)) }),
  },
}

async function taking(play: Play, aspect: Aspect): Promise<Found> {
  const tally: Tally = { cases: 0, mismatches: [], tags: new Set() }
  const follower = await followerOf(play)
  for (let round = 0; tally.cases < play.wanted && round < play.wanted; round += 1) {
    await rewound(play, async () => {
      await movePrices(play, play.random.one([0.5, 0.8, 0.9, 0.95]), 1.02)
      const { undo } = await follower.follow(await play.ground.mine())
      await takeSome(play, follower, aspect, tally)
      undo()
    })
  }
  return { ...tally, tags: [...tally.tags] }
}

/** Of the positions below the line, a few opportunities, each with several inputs. */
async function takeSome(play: Play, follower: Follower, aspect: Aspect, tally: Tally): Promise<void> {
  const { random, ground } = play
  const { scene } = await lookAhead(follower, ground.rpc, random.one([1, 12, random.whole(2, 100_000)]))
  const found = opportunitiesIn(play.strategy, scene)
  for (const opportunity of random.some(found, 4)) {
    const who = whoOf(play)
    for (const input of aspect === 'segments'
      ? insideOf(opportunity, play)
      : random.some(insideOf(opportunity, play), 2))
      await takeInside(play, follower, { scene, opportunity, input, who }, aspect, tally)
    if (aspect === 'segments')
      for (const outside of outsideOf(opportunity))
        await takeOutside(play, follower, { scene, opportunity, input: outside.input, who }, outside.end, tally)
    if (tally.cases >= play.wanted) return
  }
}

export function opportunitiesIn(strategy: Strategy, scene: Scene): readonly Opportunity[] {
  const byMarket = Map.groupBy(scene.book.positions(), ({ market }) => market)
  return [...byMarket].flatMap(([id, positions]) => assessed(strategy, scene, id, positions))
}

function assessed(
  strategy: Strategy,
  scene: Scene,
  id: Position['market'],
  positions: readonly Position[],
): readonly Opportunity[] {
  const market = scene.book.market(id)
  if (market === undefined) return []
  return strategy.assess(scene, market, positions).flatMap((one) => (isBlocked(one) ? [] : [one]))
}

function insideOf({ feasible }: Opportunity, { random }: Play): readonly (bigint | null)[] {
  if (feasible === null) return [null]
  return [...new Set(feasible.segments.flatMap(({ from, to }) => [from, to, random.big(from, to)]))]
}

type Outside = { readonly input: bigint; readonly end: bigint }

function outsideOf({ feasible }: Opportunity): readonly Outside[] {
  const parts = feasible?.segments ?? []
  const isInside = (input: bigint): boolean => parts.some(({ from, to }) => from <= input && input <= to)
  return parts
    .flatMap(({ from, to }): Outside[] => [
      { input: from - 1n, end: from },
      { input: to + 1n, end: to },
    ])
    .filter(({ input }) => input > 0n && !isInside(input))
}

async function takeInside(play: Play, follower: Follower, one: Attempt, aspect: Aspect, tally: Tally): Promise<void> {
  const { strategy } = play
  const terms = strategy.terms(one.scene, one.opportunity, one.input)
  const answer = await attempt(play, follower, one, terms)
  tally.cases += 1
  for (const tag of [one.opportunity.kind, ...terms.tags]) tally.tags.add(tag)
  const name = `${one.opportunity.id} ${one.input ?? ''}`
  if (!answer.taken) tally.mismatches.push(`${name}: said it can be taken, but ${answer.why}`)
  else if (aspect === 'terms') tally.mismatches.push(...answer.wrong.map((text) => `${name}: ${text}`))
}

/** Refused; or taken as its nearest end is (clamped). Taken for more is a chance that was not offered. */
async function takeOutside(play: Play, follower: Follower, one: Attempt, end: bigint, tally: Tally): Promise<void> {
  const atEnd = play.strategy.terms(one.scene, one.opportunity, end)
  const answer = await attempt(play, follower, { ...one }, atEnd)
  tally.cases += 1
  if (!answer.taken) return
  if (answer.paid !== paidAt(one.opportunity, atEnd))
    tally.mismatches.push(`${one.opportunity.id} ${one.input}: not offered, and yet it was taken for ${answer.paid}`)
}

/** Net of what is handed over of the same asset. */
function paidAt({ pays }: Opportunity, { repay, seized, rewards }: Terms): bigint {
  if (pays === null) return 0n
  const back = [...seized, ...rewards].filter(({ asset }) => asset === pays.asset)
  return back.reduce((sum, { amount }) => sum - amount, repay as bigint)
}

function shorter(opportunity: Opportunity): Opportunity {
  const last = opportunity.feasible?.segments.at(-1)
  if (opportunity.feasible === null || last === undefined) return opportunity
  const half = { from: last.from, to: (last.from + last.to) / 2n }
  return {
    ...opportunity,
    feasible: { ...opportunity.feasible, segments: [...opportunity.feasible.segments.slice(0, -1), half] },
  }
}

function more(terms: Terms): Terms {
  const flows = terms.seized.length > 0 ? terms.seized : terms.rewards
  const one = flows.map((flow, at) => (at === 0 ? { ...flow, amount: (flow.amount + 1n) as typeof flow.amount } : flow))
  return terms.seized.length > 0 ? { ...terms, seized: one } : { ...terms, rewards: one }
}
