import type { Act } from './chunk-output.ts'
import type { Ledger } from './ledger.ts'
import type { Proof } from './proof.ts'

/** What was proven so far, by act. */
export type Proofs = { readonly of: (act: Act) => Proof | null; readonly count: () => number }

const keyOf = ({ block, plan, behind }: Act): string => `${block}/${plan.id}/${behind.join()}`
/** Each round what was refuted makes room for what is asked about in the next. */
const roundsMax = 50

/**
 * Plays, proves what would win or was told apart by its bid, and plays again with what the chain said, until nothing
 * that counts is unproven. @returns the proofs; `prove`'s errors are the caller's.
 */
export async function proveAll(
  playWith: (proof: (act: Act) => Proof | null) => readonly Ledger[],
  /** In the order asked; `null` where it cannot be. */
  prove: (acts: readonly Act[]) => Promise<readonly (Proof | null)[]>,
): Promise<Proofs> {
  const proofs = new Map<string, Proof | null>()
  const of = (act: Act): Proof | null => proofs.get(keyOf(act)) ?? null
  for (let round = 0; round < roundsMax; round += 1) {
    const wanted = new Map<string, Act>()
    for (const { played } of playWith(of))
      for (const { act, fate } of played)
        if ((fate === 'won' || fate === 'outbid') && !proofs.has(keyOf(act))) wanted.set(keyOf(act), act)
    if (wanted.size === 0) break
    const found = await prove([...wanted.values()])
    for (const [at, key] of [...wanted.keys()].entries()) proofs.set(key, found[at] ?? null)
  }
  return { of, count: () => [...proofs.values()].filter((one) => one !== null).length }
}
