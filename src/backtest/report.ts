import type { ChunkOutput, Planned, Taken, Tier } from './chunk-output.ts'
import type { ForcedRow } from './force.ts'
import type { Range } from './history-world.ts'
import type { Ledger, Played, Settled } from './ledger.ts'
import { type Parity, parityOf } from './parity.ts'
import type { Difference, Proof } from './proof.ts'
import type { SensitivityRow } from './sensitivity.ts'
import { type Tally, tallyOf } from './tally.ts'

/** Amounts are decimal strings, in wei or in smallest units; shares in basis points. */
export type PlanRow = {
  readonly id: string
  readonly strategy: string
  readonly trigger: string
  readonly positions: readonly string[]
  readonly sum: Readonly<Record<keyof Planned['sum'], string>>
  readonly bid: string
  readonly gasUnits: number
  readonly shape: string
  readonly legs: readonly {
    readonly venue: string
    readonly pool: string
    readonly sell: string
    readonly sold: string
    readonly buy: string
    readonly bought: string
  }[]
}
export type ActRow = {
  /** The block it was meant for. */
  readonly block: number
  readonly timestamp: number
  readonly behind: readonly string[]
  readonly fate: Played['fate']
  /** The transaction that stood against it. */
  readonly rival: string | null
  readonly plan: PlanRow
  readonly proof: ProofRow | null
}
/** What the chain said, run where the act would have stood. */
export type ProofRow =
  | {
      readonly status: 'included'
      readonly gasUsed: number
      readonly gained: string
      readonly tip: string
      readonly bid: string
      readonly net: string
      readonly differs: readonly Difference[]
    }
  | { readonly status: 'reverted'; readonly why: string; readonly gasUsed: number }
export type LiquidationRow = {
  readonly block: number
  readonly timestamp: number
  readonly transactionIndex: number
  readonly transactionHash: string
  readonly strategy: string
  readonly kind: string
  readonly market: string
  readonly position: string
  readonly result: Settled['result']
  readonly why: string | null
  readonly detail: string
  /** The first block for which we knew it to be below the line, and how many blocks that was before it was taken. */
  readonly since: number | null
  readonly seenBlocksBefore: number | null
  /** What we said of it for that block: `act`, a skip's reason, or nothing. */
  readonly said: string | null
  readonly ours: PlanRow | null
  readonly repaid: { readonly asset: string; readonly amount: string } | null
  readonly seized: readonly { readonly asset: string; readonly amount: string }[]
  readonly badDebt: string
  readonly winner: {
    readonly by: string | null
    readonly from: string
    readonly to: string | null
    readonly gasUsed: number
    readonly bid: string
    readonly isBidWhole: boolean
    /** Liquidations in the same transaction: gas, bid and gain are of all of them. */
    readonly liquidations: number
    readonly gain: string | null
    readonly flows: readonly { readonly asset: string; readonly amount: string }[]
  }
}
export type TierReport = Tally & { readonly liquidations: readonly LiquidationRow[]; readonly acts: readonly ActRow[] }

/**
 * What tokens call themselves, by their address in lower case: anybody may call a token anything. `null` where it answers
 * none; what is not there was not asked, or is not recorded.
 */
export type Tokens = Readonly<Record<string, { readonly symbol: string | null; readonly decimals: number | null }>>

export type Report = {
  readonly version: 1
  readonly chainId: number
  readonly range: Range
  readonly tokens: Tokens
  readonly chunks: number
  readonly positions: number
  /** Acts that were run on the chain's own state; `null`: none was to be. */
  readonly proofs: number | null
  readonly tiers: Readonly<Record<Tier, TierReport>>
  readonly parity: readonly Parity[]
  /** Of the committed tier, as foreseen. */
  readonly sensitivity: readonly SensitivityRow[]
  /** Plans left as unprofitable, forced all the same. */
  readonly forced: readonly ForcedRow[]
  readonly reasons: Readonly<Record<string, number>>
  readonly faults: readonly string[]
}

export type ReportParts = {
  readonly range: Range
  readonly chainId: number
  readonly chunks: readonly ChunkOutput[]
  readonly committed: Ledger
  readonly hinted: Ledger
  readonly proofs: number | null
  readonly sensitivity: readonly SensitivityRow[]
  readonly forced: readonly ForcedRow[]
  readonly tokens: Tokens
}

export function reportOf({ range, chainId, chunks, committed, hinted, proofs, ...more }: ReportParts): Report {
  const reasons = new Map<string, number>()
  for (const chunk of chunks)
    for (const [reason, count] of Object.entries(chunk.reasons)) reasons.set(reason, (reasons.get(reason) ?? 0) + count)
  return {
    ...{ version: 1, chainId, range, tokens: more.tokens, chunks: chunks.length, proofs },
    positions: Math.max(0, ...chunks.map((chunk) => chunk.positions)),
    tiers: { committed: tierOf(committed), hinted: tierOf(hinted) },
    parity: parityOf(chunks.flatMap(({ taken }) => taken)),
    ...{ sensitivity: more.sensitivity, forced: more.forced },
    reasons: Object.fromEntries([...reasons].sort(([a], [b]) => (a < b ? -1 : 1))),
    faults: chunks.flatMap(({ faults }) => faults),
  }
}

const tierOf = (ledger: Ledger): TierReport => ({
  ...tallyOf(ledger),
  liquidations: ledger.settled.map(liquidationRow),
  acts: ledger.played.map(actRow),
})

const actRow = ({ act, fate, rival, proof }: Played): ActRow => ({
  ...{ block: act.block, timestamp: act.timestamp, behind: act.behind, fate },
  rival: rival?.winner.transactionHash ?? null,
  plan: planRow(act.plan),
  proof: proof === null ? null : proofRow(proof),
})

function proofRow(proof: Proof): ProofRow {
  if (proof.status === 'reverted') return proof
  const { gained, tip, bid, net, ...rest } = proof
  return { ...rest, gained: gained.toString(), tip: tip.toString(), bid: bid.toString(), net: net.toString() }
}

function liquidationRow({ taken, result, why, detail, played, since }: Settled): LiquidationRow {
  const { block, timestamp, strategy, kind, market, position, repaid, seized, badDebt, winner, by } = taken
  const ours = played?.act.plan ?? taken.committed?.plan ?? taken.hinted?.plan ?? null
  return {
    ...{ block, timestamp, strategy, kind, market, position, result, why, detail, since },
    ...{ transactionIndex: winner.transactionIndex, transactionHash: winner.transactionHash },
    seenBlocksBefore: since === null ? null : block - since,
    said: saidOf(taken),
    ours: ours === null ? null : planRow(ours),
    repaid: repaid === null ? null : flowRow(repaid),
    seized: seized.map(flowRow),
    badDebt: badDebt.toString(),
    winner: {
      ...{ by, from: winner.from, to: winner.to, gasUsed: winner.gasUsed, bid: winner.bid.toString() },
      ...{ isBidWhole: winner.isBidWhole, liquidations: winner.liquidations },
      gain: winner.gain?.toString() ?? null,
      flows: winner.flows.map(flowRow),
    },
  }
}

const saidOf = ({ committed, hinted }: Taken): string | null => committed?.said ?? hinted?.said ?? null

const flowRow = ({ asset, amount }: { readonly asset: string; readonly amount: bigint }) => ({
  asset,
  amount: amount.toString(),
})

export const planRow = ({ sum, bid, legs, repaid: _repaid, seized: _seized, ...rest }: Planned): PlanRow => ({
  ...rest,
  sum: Object.fromEntries(Object.entries(sum).map(([name, term]) => [name, term.toString()])) as PlanRow['sum'],
  bid: bid.toString(),
  legs: legs.map(({ sold, bought, ...leg }) => ({ ...leg, sold: sold.toString(), bought: bought.toString() })),
})
