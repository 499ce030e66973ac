import { setTimeout as sleep } from 'node:timers/promises'
import { isKeeperError, KeeperError } from '#core/error.ts'
import type { Database } from './postgres-database.ts'

export type LeaseParts = {
  readonly database: Database
  /** Of which journal it is the lease. */
  readonly journal: string
  /** This process, and no other ever. */
  readonly owner: string
  /** What it would sign with, as `chain:address`: of two journals that name one key, one is led at a time. */
  readonly keys: readonly string[]
  /** On the database's clock; renewed four times as often. */
  readonly leaseMs: number
  /** Number of the newest block it has followed; `null`: none yet, and then it does not lead. */
  readonly head: () => number | null
  /** Milliseconds that only ever go on; and those of the wall, which a sleeping machine does not stop. */
  readonly clocks?: { readonly steadyMs: () => number; readonly wallMs: () => number }
  readonly on: LeaseEvents
}
export type LeaseEvents = {
  readonly taken: (epoch: number) => void
  /** Another leads, or may from now on. */
  readonly lost: (why: string) => void
  /** It runs out, or cannot be asked for: nothing is sent. Told once, until it is `renewed`. */
  readonly failing: (error: KeeperError) => void
  /** Since when, in milliseconds, with each word of the database; `null`: it stands by. */
  readonly asked: (epoch: number | null) => void
}

/** Who of several keepers sends. Nothing that a send waits for is awaited: it looks at what is known in memory. */
export interface Lease {
  /** Why nothing may be sent; `null`: this one leads, and the database will not say otherwise before that ends. */
  readonly against: () => string | null
  /** Under which it writes; `null`: it stands by. One that has run out is its own until another is known. */
  readonly epoch: () => number | null
  readonly begin: () => void
  /** The database knows of a later one. */
  readonly fenced: () => void
  /** Given back, so that the next one need not wait. */
  readonly end: () => Promise<void>
}

/** Of the lease's length, what is held to be good: the rest is for clocks that go at another pace, and for bytes on their way. */
const goodPart = 0.75
/** So long may another have seen a newer block, in parts of the lease. */
const behindPart = 0.4

type State = {
  epoch: number | null
  /** The last one that was its own: lost is lost, whatever the row still says. */
  past: number
  goodUntilMs: { readonly steady: number; readonly wall: number }
  behindSince: number | null
  isFailing: boolean
  why: string
}
type Word = {
  readonly epoch: number
  readonly owner: string
  readonly leftMs: number
  readonly bestHead: number
  readonly rival: string | null
}

/** A row in the database with an epoch, an owner and an end on the database's clock. */
export function createLease(parts: LeaseParts): Lease {
  const { leaseMs, owner, on } = parts
  const clocks = parts.clocks ?? { steadyMs: () => performance.now(), wallMs: Date.now }
  const state: State = {
    ...{ epoch: null, past: 0, behindSince: null, isFailing: false },
    goodUntilMs: { steady: 0, wall: 0 },
    why: 'it has not begun to lead',
  }
  const stop = new AbortController()
  let rounds: Promise<void> = Promise.resolve()

  const lose = (why: string): void => {
    state.why = why
    state.behindSince = null
    if (state.epoch === null) return
    state.past = state.epoch
    state.epoch = null
    on.lost(why)
  }
  const isGood = (): boolean => clocks.steadyMs() < state.goodUntilMs.steady && clocks.wallMs() < state.goodUntilMs.wall

  const hear = async (word: Word, asked: { readonly steady: number; readonly wall: number }): Promise<number> => {
    state.isFailing = false
    const isPast = state.epoch === null && word.epoch === state.past
    if (word.owner !== owner || word.leftMs <= 0 || isPast) {
      lose(whyNot(word, owner))
      return Math.min(Math.max(word.leftMs + 5, 20), leaseMs / 4)
    }
    // What is left was counted after it was asked for.
    const good = word.leftMs - leaseMs * (1 - goodPart)
    state.goodUntilMs = { steady: asked.steady + good, wall: asked.wall + good }
    if (state.epoch !== word.epoch) {
      state.epoch = word.epoch
      on.taken(word.epoch)
    }
    if (isBehind(parts, state, word, clocks.steadyMs())) {
      lose(`another keeper has seen block ${word.bestHead}, this one ${parts.head()}: the node is behind`)
      await giveBack(parts)
    }
    return leaseMs / 4
  }
  const round = async (): Promise<number> => {
    const asked = { steady: clocks.steadyMs(), wall: clocks.wallMs() }
    try {
      const wait = await hear(await ask(parts, state.epoch), asked)
      on.asked(state.epoch)
      return wait
    } catch (error) {
      const failure = isKeeperError(error) ? error : new KeeperError('store-failed', String(error), { cause: error })
      state.why = `the lease ran out and cannot be renewed: ${failure.message}`
      if (!isGood() && !state.isFailing) {
        state.isFailing = true
        on.failing(failure)
      }
      return leaseMs / 10
    }
  }
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const wait = await round()
      await sleep(wait, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  return {
    against: () => {
      if (state.epoch === null) return state.why
      if (isGood()) return null
      return state.isFailing ? state.why : 'the lease ran out before it was renewed'
    },
    epoch: () => state.epoch,
    begin: () => {
      rounds = run()
    },
    fenced: () => lose('another keeper leads: its epoch is later'),
    end: async () => {
      stop.abort()
      await rounds
      const led = state.epoch !== null
      state.epoch = null
      state.why = 'it has ended'
      if (led) await giveBack(parts).catch(() => undefined)
    },
  }
}

function whyNot({ rival, owner }: Word, me: string): string {
  if (rival !== null) return `a key of it is in use by the keeper of ${rival}`
  return owner === me || owner === '' ? 'nobody leads yet' : 'another keeper leads'
}

/** Its own node lags behind another's, and has for a while. */
function isBehind({ head, leaseMs }: LeaseParts, state: State, { bestHead }: Word, nowMs: number): boolean {
  if ((head() ?? 0) >= bestHead) {
    state.behindSince = null
    return false
  }
  state.behindSince ??= nowMs
  return nowMs - state.behindSince > leaseMs * behindPart
}

async function ask({ database, journal, owner, keys, leaseMs, head }: LeaseParts, epoch: number | null): Promise<Word> {
  const at = head()
  const { rows } = await database.query('select * from plimsoll_lease_tick($1, $2, $3, $4, $5, $6, $7)', [
    ...[journal, owner, keys, leaseMs, epoch],
    ...[at ?? 0, at !== null],
  ])
  const [row = {}] = rows
  return {
    epoch: Number(row.epoch),
    owner: String(row.owner),
    leftMs: Number(row.left_ms),
    bestHead: Number(row.best_head ?? 0),
    rival: row.rival === null || row.rival === undefined ? null : String(row.rival),
  }
}

/** Over at once: whoever stands by need not wait for its end. */
async function giveBack({ database, journal, owner }: LeaseParts): Promise<void> {
  await database.query(`update plimsoll_lease set expires_at = 'epoch' where journal = $1 and owner = $2`, [
    journal,
    owner,
  ])
}
