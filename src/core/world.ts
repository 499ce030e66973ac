import type { Address, Hex } from './address.ts'
import type { Block, Log, LogFilter } from './block.ts'
import type { Rec } from './plain.ts'

/**
 * What happens to the keeper, in one order. `atMs` is the only wall time a verdict may see; `atNs`, on the monotonic
 * clock, is for measuring alone.
 */
export type Input = { readonly order: number; readonly atMs: number; readonly atNs: bigint } & (
  | {
      readonly kind: 'head'
      /** It was given before, with other logs: the book undoes it, and folds these. The chain itself is as it was. */
      readonly again?: boolean
      readonly hash: Hex
      readonly block: Block
      readonly gasUsed: bigint
      readonly gasLimit: bigint
      readonly logs: readonly Log[]
    }
  | { readonly kind: 'pending'; readonly raw: Hex }
  | { readonly kind: 'hint'; readonly source: string; readonly body: Rec }
  | { readonly kind: 'timer'; readonly name: string }
  | { readonly kind: 'command'; readonly body: Rec }
)

export type Read = { readonly to: Address; readonly data: Hex }

/** Reads at one block, by its hash. */
export interface View {
  readonly block: Block
  /** One answer a call, in order; `null` where it reverts. @throws `rpc-unreachable`, `rpc-refused` (retryable). */
  readonly call: (calls: readonly Read[]) => Promise<readonly (Hex | null)[]>
  readonly storage: (slots: readonly { readonly of: Address; readonly slot: Hex }[]) => Promise<readonly Hex[]>
  /** In pages, oldest first, up to and with this view's block. */
  readonly logs: (filter: LogFilter, fromBlock: number) => AsyncIterable<readonly Log[]>
  /** The same state, with calls made as in the next block, so many seconds later. */
  readonly ahead: (seconds: number) => View
}

/** One signed transaction per block it was computed for; all on one nonce, so that only one can land. */
export type Submission = {
  readonly via: 'bundle' | 'private' | 'public'
  readonly transactions: readonly {
    readonly raw: Hex
    readonly hash: Hex
    readonly block: number
    readonly before: readonly Hex[]
  }[]
  readonly lane: string
  readonly nonce: number
}

/** The one seam: what the pipeline is given, and all it can reach. An answer falls between two inputs. */
export interface World {
  readonly inputs: AsyncIterable<Input>
  readonly at: (blockHash: Hex) => View
  readonly clock: {
    readonly wake: (name: string, when: { readonly atMs: number }) => void
    readonly monotonicNs: () => bigint
  }
  readonly send: (what: Submission) => Promise<{ readonly accepted: boolean; readonly answer: string }>
  readonly store: Store
  readonly random: (bytes: number) => Uint8Array
}

/** Streams of records, appended and read in order. `append` returns when the record would survive a power cut. */
export interface Store {
  readonly append: (stream: string, record: Rec) => Promise<void>
  readonly read: (stream: string, from: number) => AsyncIterable<Rec>
}
