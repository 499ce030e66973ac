import { bidOf, type Ledger, netOf, type Played, type PlayedMiss, type Settled } from './ledger.ts'

/** Counts and sums of a tier; wei as decimal strings. */
export type Tally = {
  /** Liquidations on the chain by others, those behind our own acts apart: what there was to win. */
  readonly there: number
  readonly captured: number
  readonly missed: number
  readonly afterOurs: number
  readonly own: number
  readonly captureBps: number
  /** Of what there was, how much we knew to be below the line before its block. */
  readonly recallBps: number
  readonly won: number
  /** Won acts that nobody contested in the range. */
  readonly alone: number
  /** Of won acts, after gas and bid: as proven, or as foreseen where none was asked for. */
  readonly net: string
  readonly bids: string
  readonly misses: Readonly<Partial<Record<PlayedMiss, { readonly count: number; readonly winnersGain: string }>>>
  readonly byProtocol: readonly Share[]
  /** UTC days. */
  readonly byDay: readonly Share[]
  readonly byTrigger: readonly Share[]
}
export type Share = { readonly name: string; readonly won: number; readonly net: string; readonly bids: string }

const basis = (part: number, whole: number): number => (whole === 0 ? 0 : Math.floor((part * 10_000) / whole))

export function tallyOf({ played, settled }: Ledger): Tally {
  const count = (result: Settled['result']): number => settled.filter((one) => one.result === result).length
  const won = played.filter(({ fate }) => fate === 'won')
  const [captured, missed] = [count('captured'), count('missed')]
  const there = captured + missed
  const seen = settled.filter(({ result, since }) => since !== null && (result === 'captured' || result === 'missed'))
  const contested = new Set(settled.flatMap(({ result, played }) => (result === 'captured' ? [played?.act] : [])))
  return {
    ...{ there, captured, missed, afterOurs: count('after-ours'), own: count('own') },
    captureBps: basis(captured, there),
    recallBps: basis(seen.length, there),
    won: won.length,
    alone: won.filter(({ act }) => !contested.has(act)).length,
    ...sumsOf(won),
    misses: missesOf(settled),
    byProtocol: sharesBy(won, ({ act }) => act.plan.strategy),
    byDay: sharesBy(won, ({ act }) => new Date(act.timestamp * 1_000).toISOString().slice(0, 10)),
    byTrigger: sharesBy(won, ({ act }) => act.plan.trigger),
  }
}

const sumsOf = (won: readonly Played[]): { readonly net: string; readonly bids: string } => ({
  net: won.reduce((sum, one) => sum + netOf(one), 0n).toString(),
  bids: won.reduce((sum, one) => sum + bidOf(one), 0n).toString(),
})

function sharesBy(won: readonly Played[], nameOf: (one: Played) => string): readonly Share[] {
  const names = [...new Set(won.map(nameOf))].sort()
  return names.map((name) => {
    const some = won.filter((one) => nameOf(one) === name)
    return { name, won: some.length, ...sumsOf(some) }
  })
}

function missesOf(settled: readonly Settled[]): Tally['misses'] {
  const missed = settled.filter(({ result }) => result === 'missed')
  const reasons = [...new Set(missed.flatMap(({ why }) => (why === null ? [] : [why])))].sort()
  return Object.fromEntries(
    reasons.map((reason) => {
      const some = missed.filter(({ why }) => why === reason)
      // What one transaction gained is counted once.
      const gains = new Map(some.map(({ taken: { winner } }) => [winner.transactionHash, winner.gain ?? 0n]))
      const winnersGain = [...gains.values()].reduce((sum: bigint, gain) => sum + gain, 0n).toString()
      return [reason, { count: some.length, winnersGain }]
    }),
  )
}
