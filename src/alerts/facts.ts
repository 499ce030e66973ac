import type { Wei } from '#core/numbers.ts'
import { type CheckState, condition, conditionsOf, type Known } from './conditions.ts'
import { type EventName, knownAlerts } from './known-alerts.ts'
import type { Condition } from './raised.ts'
import { recently } from './recently.ts'

/** What is told of a keeper's life, as far as somebody may have to be told of it. */
export interface Facts {
  readonly starting: (blockSeconds: number) => void
  readonly synced: () => void
  readonly head: (lagSeconds: number, baseFee: bigint) => void
  readonly pending: () => void
  readonly rpcFault: () => void
  /** Why it cannot know who leads; `null`: it does. */
  readonly lease: (why: string | null) => void
  readonly guard: (name: string, isOpen: boolean, detail: string) => void
  readonly guardUse: (used: Known['used']) => void
  readonly lane: (lane: string, highestAffordableBaseFee: Wei) => void
  readonly attempt: (plan: string, isOpen: boolean) => void
  readonly offered: (isTaken: boolean) => void
  readonly executor: (checks: readonly CheckState[]) => void
  /** Something that happened. `about`: two with the same are one. */
  readonly event: (name: EventName, about: string, summary: string, detail: string) => void
  /** All that holds now. `blind`: why nothing is seen; empty where it sees. */
  readonly conditions: (blind: readonly string[]) => readonly Condition[]
}

const minuteMs = 60_000
type State = Omit<Known, 'nowMs' | 'blind' | 'faults' | 'taken' | 'refused' | 'guards' | 'lanes' | 'open'>

/** Remembers the last word of each; what is no state is held as long as its rule looks back. */
export function createFacts(now: () => number): Facts {
  let state: State = {
    ...{ startedMs: now(), blockSeconds: 12, isSynced: false, lagSeconds: 0, baseFee: 0n },
    ...{ headMs: null, pendingMs: null, leaseLack: null, used: [], checks: [] },
  }
  const guards = new Map<string, string>()
  const lanes = new Map<string, Wei>()
  const open = new Map<string, number>()
  const faults = recently(5 * minuteMs)
  const [taken, refused] = [recently(15 * minuteMs), recently(15 * minuteMs)]
  const events = new Map<string, { readonly condition: Condition; readonly untilMs: number }>()
  const set = (change: Partial<State>): void => {
    state = { ...state, ...change }
  }
  return {
    starting: (blockSeconds) => set({ blockSeconds }),
    synced: () => set({ isSynced: true }),
    head: (lagSeconds, baseFee) => set({ lagSeconds, baseFee, headMs: now() }),
    pending: () => set({ pendingMs: now() }),
    rpcFault: () => faults.add(now()),
    lease: (leaseLack) => set({ leaseLack }),
    guard: (name, isOpen, detail) => void (isOpen ? guards.set(name, detail) : guards.delete(name)),
    guardUse: (used) => set({ used }),
    lane: (lane, wei) => void lanes.set(lane, wei),
    attempt: (plan, isOpen) => void (isOpen ? open.set(plan, open.get(plan) ?? now()) : open.delete(plan)),
    offered: (isTaken) => (isTaken ? taken : refused).add(now()),
    executor: (checks) => set({ checks }),
    event: (name, about, summary, detail) => {
      const untilMs = now() + knownAlerts[name].holdMs
      events.set(`${name}/${about}`, { condition: condition(name, about, summary, detail), untilMs })
    },
    conditions: (blind) => {
      const nowMs = now()
      for (const [key, { untilMs }] of events) if (untilMs <= nowMs) events.delete(key)
      const counts = { faults: faults.count(nowMs), taken: taken.count(nowMs), refused: refused.count(nowMs) }
      const standing = conditionsOf({ ...state, ...counts, nowMs, blind, guards, lanes, open })
      return [...standing, ...[...events.values()].map((one) => one.condition)]
    },
  }
}
