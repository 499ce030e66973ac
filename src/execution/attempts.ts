import type { Hex } from '#core/address.ts'
import type { Plan } from '#core/plan.ts'
import { type AttemptEvent, hashesOf, type Intent, landedAs, positionsIn } from './intent.ts'
import type { Lane } from './lane.ts'

export type Attempt = {
  /** What was sent; once one of several has landed, that one. */
  intent: Intent
  readonly lane: Lane | null
  /** Hash of the block that holds it, once one does. */
  includedIn: Hex | null
  /** Its receipt's block, once that was read. */
  landedAt: number | null
  ended: AttemptEvent['status'] | null
  /** Whether what landed has its receipt in the journal. */
  isSettled: boolean
  /** How often the chain was asked for it after it was given up. */
  asked: number
}

/** A node that lags may not have it at first; one that never was there is not asked for for ever. */
const askedMax = 5

/** Attempts whose fate is open, and those a reorg could still reopen. One attempt a position, one a lane. */
export interface Attempts {
  /** From the decision on, before anything is signed: the positions and the lane are taken. */
  readonly claim: (plans: readonly Plan[], lane: Lane | null) => void
  /** Gives back a claim that never became an attempt. */
  readonly unclaim: (plan: string) => void
  readonly begin: (intent: Intent, lane: Lane | null) => Attempt
  /** Which of its transactions it was. */
  readonly landed: (attempt: Attempt, hash: Hex) => void
  readonly end: (attempt: Attempt, status: AttemptEvent['status'], blockHash: Hex | null) => void
  /** Back to open: the block that held it is gone. */
  readonly reopen: (attempt: Attempt) => void
  readonly open: () => readonly Attempt[]
  /** On the chain, and not yet in the journal. */
  readonly unsettled: () => readonly Attempt[]
  /** Given up, although their nonces lie below what the chain counts and nothing known to have landed used them. */
  readonly unexplained: (lane: Lane, count: number) => readonly Attempt[]
  readonly byHash: (hash: Hex) => Attempt | undefined
  readonly includedIn: (blockHash: Hex) => readonly Attempt[]
  /** Whether a position must be left alone until an attempt's fate is known. */
  readonly holds: (position: string) => boolean
  /** Whether such an attempt, decided on the same head, trades with a pool: behind it the pool is another. */
  readonly uses: (pool: string, head: Hex) => boolean
  /** Forgets what can no longer be reopened: gives what of it had landed. */
  readonly takeFinal: (uptoBlock: number) => readonly Attempt[]
}

export function createAttempts(): Attempts {
  const all = new Set<Attempt>()
  const sent = new Map<Hex, { readonly attempt: Attempt; readonly intent: Intent }>()
  const held = createHolds()
  return {
    claim: (plans, lane) => {
      const id = plans[0]?.id ?? ''
      held.claim(id, lane)
      held.hold(id, plans.flatMap(positionsOf), tradedBy(plans[0]?.block.parentHash ?? '0x', plans), lane)
    },
    unclaim: (plan) => {
      const lane = held.claimedBy(plan)
      if (lane !== undefined) held.release(plan, lane)
    },
    begin: (intent, lane) => {
      const attempt: Attempt = {
        ...{ intent, lane, includedIn: null, landedAt: null, ended: null, isSettled: false },
        asked: 0,
      }
      // Begun anew where all is read anew: of one transaction there is one attempt.
      const former = sent.get(intent.hash)?.attempt
      if (former !== undefined) all.delete(former)
      all.add(attempt)
      for (const hash of hashesOf(intent)) sent.set(hash, { attempt, intent: landedAs(intent, hash) })
      held.unclaim(intent.plan)
      held.hold(intent.plan, positionsIn(intent), tradedBy(intent.head, [intent, ...intent.variants]), lane)
      return attempt
    },
    landed: (attempt, hash) => {
      attempt.intent = sent.get(hash)?.intent ?? attempt.intent
    },
    end: (attempt, status, blockHash) => {
      attempt.ended = status
      attempt.includedIn = blockHash
      // A nonce is used up by what is on the chain, whether it succeeded or not.
      if (attempt.lane !== null && blockHash !== null)
        attempt.lane.nonce = Math.max(attempt.lane.nonce, attempt.intent.nonce + 1)
      held.release(attempt.intent.plan, attempt.lane)
    },
    reopen: (attempt) => {
      attempt.ended = null
      attempt.includedIn = null
      attempt.landedAt = null
      attempt.isSettled = false
      if (attempt.lane !== null) attempt.lane.nonce = Math.min(attempt.lane.nonce, attempt.intent.nonce)
      const { intent } = attempt
      held.hold(intent.plan, positionsIn(intent), tradedBy(intent.head, [intent, ...intent.variants]), attempt.lane)
    },
    open: () => [...all].filter((attempt) => attempt.ended === null),
    unsettled: () => [...all].filter((attempt) => attempt.includedIn !== null && !attempt.isSettled),
    unexplained: (lane, count) => {
      const own = [...all].filter((attempt) => attempt.lane === lane)
      const landed = new Set(own.flatMap(({ includedIn, intent }) => (includedIn === null ? [] : [intent.nonce])))
      return own.filter(
        ({ intent, ended, asked }) =>
          (ended === 'dropped' || ended === 'refused') &&
          intent.nonce < count &&
          !landed.has(intent.nonce) &&
          asked < askedMax,
      )
    },
    byHash: (hash) => sent.get(hash)?.attempt,
    includedIn: (blockHash) => [...all].filter((attempt) => attempt.includedIn === blockHash),
    holds: held.holds,
    uses: held.uses,
    takeFinal: (uptoBlock) => {
      const old = [...all].filter(({ ended, intent, includedIn, landedAt }) =>
        includedIn === null
          ? ended !== null && intent.lastBlock <= uptoBlock
          : landedAt !== null && landedAt <= uptoBlock,
      )
      for (const attempt of old) {
        all.delete(attempt)
        for (const hash of hashesOf(attempt.intent)) sent.delete(hash)
      }
      return old.filter((attempt) => attempt.landedAt !== null)
    },
  }
}

/** What open attempts, and claims that are to become some, keep for themselves: positions, pools, a lane each. */
function createHolds() {
  /** Position → plan that holds it. */
  const held = new Map<string, string>()
  /** Plan → the head it was decided on, and the pools it trades with. */
  const traded = new Map<string, Traded>()
  const claims = new Map<string, Lane | null>()
  return {
    claim: (plan: string, lane: Lane | null): void => void claims.set(plan, lane),
    claimedBy: (plan: string): Lane | null | undefined => claims.get(plan),
    unclaim: (plan: string): void => void claims.delete(plan),
    hold: (plan: string, positions: readonly string[], trades: Traded, lane: Lane | null): void => {
      for (const position of positions) held.set(position, plan)
      traded.set(plan, trades)
      if (lane !== null) lane.busyWith = plan
    },
    release: (plan: string, lane: Lane | null): void => {
      for (const [position, by] of held) if (by === plan) held.delete(position)
      if (lane?.busyWith === plan) lane.busyWith = null
      claims.delete(plan)
      traded.delete(plan)
    },
    holds: (position: string): boolean => held.has(position),
    uses: (pool: string, head: Hex): boolean =>
      [...traded.values()].some((one) => one.head === head && one.pools.has(pool)),
  }
}

/** Pools in lower case, as the book names them. */
type Traded = { readonly head: Hex; readonly pools: ReadonlySet<string> }

const tradedBy = (head: Hex, those: readonly { readonly legs: readonly { readonly pool: string }[] }[]): Traded => ({
  head,
  pools: new Set(those.flatMap(({ legs }) => legs.map(({ pool }) => pool.toLowerCase()))),
})

export const positionsOf = (plan: Plan): readonly string[] => plan.steps.flatMap((step) => step.opportunity.positions)
