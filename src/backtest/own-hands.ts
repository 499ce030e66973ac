import { type Address, address } from '#core/address.ts'
import { isKeeperError } from '#core/error.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Act, ChunkOutput } from './chunk-output.ts'
import type { Hands } from './hands.ts'
import { assumedExecutor, type Setup } from './history-keeper.ts'
import type { Proof } from './proof.ts'
import { type ProvingParts, prove } from './prove.ts'
import { runChunk } from './run-chunk.ts'

/** How acts are run on the chain's own state, and what they need laid over it. */
export type Proving = { readonly rpc: Rpc; readonly overridesAt: OverridesAt }
/** What lets the operator execute at an address on a block's state. */
export type OverridesAt = (at: Address, operator: Address, block: number) => Promise<object>

export type OwnParts = {
  readonly rpc: Rpc
  readonly setup: Setup
  /** `null`: nothing is proven. */
  readonly proving: Proving | null
  readonly progress?: (what: string, done: number, total: number) => void
}

/** Who executes where acts are proven. Nobody has its key. */
const prover = address('0x00000000000000000000000000506c696d736f0f')

/** This process alone, one thing after another. */
export function ownHands({ rpc, setup, proving, progress }: OwnParts): Hands {
  let placed: { readonly first: number; readonly parts: Promise<ProvingParts> } | null = null
  const partsAt = (first: number, by: Proving): Promise<ProvingParts> => {
    if (placed?.first !== first) placed = { first, parts: provingParts(setup, by, first - 1) }
    return placed.parts
  }
  return {
    runChunks: async (ranges) => {
      const total = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)
      const chunks: ChunkOutput[] = []
      let done = 0
      for (const range of ranges) {
        const onBlock = (): void => {
          done += 1
          progress?.('blocks', done, total)
        }
        chunks.push(await runChunk({ rpc, range, setup, onBlock }))
      }
      return chunks
    },
    prove: async (acts, first) => {
      if (proving === null || acts.length === 0) return acts.map(() => null)
      const parts = await partsAt(first, proving)
      const proofs: (Proof | null)[] = []
      for (const act of acts) {
        proofs.push(await proofOf(parts, act))
        progress?.('proofs', proofs.length, acts.length)
      }
      return proofs
    },
  }
}

async function provingParts({ settings }: Setup, { rpc, overridesAt }: Proving, block: number): Promise<ProvingParts> {
  const { priorityFee } = settings.execution
  const executor = settings.execution.executor ?? assumedExecutor
  return { rpc, executor, operator: prover, overrides: await overridesAt(executor, prover, block), priorityFee }
}

/** A recording proves what it was asked when it was made, and no more. */
async function proofOf(parts: ProvingParts, act: Act): Promise<Proof | null> {
  try {
    return await prove(parts, act)
  } catch (error) {
    if (isKeeperError(error, 'not-recorded')) return null
    throw error
  }
}
