import type { Address, Hex } from '#core/address.ts'
import type { Book, PositionId } from '#core/book.ts'
import type { Rec } from '#core/plain.ts'
import type { Encoded, Step } from '#core/plan.ts'
import type { View } from '#core/world.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** A transaction that somebody makes. */
export type Deed = { readonly from: Address; readonly to: Address; readonly data: Hex; readonly value?: bigint }

/** What a chain may offer beyond taking transactions: checks that need it are told as not run where it is missing. */
export type Capability =
  /** `evm_snapshot` and `evm_revert`: a block can be undone. */
  | 'rewind'
  /** Blocks come when asked for, at a timestamp of our choosing. */
  | 'time'
  /** Price feeds give the answers we choose. */
  | 'prices'

/** Where a protocol is played with: the private chain, or one given from outside. */
export interface Ground {
  readonly rpc: Rpc
  readonly can: (what: Capability) => boolean
  /** Users of the protocol, with native currency. */
  readonly actors: readonly Address[]
  /** Whether somebody's transactions can be sent: all on the private chain, those whose keys were given elsewhere. */
  readonly speaksFor: (who: Address) => boolean
  /** Two who liquidate, with native currency. */
  readonly liquidator: Address
  readonly rival: Address
  /** Into the mempool, in the order of the calls; it lands with the next block. */
  readonly send: (deed: Deed) => Promise<Hex>
  /** One block with what waits; `timestamp` in seconds where time can be chosen. A view of it. */
  readonly mine: (timestamp?: number) => Promise<View>
  /** Sends, mines, and looks: for setting up. @throws `reverted` naming the first that failed. */
  readonly settle: (deeds: readonly Deed[], timestamp?: number) => Promise<View>
  /** Brings so many units of a token to somebody. */
  readonly gift: (token: Address, to: Address, units: bigint) => readonly Deed[]
  /** Makes a price feed give this answer, in its own unit. */
  readonly price: (feed: Address, answer: bigint) => Promise<Deed>
}

/** How a protocol comes to the private chain. `A`: the addresses of a deployment, as a file of them is written. */
export interface Deployment<A> {
  /** `Morpho Blue 1.0.0`: for the table. */
  readonly name: string
  /** `fork`: official contracts of a fork. `stand-in`: our own, written from the protocol's source or documents. */
  readonly contracts: 'official' | 'fork' | 'stand-in'
  /** What stands in beside them, in words; empty where nothing does. */
  readonly standIns: string
  /** Why it cannot be deployed here, and what brings it: packages too heavy to be installed with the others. */
  readonly absent?: string
  /** Deploys on the private chain, with its tokens and feeds; senders are impersonated, and `world.batch` keeps their nonces. */
  deploy(world: World): Promise<A>
  /**
   * A few positions for the demonstration, of 5,000 to 60,000 dollars, near the line, that a fall of the world's WETH or
   * WBTC by a tenth to a half brings below it; by a label each. Senders are impersonated.
   */
  populate?(world: World, addresses: A): Promise<readonly { readonly label: string; readonly address: Address }[]>
}

/** A deployment ready to be played with. */
export interface Scenario {
  /** Every address a call of this deployment may go to, or a token may be approved for. */
  readonly known: readonly Address[]
  /** The feeds that judge positions, with their answers now: the suite moves them. */
  readonly prices: readonly { readonly feed: Address; readonly answer: bigint }[]
  /** What carries moved prices into a protocol that keeps its own (a poke); sent after every move. */
  carry?(): readonly Deed[]
  /** Opens a healthy position of somebody's, near the line, of a kind drawn at random; several blocks may pass. */
  open(who: Address, random: Random): Promise<PositionId>
  /** Something anybody may do now, drawn at random, rivals' liquidations among it; what the protocol refuses is refused. */
  deed(book: Book, random: Random): readonly Deed[]
  /** A change of a parameter that decides who can be liquidated or what it yields; `null` where there is none. */
  parameter(book: Book, random: Random): readonly Deed[] | null
  /** Tokens and allowances, so that somebody can act alone: without a loan, without a callback. */
  arm(who: Address): readonly Deed[]
  /**
   * A step as a plain account does it, `encoded` as the strategy that is looked at encodes it. Absent: `prepare`, `act`
   * with no program inside, `finish`.
   */
  act?(book: Book, step: Step, who: Address, encoded: Encoded): readonly Deed[]
  /** Fields of records that only later blocks see (a rate to come): not compared with what `terms` says of this block. */
  readonly later: readonly string[]
}

/** All the conformance suite needs of a protocol: the default export of `strategies/<name>/fixture/index.ts`. */
export interface Fixture<A = unknown> {
  /** Its folder's name. */
  readonly strategy: string
  /** A zod schema of a deployment's addresses, tokens and feeds: what `conformance --addresses` reads. */
  readonly addresses: { parse(input: unknown): A }
  /** What an operator writes under this strategy for such a deployment. */
  config(addresses: A): Rec
  /** None where npm has no contracts to deploy. */
  readonly deployments: readonly Deployment<A>[]
  attach(ground: Ground, addresses: A): Promise<Scenario>
}

/** A protocol that a private chain is to have: by its fixture's first deployment, or another of them. */
export type Played = { readonly fixture: Fixture; readonly deployment?: Deployment<unknown> }

/** Identity that infers the types. */
export const defineFixture = <A>(it: Fixture<A>): Fixture<A> => it
