import type { ForeseenLeg } from '../execution/intent.ts'
import type { Planned, Taken } from './chunk-output.ts'

/** One of the winner's transactions, solved again where it stood. Wei as decimal strings. */
export type Parity = {
  readonly block: number
  readonly transactionHash: string
  readonly positions: readonly string[]
  /** Before bids, after gas at the base fee. */
  readonly ours: string | null
  readonly theirs: string | null
  /** Ours of theirs; `null` where either is not known, or theirs is nothing. */
  readonly ratioBps: number | null
  /** Why we would have done nothing there. */
  readonly reason: string | null
  readonly detail: string
  /** Where the swaps differ: what each sold to a pool and got. */
  readonly pools: readonly PoolDifference[]
}
type Swap = { readonly sell: string; readonly sold: string; readonly buy: string; readonly bought: string }
export type PoolDifference = { readonly pool: string; readonly ours: Swap | null; readonly theirs: Swap | null }

/** Winners, each transaction once. */
export function parityOf(taken: readonly Taken[]): readonly Parity[] {
  const byTransaction = new Map<string, Taken[]>()
  for (const one of taken) {
    if (one.isOwn) continue
    const key = one.winner.transactionHash
    byTransaction.set(key, [...(byTransaction.get(key) ?? []), one])
  }
  return [...byTransaction.values()].flatMap((those) => {
    const [first] = those
    return first === undefined ? [] : [parity(first, those)]
  })
}

function parity({ block, winner, solved }: Taken, those: readonly Taken[]): Parity {
  const ours = solved.plan === null ? null : beforeBid(solved.plan)
  const theirs = winner.gain === null ? null : winner.gain - BigInt(winner.gasUsed) * winner.baseFee
  const isKnown = ours !== null && theirs !== null && theirs > 0n
  return {
    ...{ block, transactionHash: winner.transactionHash, positions: those.map(({ position }) => position) },
    ours: ours?.toString() ?? null,
    theirs: theirs?.toString() ?? null,
    ratioBps: isKnown ? Number((ours * 10_000n) / theirs) : null,
    ...{ reason: solved.reason, detail: solved.detail },
    pools: differences(solved.plan?.legs ?? [], winner.legs),
  }
}

/** What is left after gas at the base fee: the priority fee is part of the bid. */
const beforeBid = ({ sum, bid }: Planned): bigint => sum.net + bid

function differences(ours: readonly ForeseenLeg[], theirs: readonly ForeseenLeg[]): readonly PoolDifference[] {
  const pools = [...new Set([...ours, ...theirs].map(({ pool }) => pool))]
  const swapIn = (legs: readonly ForeseenLeg[], pool: string): Swap | null => {
    const leg = legs.find((one) => one.pool === pool)
    if (leg === undefined) return null
    return { sell: leg.sell, sold: leg.sold.toString(), buy: leg.buy, bought: leg.bought.toString() }
  }
  return pools
    .map((pool) => ({ pool, ours: swapIn(ours, pool), theirs: swapIn(theirs, pool) }))
    .filter((one) => JSON.stringify(one.ours) !== JSON.stringify(one.theirs))
}
