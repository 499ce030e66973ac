import type { Block } from '#core/block.ts'
import type { PositionId } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'
import type { Wei } from '#core/numbers.ts'
import type { SceneSpec, Trigger } from '#core/scene.ts'
import { plainly } from '../scene/scene.ts'
import { crossers } from './crossers.ts'
import { type DecideSettings, decide } from './decide.ts'
import type { Mirror } from './mirror.ts'
import { positionsOf } from './verdict-record.ts'

/** What is coming by time alone, or is known ahead. */
export type Coming = {
  readonly at: number
  /** The first block whose timestamp reaches that second, where no slot is missed. */
  readonly block: number
  readonly what: Trigger
  /** Whom it brings below the line, or changes the terms of. */
  readonly positions: readonly PositionId[]
  readonly feed: FeedId | null
  /** A payload, a transaction; empty otherwise. */
  readonly cause: string
  /** Wei that liquidating them in that block would leave; `null` where it would not be done. */
  readonly worth: Wei | null
  /** Why not; empty where it would. */
  readonly reason: string
}

/** A change known ahead: who crosses by it is found by judging its scene. */
export type Announced = { readonly at: number; readonly spec: SceneSpec; readonly feed: FeedId | null }

/** The first block at or after a second, by the slots' length. */
export function blockAt(next: Block, second: number, blockSeconds: number): Block {
  const slots = Math.max(0, Math.ceil((second - next.timestamp) / blockSeconds))
  return { ...next, number: next.number + slots, timestamp: next.timestamp + slots * blockSeconds }
}

/**
 * The calendar: what time alone will change until a horizon, soonest first, and what each is worth: decided as a keeper
 * would in that block, at today's prices, pools and base fee. Each alone: two that share an exit are worth less together.
 */
export function upcoming(options: {
  readonly mirror: Mirror
  readonly next: Block
  readonly blockSeconds: number
  /** The last second to look at. */
  readonly horizon: number
  readonly limit: number
  readonly settings: DecideSettings
  readonly announced: readonly Announced[]
}): readonly Coming[] {
  const { mirror, next, blockSeconds, horizon, limit, settings, announced } = options
  const below = judgedBelow(mirror, next)
  const ofTime = crossers(mirror, next, horizon).map(({ at, position: { id } }) =>
    crossingOf(id, at, below.has(id), next, blockSeconds),
  )
  const ofOthers = announced.map((one): Entry => ({ ...one, concerns: (id) => !below.has(id), named: [] }))
  return [...ofTime, ...ofOthers]
    .filter(({ at }) => at <= horizon)
    .sort((a, b) => a.at - b.at)
    .slice(0, limit)
    .map((entry) => valued(mirror, entry, settings))
}

/** Time alone changes the answer about one position: it is carried over the line, or is below it and its terms change. */
export function crossingOf(
  position: PositionId,
  at: number,
  isBelow: boolean,
  next: Block,
  blockSeconds: number,
): Entry {
  const spec = plainly(blockAt(next, at, blockSeconds), isBelow ? 'step' : 'interest')
  return { at, spec, feed: null, concerns: (id) => id === position, named: [position] }
}

/** `named`: whom it is about, known without judging. */
export type Entry = Announced & {
  readonly concerns: (position: PositionId) => boolean
  readonly named: readonly PositionId[]
}

/** What an entry is worth: its scene decided on, nobody else in it. */
export function valued(mirror: Mirror, { at, spec, feed, concerns, named }: Entry, settings: DecideSettings): Coming {
  const { plans, skips } = decide(
    mirror,
    spec,
    settings,
    () => undefined,
    (_key, position) => (concerns(position) ? null : { reason: 'in-flight', detail: 'another entry of the calendar' }),
  )
  const acted = plans.flatMap((plan) => positionsOf({ do: 'act', plan }))
  const left = skips.filter(({ positions }) => positions.some((id) => concerns(id) && !acted.includes(id)))
  const positions = new Set([...named, ...acted, ...left.flatMap((skip) => skip.positions.filter(concerns))])
  return {
    ...{ at, feed, block: spec.block.number, what: spec.trigger, cause: spec.cause },
    positions: [...positions],
    worth: plans.length === 0 ? null : (plans.reduce((sum, { sum: { net } }) => sum + net, 0n) as Wei),
    reason: plans.length > 0 ? '' : (left[0]?.reason ?? 'nothing to take'),
  }
}

/** Who is below the line in the next block already. */
function judgedBelow(mirror: Mirror, next: Block): ReadonlySet<PositionId> {
  const below = new Set<PositionId>()
  for (const { key, module } of mirror.modules.strategies) {
    const scene = mirror.sceneOf(key, plainly(next, 'head'))
    for (const position of scene.book.positions())
      if (module.judge(scene, position).liquidatable) below.add(position.id)
  }
  return below
}
