import type { Address } from './address.ts'
import type { Log, LogFilter } from './block.ts'
import type { Book, Dirty, Folded, Patch } from './book.ts'
import type { Amount } from './numbers.ts'
import type { Rec } from './plain.ts'
import type { Trust } from './trust.ts'
import type { View } from './world.ts'

/** A lender of one transaction. What it can lend is kept as markets without positions; it holds no state. */
export interface FlashSource<M extends Rec = Rec> {
  /** What it could lend of each token, at the block. */
  discover(view: View, tokens: readonly Address[]): Promise<readonly Patch<M, never>[]>
  watches(book: Book<M>): readonly LogFilter[]
  fold(book: Book<M>, log: Log): Folded<M, never>
  refresh(view: View, book: Book<M>, dirty: Dirty): Promise<readonly Patch<M, never>[]>
  /** `null` where it does not lend the asset, or not that much of it; the fee rounded as the contract rounds. */
  lends(book: Book<M>, asset: Address, amount: Amount): { readonly lender: Address; readonly fee: Amount } | null
  /** First estimate of the wrap's gas, before any was measured. */
  readonly wrapGas: number
  /** Its loans cannot lie one inside the other: one asset a transaction. */
  readonly lendsOnce?: true
}

export interface FlashDefinition<C = unknown, M extends Rec = Rec> {
  readonly name: string
  readonly layout: number
  readonly config: { parse(input: unknown): C }
  readonly presets: { readonly [name: string]: unknown }
  create(config: C): FlashSource<M>
  /** What the executor's owner must have registered for it; absent where nothing need be. */
  trusts?(view: View, config: C): Promise<readonly Trust[]>
}

/** Identity that infers the types: the default export of `flash/<name>/index.ts`. */
export const defineFlash = <C, M extends Rec>(it: FlashDefinition<C, M>): FlashDefinition<C, M> => it
