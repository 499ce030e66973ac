import { lenderOf, token } from '../../sandbox/pool-records.ts'
import { overlay } from '../../src/book/overlay.ts'
import { type Address, address, type Hex } from '../../src/core/address.ts'
import { type Book, marketId, type Position, positionId } from '../../src/core/book.ts'
import { amount, bps, least, wei } from '../../src/core/numbers.ts'
import type { Opportunity, Segment, Terms } from '../../src/core/opportunity.ts'
import { call } from '../../src/core/program.ts'
import type { Scene } from '../../src/core/scene.ts'
import type { Strategy } from '../../src/core/strategy.ts'
import { encodeProgram } from '../../src/execution/encode-order.ts'
import type { Lender, PoolEntry } from '../../src/quote/exchange.ts'
import type { Candidate, QuoteRequest } from '../../src/quote/plan.ts'
import { sceneAfter } from '../../src/scene/scene.ts'
import type { Sellable } from './exhaustive.ts'

export { lenderOf, pairOf, poolOf, token } from '../../sandbox/pool-records.ts'

/** Wrapped native: the first token. */
export const W = token(0)
const pool = address('0x00000000000000000000000000000000000aaaaa')

/** Terms as Aave's: so much seized per unit repaid, less the protocol's part, up to the collateral. */
export type Stub = {
  readonly id: string
  readonly collateral: Address
  readonly debt: Address
  /** Seized for `den` repaid. */
  readonly num: bigint
  readonly den: bigint
  readonly segments: readonly Segment[]
}

const unused = (): never => {
  throw new Error('not of this stub')
}

export const seizedFor = ({ num, den }: Pick<Stub, 'num' | 'den'>, repaid: bigint): bigint => (repaid * num) / den

/** For the exhaustive search. */
export const sellableOf = (stub: Stub): Sellable => ({
  ...stub,
  terms: (input) => ({ repay: input, seized: seizedFor(stub, input) }),
})

/** A strategy of positions given by hand; the market's data is nothing. */
export function stubStrategy(stubs: readonly Stub[]): { module: Strategy; candidates: readonly Candidate[] } {
  const positions = new Map(
    stubs.map((one): [string, Position] => [
      one.id,
      { id: positionId(one.id), market: marketId('m'), owner: null, data: one },
    ]),
  )
  const book: Book = {
    market: () => ({ id: marketId('m'), epoch: 0, data: {} }),
    markets: () => [],
    position: (id) => positions.get(id),
    positions: () => positions.values(),
    positionsOf: () => positions.values(),
  }
  const scene: Scene = {
    id: 's',
    block: { number: 1, timestamp: 1, baseFee: wei(0n), parentHash: '0x00' },
    trigger: 'head',
    book,
    feed: () => null,
    before: [],
  }
  const opportunityOf = (one: Stub): Opportunity => ({
    id: one.id,
    kind: 'liquidate',
    market: marketId('m'),
    positions: [positionId(one.id)],
    pays: { asset: one.debt, spender: pool },
    gets: [one.collateral],
    capital: 'before',
    feasible: { input: 'debtToCover', segments: one.segments },
    data: one,
  })
  const terms = (one: Stub, input: bigint): Terms => ({
    repay: amount(input),
    seized: [{ asset: one.collateral, amount: amount(seizedFor(one, input)) }],
    rewards: [],
    badDebt: amount(0n),
    tags: [],
    // Taken once, whatever is left.
    after: [{ op: 'drop-position', id: positionId(one.id) }],
  })
  const module: Strategy = {
    watches: unused,
    bootstrap: unused,
    fold: unused,
    refresh: unused,
    feeds: unused,
    assets: unused,
    exposure: unused,
    indices: unused,
    nextChange: unused,
    judge: unused,
    adjust: unused,
    assess: (_scene, _market, candidates) => candidates.map(({ data }) => opportunityOf(data as Stub)),
    terms: (_scene, { data }, input) => terms(data as Stub, input ?? 0n),
    encode: () => ({ prepare: [], act: (payload: Hex) => call(pool, payload), callback: null, finish: [] }),
    outcome: unused,
    probe: unused,
  }
  return {
    module,
    candidates: stubs.map((one) => ({ strategy: 'stub', module, scene, opportunity: opportunityOf(one) })),
  }
}

export function requestOf(
  stubs: readonly Stub[],
  pools: readonly PoolEntry[],
  rest: { gasPrice?: bigint; feeBps?: bigint; lenders?: readonly Lender[]; limit?: number } = {},
): QuoteRequest {
  return {
    block: { number: 1, timestamp: 1, baseFee: wei(0n), parentHash: '0x00' },
    trigger: 'head',
    candidates: stubStrategy(stubs).candidates,
    exchange: { pools, wrapped: W },
    lenders: rest.lenders ?? [lenderOf(rest.feeBps ?? 0n)],
    executor: token(999),
    payload: encodeProgram,
    leave: (scene, patches) => sceneAfter(scene, patches, overlay),
    gas: { units: () => undefined, price: wei(rest.gasPrice ?? 0n), limit: rest.limit ?? 16_000_000 },
    tipShareBps: bps(0n),
    minimumNet: wei(0n),
    driftPpm: 0,
    joinPpm: 0,
  }
}

/** The whole of it, and no less than 2 where it is cut: Aave's dust rule leaves a gap below the full amount. */
export const withGap = (full: bigint, dust: bigint): readonly Segment[] =>
  dust >= full
    ? [{ from: full, to: full }]
    : [
        { from: 2n, to: full - dust },
        { from: full, to: full },
      ]

export const upTo = (full: bigint): readonly Segment[] => [{ from: least(2n, full), to: full }]
