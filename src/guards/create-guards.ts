import { KeeperError } from '#core/error.ts'
import type { Rec } from '#core/plain.ts'
import { type Plan, strategiesIn } from '#core/plan.ts'
import type { Store } from '#core/world.ts'
import { tooGood } from './bonus.ts'
import type { GuardState, Guards, Held, Limits } from './guards.ts'
import { type Spend, spendOf, Window } from './window.ts'

export type GuardDeps = {
  readonly store: Store
  readonly now: () => number
  /** Asked at every check: the kill file, usually. */
  readonly isKilled?: () => boolean
  /** Told of what happens, for logs and metrics. */
  readonly opened?: (name: string, detail: string) => void
  readonly closed?: (name: string) => void
  /** A daily limit is reached: on the bundle path that is all that happens. */
  readonly alerted?: (name: string, detail: string) => void
  readonly storeFailed?: (error: unknown) => void
}

/** A limit is judged at every plan of every block; it is told of once in so long. */
const quietMs = 60_000

/** Guards as they stood when the store was last written. @throws `store-failed`, `bad-record`. */
export async function createGuards(from: Limits, deps: GuardDeps): Promise<Guards> {
  let limits = from
  const { store, now } = deps
  const tripped = new Map<string, GuardState>()
  const window = new Window()
  /** Said here, and not yet in the store: what is read meanwhile is older. */
  const unwritten = new Map<string, number>()
  let heard = 0
  // Two readings at once would count the same records twice, and never hear the next ones.
  const refresh = oneByOne(async () => {
    const before = new Set(tripped.keys())
    for await (const record of store.read('guard', heard)) {
      heard += 1
      if (!unwritten.has(String(record.name))) restore(record, tripped, window)
    }
    for (const { name, detail } of tripped.values()) if (!before.has(name)) deps.opened?.(name, detail)
    for (const name of before) if (!tripped.has(name)) deps.closed?.(name)
  })
  await refresh()

  const say = async (name: string, record: Rec): Promise<void> => {
    unwritten.set(name, (unwritten.get(name) ?? 0) + 1)
    try {
      await store.append('guard', record)
    } finally {
      const left = (unwritten.get(name) ?? 1) - 1
      if (left > 0) unwritten.set(name, left)
      else unwritten.delete(name)
    }
  }
  const trip = async (name: string, detail: string): Promise<void> => {
    if (tripped.has(name)) return
    tripped.set(name, { name, sinceMs: now(), detail })
    deps.opened?.(name, detail)
    await say(name, { kind: 'trip', name, detail, atMs: now() })
  }

  const toldMs = new Map<string, number>()
  const tell = ({ guard, detail }: Held): void => {
    if (now() - (toldMs.get(guard) ?? 0) < quietMs) return
    toldMs.set(guard, now())
    deps.alerted?.(guard, detail)
  }

  return {
    trip,
    check: (plan, via) => {
      const standing = standingGuard(plan, tripped, deps)
      if (standing !== null) return standing
      const bad = tooGood(plan, limits.assumedBonusBps, limits.maximumBonusMultiple)
      if (bad !== null) {
        const { detail } = bad
        const [guard = '', ...others] = bad.markets.map(tooGoodGuard)
        // Behind a transaction that is not mined yet, prices may not have met: that plan is left, and the market goes on.
        for (const one of plan.before.length === 0 ? [guard, ...others] : [])
          trip(one, detail).catch((error: unknown) => deps.storeFailed?.(error))
        return { guard, detail }
      }
      const over = overLimit(plan, limits, window, now())
      if (over === null) return null
      tell(over)
      return via === 'bundle' ? null : over
    },
    record: async ({ plan, transactionHash, status, actual, repaid }, via) => {
      if (status === 'dropped') return
      // What a bundle costs is paid out of its own profit, and is not what the day's limits are for; but a builder that
      // includes one that reverts makes us pay for it all the same.
      const isPaidFor = via === 'bundle' && status === 'included'
      const spend: Spend = {
        id: `${plan} ${transactionHash}`,
        atMs: now(),
        lossWei: isPaidFor || actual.net >= 0n ? 0n : -actual.net,
        gasWei: isPaidFor || actual.gas >= 0n ? 0n : -actual.gas,
        repaid: repaid.map(({ market, amount }) => ({ market, wei: amount })),
      }
      window.add(spend)
      await store.append('guard', { kind: 'spend', ...spend })
    },
    close: async (name) => {
      if (!tripped.delete(name))
        throw new KeeperError('not-found', `no guard ${name} is tripped: \`plimsoll guards\` lists those that are`)
      deps.closed?.(name)
      await say(name, { kind: 'close', name, atMs: now() })
    },
    limit: (next) => {
      limits = next
    },
    halts: (market) => tripped.get(tooGoodGuard(market)) ?? notAllowed(market, limits),
    state: () => [...tripped.values()],
    used: () => [
      { guard: 'daily-loss', part: partOf(window.lossWei(now()), limits.dailyLossWei) },
      { guard: 'daily-gas', part: partOf(window.gasWei(now()), limits.dailyGasWei) },
      { guard: 'notional', part: partOf(window.mostRepaidWei(now()), limits.marketNotionalWei) },
    ],
    refresh,
  }
}

/** Asked for while it is under way, it is done once more behind. */
function oneByOne(work: () => Promise<void>): () => Promise<void> {
  let turn: Promise<void> = Promise.resolve()
  return () => {
    const next = turn.then(work)
    turn = next.catch(() => undefined)
    return next
  }
}

const notAllowed = (market: string, { markets = null }: Limits): GuardState | null =>
  markets === null || markets.some((allowed) => market.toLowerCase().startsWith(allowed.toLowerCase()))
    ? null
    : { name: 'not-allowed', sinceMs: 0, detail: 'guards.markets does not name it' }

const partOf = (used: bigint, limit: bigint): number => (limit === 0n ? 1 : Number(used) / Number(limit))

const tooGoodGuard = (market: string): string => `too-good:${market}`

function standingGuard(plan: Plan, tripped: ReadonlyMap<string, GuardState>, deps: GuardDeps): Held | null {
  // Whole protocols are named by journals of before markets were.
  const whole = [...plan.steps.map(({ opportunity }) => opportunity.market), ...strategiesIn(plan)]
  const found = ['kill', ...whole.map(tooGoodGuard)].flatMap((name) => tripped.get(name) ?? [])[0]
  if (found !== undefined) return { guard: found.name, detail: found.detail }
  return deps.isKilled?.() === true ? { guard: 'kill', detail: 'the kill file is there' } : null
}

/** A plan is counted with what it would cost at worst: its own gas, and in each market what it repays there. */
function overLimit(plan: Plan, limits: Limits, window: Window, nowMs: number): Held | null {
  const gas = plan.sum.gas < 0n ? -plan.sum.gas : 0n
  const loss = window.lossWei(nowMs)
  if (loss >= limits.dailyLossWei)
    return { guard: 'daily-loss', detail: `${loss} wei lost within 24 hours, ${limits.dailyLossWei} allowed` }
  const burnt = window.gasWei(nowMs) + gas
  if (burnt > limits.dailyGasWei)
    return { guard: 'daily-gas', detail: `${burnt} wei of gas within 24 hours, ${limits.dailyGasWei} allowed` }
  for (const [market, steps] of Map.groupBy(plan.steps.entries(), ([, { opportunity }]) => opportunity.market)) {
    const own = steps.reduce((sum, [at]) => sum + (plan.worths[at]?.repaid ?? 0n), 0n)
    const all = window.repaidWei(nowMs, market) + own
    if (all <= limits.marketNotionalWei) continue
    const guard = `notional:${market}`
    return { guard, detail: `${all} wei repaid there within 24 hours, ${limits.marketNotionalWei} allowed` }
  }
  return null
}

function restore(record: Rec, tripped: Map<string, GuardState>, window: Window): void {
  const name = String(record.name)
  if (record.kind === 'trip') tripped.set(name, { name, sinceMs: Number(record.atMs), detail: String(record.detail) })
  if (record.kind === 'close') tripped.delete(name)
  if (record.kind === 'spend') window.add(spendOf(record))
}
