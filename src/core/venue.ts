import type { Address } from './address.ts'
import type { Log, LogFilter } from './block.ts'
import type { Book, Dirty, Folded, Market, Patch } from './book.ts'
import type { Curve } from './curve.ts'
import type { Amount } from './numbers.ts'
import type { Rec } from './plain.ts'
import type { Instruction, SwapAmount } from './program.ts'
import type { Trust } from './trust.ts'
import type { View } from './world.ts'

/**
 * A place to swap. Its pools are markets without positions, kept by patches like everything else; it holds no state.
 * A pool joins two tokens; where it is used one way alone (`core/exit.ts`), the other way sells nothing.
 */
export interface Venue<P extends Rec = Rec> {
  /**
   * Every pool of the factory that joins two of `tokens`, with its whole state at the block; where `fresh` is given, only
   * those that join one of it.
   */
  discover(view: View, tokens: readonly Address[], fresh?: ReadonlySet<Address>): Promise<readonly Patch<P, never>[]>
  /** One exact quote by the chain, compared with `sell`: a pool that answers otherwise is not traded with. */
  admits(view: View, pool: Market<P>): Promise<boolean>
  watches(book: Book<P>): readonly LogFilter[]
  fold(book: Book<P>, log: Log): Folded<P, never>
  refresh(view: View, book: Book<P>, dirty: Dirty): Promise<readonly Patch<P, never>[]>
  tokens(pool: Market<P>): readonly [Address, Address]
  /** Exact, rounded as the contract rounds; `null` where the contract would revert or cannot take it all. */
  sell(pool: Market<P>, token: Address, amount: Amount): { readonly bought: Amount; readonly after: Market<P> } | null
  /**
   * The least of `token` whose sale buys at least so much. Absent or `null` where there is no closed form: it is then
   * searched for by `sell`.
   */
  leastToBuy?(pool: Market<P>, token: Address, bought: Amount): Amount | null
  /** Float, for sizing: selling `token`, as far as there is something to buy. Kept by the pool's record where it is dear. */
  curve(pool: Market<P>, token: Address): Curve
  swap(pool: Market<P>, token: Address, sells: SwapAmount, minimum: Amount): Instruction
  /** First estimate of a hop's gas, before any was measured. */
  readonly hopGas: number
  /**
   * Time alone moves its pools, and one way through a pool may lead to a token nobody named. They are read ahead, for the
   * next block, again with every head; what they lead to is looked for in turn.
   */
  readonly isTimed?: true
  /** The one contract that pays out for all its pools, where there is one: what it has lent meanwhile it cannot pay. */
  readonly holder?: Address
}

export interface VenueDefinition<C = unknown, P extends Rec = Rec> {
  readonly name: string
  readonly layout: number
  readonly config: { parse(input: unknown): C }
  readonly presets: { readonly [name: string]: unknown }
  create(config: C): Venue<P>
  /** What the executor's owner must have registered for it; absent where nothing need be. */
  trusts?(view: View, config: C): Promise<readonly Trust[]>
}

/** Identity that infers the types: the default export of `venues/<name>/index.ts`. */
export const defineVenue = <C, P extends Rec>(it: VenueDefinition<C, P>): VenueDefinition<C, P> => it
