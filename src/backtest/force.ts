import { gasFreeProfit } from '#core/plan.ts'
import type { Act, ChunkOutput } from './chunk-output.ts'
import type { Proof } from './proof.ts'

/** A plan left as unprofitable, sent all the same where it would have stood. Wei as decimal strings. */
export type ForcedRow = {
  readonly block: number
  readonly positions: readonly string[]
  /** After gas and bid. */
  readonly foreseen: string
  /**
   * `lost`: the executor itself says by how much; `short`: it did not gain what it had borrowed, so nothing went through;
   * `paid`: it left what was demanded, and was left out wrongly; `reverted`: for another reason.
   */
  readonly outcome: 'lost' | 'short' | 'paid' | 'reverted'
  /** What would have remained, by the executor's own count; `null` where it did not come so far. */
  readonly net: string | null
  readonly why: string
  /** Units: an estimate that is too high leaves what would have paid. */
  readonly gas: { readonly foreseen: number; readonly actual: number }
}

const forcedMost = 20
/** The executor's own word: what was left, and what was demanded. */
const shortfall = /^BelowMinimum\((-?\d+), (\d+)\)$/

/** Some of the plans that were left, evenly among those drawn. */
export async function force(
  chunks: readonly ChunkOutput[],
  prove: (acts: readonly Act[]) => Promise<readonly (Proof | null)[]>,
): Promise<readonly ForcedRow[]> {
  const all = chunks.flatMap(({ left }) => left)
  const step = Math.max(1, Math.floor(all.length / forcedMost))
  const chosen = all.filter((_, at) => at % step === 0).slice(0, forcedMost)
  const proofs = await prove(chosen)
  return chosen.flatMap((act, at): ForcedRow[] => {
    const proof = proofs[at] ?? null
    return proof === null ? [] : [rowOf(act, proof)]
  })
}

function rowOf({ block, plan }: Act, proof: Proof): ForcedRow {
  const gas = { foreseen: plan.gasUnits, actual: proof.gasUsed }
  const about = { block, positions: plan.positions, foreseen: plan.sum.net.toString(), gas }
  if (proof.status === 'included') return { ...about, outcome: 'paid', net: proof.net.toString(), why: '' }
  const found = shortfall.exec(proof.why)
  if (found !== null) return { ...about, outcome: 'lost', net: found[1] ?? null, why: proof.why }
  const isShort = gasFreeProfit(plan.sum) < 0n
  return { ...about, outcome: isShort ? 'short' : 'reverted', net: null, why: proof.why }
}
