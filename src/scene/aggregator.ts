import type { Address } from '#core/address.ts'
import type { Reading } from '#core/feed.ts'
import type { PendingUpdate } from './pending-update.ts'

/** Seconds. */
export type Round = {
  readonly id: number
  readonly answer: bigint
  readonly observedAt: number
  readonly recordedAt: number
}

/** An aggregator as its own logs leave it, and its facts, read when it was first met. */
export type Aggregator = {
  /** Oldest first; those that somebody may still be shown. */
  readonly rounds: readonly Round[]
  /** Of the newest report: epoch and round as one number; 0 where it is not known. */
  readonly epoch: number
  /** An answer beyond them is refused; `null`: no bounds. */
  readonly bounds: { readonly least: bigint; readonly most: bigint } | null
  /** Who may call it: senders or forwarders. */
  readonly transmitters: readonly Address[]
  /** FluxAggregator with one oracle: every submission of its is the answer. */
  readonly isSingle: boolean
  /** SVR: through this proxy a primary round shows only when the cut-off has passed, or when it was auctioned. */
  readonly dual: {
    readonly proxy: Address
    readonly cutoff: number
    readonly shown: number
    readonly isLatestSecondary: boolean
  } | null
}

/** More than DualAggregator looks back through. */
const roundsMax = 20

/** What a proxy is shown at a second. Source: DualAggregator 1.0.0, `_getLatestRound`, `_getSyncPrimaryRound`. */
export function roundShown({ rounds, dual }: Aggregator, proxy: Address, timestamp: number): Round | null {
  const newest = rounds.at(-1)
  if (newest === undefined) return null
  if (dual === null) return newest
  if (dual.proxy !== proxy) {
    const isHidden = dual.shown === newest.id && dual.isLatestSecondary && newest.recordedAt === timestamp
    return isHidden ? (rounds.at(-2) ?? null) : newest
  }
  const shown = rounds.find(({ id }) => id === dual.shown)
  if (shown !== undefined && shown.recordedAt + dual.cutoff >= timestamp) return shown
  for (const round of [...rounds].reverse())
    if (round.id === dual.shown || round.recordedAt + dual.cutoff < timestamp) return round
  return shown ?? null
}

export const readingOf = (round: Round | null): Reading =>
  round === null ? null : { value: round.answer, updatedAt: round.recordedAt }

/** The next second at which a proxy is shown another round, and nothing but time has passed; `null`: never. */
export function nextShown(aggregator: Aggregator, proxy: Address, timestamp: number): number | null {
  const { dual, rounds } = aggregator
  if (dual === null || dual.proxy !== proxy) return null
  const now = roundShown(aggregator, proxy, timestamp)?.id
  const seconds = rounds.map(({ recordedAt }) => recordedAt + dual.cutoff + 1).sort((a, b) => a - b)
  const changes = (second: number): boolean => roundShown(aggregator, proxy, second)?.id !== now
  return seconds.find((second) => second > timestamp && changes(second)) ?? null
}

/** With a round recorded; the same round told twice is one. */
export function withRound(aggregator: Aggregator, round: Round): Aggregator {
  const { dual } = aggregator
  const before = aggregator.rounds.find(({ id }) => id === round.id)
  const observedAt = round.observedAt === 0 ? (before?.observedAt ?? 0) : round.observedAt
  const others = aggregator.rounds.filter(({ id }) => id < round.id)
  const kept = dual === null ? others.slice(-1) : others.slice(1 - roundsMax)
  return {
    ...aggregator,
    rounds: [...kept, { ...round, observedAt }],
    dual: dual === null ? null : { ...dual, isLatestSecondary: dual.shown === round.id },
  }
}

/** With a round shown through the SVR proxy at once. */
export const withShown = (aggregator: Aggregator, id: number): Aggregator =>
  aggregator.dual === null ? aggregator : { ...aggregator, dual: { ...aggregator.dual, shown: id } }

/**
 * As a pending update, mined at a second, would leave it; `null` where it would be refused or change nothing: it is not
 * newer, out of bounds, or from somebody who may not.
 */
export function afterUpdate(
  aggregator: Aggregator,
  update: PendingUpdate,
  sender: Address,
  timestamp: number,
): Aggregator | null {
  const { rounds, bounds, dual, epoch } = aggregator
  const newest = rounds.at(-1)
  const { answer, observedAt, kind } = update
  if (newest === undefined) return null
  const id = newest.id + 1
  const recorded = (): Aggregator => withRound(aggregator, { id, answer, observedAt, recordedAt: timestamp })
  if (kind === 'flux') return aggregator.isSingle && update.round > newest.id ? recorded() : null
  if (!aggregator.transmitters.includes(update.through ?? sender)) return null
  if (kind === 'secondary') {
    if (dual === null) return null
    const known = rounds.find((round) => round.observedAt === observedAt && round.answer === answer)
    if (known !== undefined) return known.id > dual.shown ? withShown(aggregator, known.id) : null
  }
  if (update.round <= epoch || (bounds !== null && (answer < bounds.least || answer > bounds.most))) return null
  if (kind !== 'secondary') return { ...recorded(), epoch: update.round }
  const shown = withRound(withShown(aggregator, id), { id, answer, observedAt, recordedAt: timestamp })
  return { ...shown, epoch: update.round }
}
