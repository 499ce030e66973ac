import type { Address, Asset } from './address.ts'
import type { Block, Log, LogFilter } from './block.ts'
import type { Book, Dirty, Folded, Market, MarketId, Patch, Position } from './book.ts'
import type { Exposure, Feed, When } from './feed.ts'
import type { Blocked, Capital, Flow, Opportunity, Terms } from './opportunity.ts'
import type { Rec } from './plain.ts'
import type { Encoded, Step } from './plan.ts'
import type { Outcome } from './receipt.ts'
import type { Scene } from './scene.ts'
import type { Trust } from './trust.ts'
import type { View } from './world.ts'

/** Named integers, the same from the book (`judge`) and from the protocol (`probe`): drift is inequality. */
export type Figures = { readonly liquidatable: boolean } & { readonly [name: string]: bigint | boolean | string }

/**
 * All a protocol author writes. Pure but for `View`: it holds no state and never sees signer, gas, relay, wall clock or
 * `process`. Methods on purpose: their variance lets the engine hold it opaquely, without a cast.
 */
export interface Strategy<M extends Rec = Rec, P extends Rec = Rec, O extends Rec = Rec> {
  /** The logs that change it; grows as markets appear. */
  watches(book: Book<M, P>): readonly LogFilter[]
  /** Who might have debt (by logs), then their state and the markets, in a bounded number of reads. */
  bootstrap(view: View): AsyncIterable<readonly Patch<M, P>[]>
  /** Patches where logs carry the change exactly, else the markets and positions now dirty. */
  fold(book: Book<M, P>, log: Log): Folded<M, P>
  /** Patches for what logs cannot carry, pinned to the block. */
  refresh(view: View, book: Book<M, P>, dirty: Dirty): Promise<readonly Patch<M, P>[]>
  feeds(book: Book<M, P>): readonly Feed[]
  /** Tokens it may have to be paid in or may hand over: exits and lenders are found for these. */
  assets(book: Book<M, P>): readonly Address[]
  /**
   * What acts on a position are paid in and what they hand over, for the list of what is not served; `null` where there
   * is nothing to act for. Where it is left out, a position stands for the tokens of its home market.
   */
  sides?(book: Book<M, P>, position: Position<P>): Sides | null
  /** Markets on the chain that nothing is done about, by configuration or for want of rules. Many reads: for `doctor`. */
  leftOut?(view: View, book: Book<M, P>): Promise<readonly LeftOut[]>
  /** For the screen: weight × feed × index, in floats. */
  exposure(book: Book<M, P>, position: Position<P>): Exposure
  /** The indices at a block: moved by time and logs, never by a feed. */
  indices(book: Book<M, P>, block: Block, market: Market<M>): readonly number[]
  /** The next second or block at which time alone changes the answer. */
  nextChange(scene: Scene<M, P>, position: Position<P>): When
  /** Named figures (health, debt, collateral): for drift, scan, console, stress. */
  judge(scene: Scene<M, P>, position: Position<P>): Figures
  /** The position after its holder's own repay (negative debt), top-up or withdrawal of an asset. */
  adjust(scene: Scene<M, P>, position: Position<P>, change: Adjustment): Position<P>
  /** Opportunities, or what blocks them, in the protocol's own integers and rounding. */
  assess(
    scene: Scene<M, P>,
    market: Market<M>,
    candidates: readonly Position<P>[],
  ): readonly (Opportunity<O> | Blocked)[]
  /** What an input gives, to the wei, and the patches that hold afterwards. */
  terms(scene: Scene<M, P>, opportunity: Opportunity<O>, input: bigint | null): Terms<M, P>
  encode(book: Book<M, P>, step: Step<O, M, P>, executor: Address): Encoded
  /**
   * The logs that tell of a liquidation, in every market of the deployment, followed or not: each transaction with an
   * outcome has one. Where it is left out, all that is watched is looked through.
   */
  liquidations?(book: Book<M, P>): readonly LogFilter[]
  /** Every liquidation in a receipt or block, ours and rivals'. */
  outcome(before: Book<M, P>, logs: readonly Log[]): readonly Outcome[]
  /** The same figures as `judge`, from the protocol itself, judged at `view.block`. */
  probe(view: View, book: Book<M, P>, position: Position<P>): Promise<Figures>
}

/**
 * Any of `owes` may be repaid for any of `gets`. `owes` in units, as stored: interest since is left out. With the capital
 * `none` nobody is paid, and `owes` only says how much is at stake.
 */
export type Sides = { readonly owes: readonly Flow[]; readonly gets: readonly Asset[]; readonly capital: Capital }

/** `owes`: of all its positions together, as stored. */
export type LeftOut = {
  readonly market: MarketId
  /** `not-chosen`: the configuration names other markets. `not-understood`: it runs rules that are not computed here. */
  readonly reason: 'not-chosen' | 'not-understood'
  readonly owes: Flow
  readonly gets: readonly Asset[]
}

/** By how much the holder's own collateral or debt in an asset moves, in units of the asset; either may be negative. */
export type Adjustment = { readonly asset: Address; readonly collateral: bigint; readonly debt: bigint }

/** `layout` is raised when a record's shape changes: older snapshots are then thrown away. */
export interface Definition<C = unknown, M extends Rec = Rec, P extends Rec = Rec, O extends Rec = Rec> {
  readonly name: string
  readonly layout: number
  /** A zod schema: what an operator may write under this protocol. */
  readonly config: { parse(input: unknown): C }
  /** Addresses of known deployments, by a name an operator may write instead. */
  readonly presets: { readonly [name: string]: unknown }
  create(config: C): Strategy<M, P, O>
  /** What the executor's owner must have registered for it; absent where nothing need be. */
  trusts?(view: View, config: C): Promise<readonly Trust[]>
}

/** Identity that infers the types: the default export of `strategies/<name>/index.ts`. */
export const defineStrategy = <C, M extends Rec, P extends Rec, O extends Rec>(
  it: Definition<C, M, P, O>,
): Definition<C, M, P, O> => it
