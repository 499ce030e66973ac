import type { Hex } from '#core/address.ts'
import type { AttemptEvent, Intent } from './intent.ts'
import type { Lane } from './lane.ts'

export type Attempt = {
  readonly intent: Intent
  readonly lane: Lane | null
  /** Hash of the block that holds it, once one does. */
  includedIn: Hex | null
  ended: AttemptEvent['status'] | null
}

/** Attempts whose fate is open, and those a reorg could still reopen. One attempt a position, one a lane. */
export interface Attempts {
  readonly begin: (intent: Intent, lane: Lane | null) => Attempt
  readonly end: (attempt: Attempt, status: AttemptEvent['status'], blockHash: Hex | null) => void
  /** Back to open: the block that held it is gone. */
  readonly reopen: (attempt: Attempt) => void
  readonly open: () => readonly Attempt[]
  readonly byHash: (hash: Hex) => Attempt | undefined
  readonly includedIn: (blockHash: Hex) => readonly Attempt[]
  /** Positions that must be left alone until an attempt's fate is known. */
  readonly positions: () => ReadonlySet<string>
  /** Forgets what can no longer be reopened. */
  readonly forget: (belowBlock: number) => void
}

export function createAttempts(): Attempts {
  const all = new Map<Hex, Attempt>()
  const held = new Set<string>()
  const hold = ({ intent, lane }: Attempt): void => {
    for (const step of intent.steps) held.add(step.position)
    if (lane !== null) lane.busyWith = intent.plan
  }
  const release = ({ intent, lane }: Attempt): void => {
    for (const step of intent.steps) held.delete(step.position)
    if (lane?.busyWith === intent.plan) lane.busyWith = null
  }
  return {
    begin: (intent, lane) => {
      const attempt: Attempt = { intent, lane, includedIn: null, ended: null }
      all.set(intent.hash, attempt)
      hold(attempt)
      return attempt
    },
    end: (attempt, status, blockHash) => {
      attempt.ended = status
      attempt.includedIn = blockHash
      // A nonce is used up by what is on the chain, whether it succeeded or not.
      if (attempt.lane !== null && blockHash !== null)
        attempt.lane.nonce = Math.max(attempt.lane.nonce, attempt.intent.nonce + 1)
      release(attempt)
    },
    reopen: (attempt) => {
      attempt.ended = null
      attempt.includedIn = null
      if (attempt.lane !== null) attempt.lane.nonce = Math.min(attempt.lane.nonce, attempt.intent.nonce)
      hold(attempt)
    },
    open: () => [...all.values()].filter((attempt) => attempt.ended === null),
    byHash: (hash) => all.get(hash),
    includedIn: (blockHash) => [...all.values()].filter((attempt) => attempt.includedIn === blockHash),
    positions: () => held,
    forget: (belowBlock) => {
      for (const [hash, attempt] of all)
        if (attempt.ended !== null && attempt.intent.lastBlock < belowBlock) all.delete(hash)
    },
  }
}
