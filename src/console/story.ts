import type { Miss } from '#core/miss.ts'
import type { Wei } from '#core/numbers.ts'
import type { Rec } from '#core/plain.ts'
import type { Board, Row } from './board.ts'

/** How far an opportunity has come. */
export type Stage = 'seen' | 'assessed' | 'sent' | 'included' | 'lost'

/** A verdict as it is told of; `record` is what the journal keeps of it, the whole sum with it. */
export type ToldVerdict = {
  readonly atMs: number
  readonly block: number
  readonly trigger: string
  readonly protocol: string
  readonly positions: readonly string[]
  readonly do: 'act' | 'skip'
  readonly reason: string
  readonly detail: string
  readonly plan: string | null
  readonly net: Wei | null
  readonly record: Rec
}
export type ToldIntent = {
  readonly plan: string
  readonly hash: string
  readonly via: string
  readonly lane: string
  readonly nonce: number
  readonly block: number
  readonly lastBlock: number
  readonly trigger: string
  readonly positions: readonly string[]
  readonly variants: number
  readonly net: Wei
}
export type Gain = { readonly plan: string; readonly atMs: number; readonly block: number; readonly net: Wei }

/** What happens to opportunities, kept as far as a page shows it. Nothing is awaited. */
export interface Story {
  readonly verdict: (told: ToldVerdict) => void
  readonly intent: (told: ToldIntent, atMs: number) => void
  readonly fate: (plan: string, status: string, detail: string, sendMs: number | null) => void
  readonly gain: (one: Gain) => void
  readonly miss: (miss: Miss, atMs: number) => void
  readonly missTakenBack: (miss: Miss) => void
  /** The whole record of a verdict that is still listed. */
  readonly record: (key: string) => Rec | null
  /** Puts what has changed on the board. */
  readonly show: (board: Board) => void
}

const verdictsMost = 120
const bundlesMost = 60
const missesMost = 60
const gainsMost = 2_000
/** Of positions that are counted once, so many are remembered. */
const countedMost = 200_000

type VerdictRow = Row &
  Omit<ToldVerdict, 'record' | 'positions'> & { stage: Stage; readonly positions: readonly string[] }
type BundleRow = Row &
  ToldIntent & { atMs: number; status: string; detail: string; gained: Wei | null; sendMs: number | null }

export function createStory(): Story {
  const verdicts = new Map<string, { row: VerdictRow; readonly record: Rec }>()
  const bundles = new Map<string, BundleRow>()
  const misses = new Map<string, Row & { readonly atMs: number; readonly miss: Miss }>()
  const gains = new Map<string, Gain>()
  const stages = {
    seen: new Set<string>(),
    assessed: new Set<string>(),
    sent: new Set<string>(),
    included: new Set<string>(),
  }
  const reasons = new Map<string, number>()
  const missReasons = new Map<string, number>()
  let told = 0

  const reach = (stage: keyof typeof stages, positions: readonly string[]): void => {
    const set = stages[stage]
    for (const position of positions) if (set.size < countedMost) set.add(position)
  }
  const move = (plan: string, stage: Stage): void => {
    for (const one of verdicts.values()) if (one.row.plan === plan) one.row = { ...one.row, stage }
  }
  const count = (counts: Map<string, number>, name: string, by: number): void => {
    counts.set(name, (counts.get(name) ?? 0) + by)
  }
  return {
    verdict: ({ record, ...one }) => {
      told += 1
      const key = `v${told}`
      verdicts.set(key, { row: { key, ...one, stage: one.net === null ? 'seen' : 'assessed' }, record })
      keepNewest(verdicts, verdictsMost)
      reach('seen', one.positions)
      if (one.net !== null) reach('assessed', one.positions)
      if (one.do === 'skip') count(reasons, one.reason, 1)
    },
    intent: (intent, atMs) => {
      bundles.set(intent.plan, {
        ...{ key: intent.plan, ...intent, atMs, status: 'ready', detail: '', gained: null, sendMs: null },
      })
      keepNewest(bundles, bundlesMost)
    },
    fate: (plan, status, detail, sendMs) => {
      const bundle = bundles.get(plan)
      if (bundle !== undefined) {
        const kept = status === 'final' ? bundle.status : status
        bundles.set(plan, { ...bundle, status: kept, detail, sendMs: sendMs ?? bundle.sendMs })
        if (status === 'sent') reach('sent', bundle.positions)
        if (status === 'included') reach('included', bundle.positions)
      }
      if (status === 'sent' || status === 'included') move(plan, status)
      if (lost.has(status)) move(plan, 'lost')
      if (status === 'unwound') gains.delete(plan)
    },
    gain: (one) => {
      gains.set(one.plan, one)
      keepNewest(gains, gainsMost)
      const bundle = bundles.get(one.plan)
      if (bundle !== undefined) bundles.set(one.plan, { ...bundle, gained: one.net })
    },
    miss: (miss, atMs) => {
      const key = nameOf(miss)
      if (!misses.has(key)) count(missReasons, miss.why, 1)
      misses.set(key, { key, atMs, miss })
      keepNewest(misses, missesMost)
    },
    missTakenBack: (miss) => {
      if (misses.delete(nameOf(miss))) count(missReasons, miss.why, -1)
    },
    record: (key) => verdicts.get(key)?.record ?? null,
    show: (board) => {
      const counts = Object.fromEntries(Object.entries(stages).map(([stage, set]) => [stage, set.size]))
      board.put('funnel', { ...counts, reasons: inOrder(reasons) })
      board.putRows(
        'verdicts',
        {},
        newestFirst(verdicts).map(({ row }) => row),
      )
      board.putRows('bundles', {}, newestFirst(bundles))
      const all = [...gains.values()]
      board.put(
        'profit',
        all.map(({ atMs, block, net }) => ({ atMs, block, net })),
      )
      board.putRows('misses', { reasons: inOrder(missReasons) }, newestFirst(misses).map(missRow))
    },
  }
}

const lost: ReadonlySet<string> = new Set(['refused', 'withheld', 'reverted', 'dropped', 'unwound'])
const nameOf = ({ outcome }: Miss): string => `${outcome.transactionHash}/${outcome.logIndex}`
const newestFirst = <T>(of: ReadonlyMap<string, T>): readonly T[] => [...of.values()].reverse()
const inOrder = (counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...counts].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1])

const missRow = ({ key, atMs, miss }: Row & { readonly atMs: number; readonly miss: Miss }) => ({
  ...{ key, atMs, block: miss.block, why: miss.why, because: miss.because, detail: miss.detail },
  ...{ protocol: miss.strategy, position: miss.outcome.position, by: miss.winner.from, tip: miss.winner.tip },
  ...{ net: miss.ours?.net ?? null, outbidBy: miss.outbidBy, hash: miss.outcome.transactionHash },
})

function keepNewest<T>(of: Map<string, T>, most: number): void {
  while (of.size > most) of.delete(of.keys().next().value ?? '')
}
