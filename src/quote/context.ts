import type { Address, Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { Patch } from '#core/book.ts'
import type { DataFees } from '#core/data-fees.ts'
import type { Bps, Wei } from '#core/numbers.ts'
import type { GasUnits, Plan } from '#core/plan.ts'
import type { Instruction } from '#core/program.ts'
import type { Scene, Trigger } from '#core/scene.ts'
import type { Exchange, Graph, Lender } from './exchange.ts'
import type { Candidate, Offer } from './offer.ts'
import type { Realised, Unrealised } from './realise.ts'
import type { Sizing } from './size.ts'
import type { Estimate } from './sized.ts'
import { spotPrices } from './spot-prices.ts'

export type QuoteRequest = {
  readonly block: Block
  readonly trigger: Trigger
  readonly candidates: readonly Candidate[]
  readonly exchange: Exchange
  readonly lenders: readonly Lender[]
  readonly executor: Address
  /** The scene that steps with these patches leave. */
  readonly leave: (scene: Scene, patches: readonly Patch[]) => Scene
  /** An inner program as a protocol's calldata carries it, to be handed back in its callback. */
  readonly payload: (inside: readonly Instruction[]) => Hex
  /** `units`: as learned. `price` in wei a unit; `limit`: of one transaction. */
  readonly gas: { readonly units: GasUnits; readonly price: Wei; readonly limit: number }
  /** What the chain takes beside gas, and how long the call of a program is; left out where it takes none. */
  readonly beside?: { readonly fees: DataFees; readonly bytes: (program: Plan['program']) => number }
  readonly tipShareBps: Bps
  readonly minimumNet: Wei
  /** How much more may be owed when it is included than was computed: borrowed and covered beside. */
  readonly driftPpm: number
  /**
   * Plans that do not touch each other come in one transaction where that saves more than this share of their net (gas
   * of the transaction, of a loan or a hop in common); 10,000 where it is left out. Below it they stay apart.
   */
  readonly joinPpm?: number
}

/** A request with its pools as a graph, the prices every search begins from, and what was already worked out. */
export type Context = {
  readonly request: QuoteRequest
  readonly graph: Graph
  readonly first: Float64Array
  readonly memo: {
    readonly idOf: (offer: Offer) => number
    readonly estimates: Map<string, Estimate>
    readonly chosen: Map<string, readonly Estimate[]>
    readonly opened: Map<string, Sizing>
    readonly shares: Map<Offer, number>
    readonly finished: Map<Estimate, Realised | Unrealised>
  }
}

export function contextOf(request: QuoteRequest, graph: Graph): Context {
  const ids = new Map<Offer, number>()
  const idOf = (offer: Offer): number => {
    const id = ids.get(offer) ?? ids.size
    ids.set(offer, id)
    return id
  }
  const memo = {
    idOf,
    estimates: new Map(),
    chosen: new Map(),
    opened: new Map(),
    shares: new Map(),
    finished: new Map(),
  }
  return { request, graph, first: spotPrices(graph), memo }
}
