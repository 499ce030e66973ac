import { symbols, type TokenSymbol, tokenData, unitsWorth, v2Pairs, v3Pools } from '../sandbox/market-data.ts'
import { lenderOf, pairOf, poolOf } from '../sandbox/pool-records.ts'
import { seeded } from '../sandbox/uniswap-chain.ts'
import { overlay } from '../src/book/overlay.ts'
import { type Address, address } from '../src/core/address.ts'
import type { Book, Market, PositionId } from '../src/core/book.ts'
import { feedId } from '../src/core/feed.ts'
import { bps, RAY, wei } from '../src/core/numbers.ts'
import { isBlocked, type Opportunity } from '../src/core/opportunity.ts'
import type { Scene } from '../src/core/scene.ts'
import type { Strategy } from '../src/core/strategy.ts'
import { encodeProgram } from '../src/execution/encode-order.ts'
import type { Lender, PoolEntry } from '../src/quote/exchange.ts'
import { type Quoted, type QuoteRequest, quote } from '../src/quote/plan.ts'
import { sceneAfter } from '../src/scene/scene.ts'
import aave from '../strategies/aave-v3/index.ts'
import {
  type AaveMarket,
  type AavePosition,
  type Account,
  accountId,
  poolId,
  reserveId,
} from '../strategies/aave-v3/records.ts'

const at = (index: number): Address => address(`0x${(index + 1).toString(16).padStart(40, '0')}`)
const tokenOf = Object.fromEntries(symbols.map((symbol, i) => [symbol, at(i)])) as Readonly<
  Record<TokenSymbol, Address>
>
const aavePool = at(500)
const provider = at(501)
const block = {
  number: 20_000_000,
  timestamp: 1_700_000_012,
  baseFee: wei(2_000_000_000n),
  parentHash: `0x${'5'.repeat(64)}` as const,
}
const spot = (symbol: TokenSymbol): number => Number(tokenData[symbol].price) / 10 ** (8 + tokenData[symbol].decimals)

/** The sandbox's 17 pools as records, each a little off the feeds; they are of four venues: two factories of each kind. */
export function poolsOf(random: () => number, noise: number): readonly PoolEntry[] {
  const off = (): number => 1 + (random() - 0.5) * noise
  const v3 = v3Pools.map(({ pair: [a, b], fee, ranges }): PoolEntry => {
    const unit = Math.sqrt(spot(a) * spot(b))
    const depths = ranges.map(({ width, dollars }) => {
      const ticks = width === 0 ? 500_000 : width
      return { width: ticks, liquidity: BigInt(Math.floor(dollars / 2 / unit / (1 - 1.0001 ** (-ticks / 2)))) }
    })
    return poolOf(tokenOf[a], tokenOf[b], (spot(a) / spot(b)) * off(), depths, fee)
  })
  const v2 = v2Pairs.map(({ pair: [a, b], dollars }) =>
    pairOf(tokenOf[a], tokenOf[b], worth(a, (dollars / 2) * off()), worth(b, dollars / 2)),
  )
  return [...v3, ...v2].map((entry, i) => (i % 2 === 0 ? entry : { ...entry, venue: `${entry.venue}-fork` }))
}

const worth = (symbol: TokenSymbol, dollars: number): bigint =>
  unitsWorth(dollars, tokenData[symbol].decimals, tokenData[symbol].price)

const pairs: readonly (readonly [TokenSymbol, TokenSymbol])[] = [
  ['WBTC', 'USDC'],
  ['WETH', 'USDC'],
  ['WETH', 'USDT'],
  ['LINK', 'USDC'],
  ['WSTETH', 'DAI'],
  ['WBTC', 'WETH'],
  ['USDC', 'WETH'],
  ['WBTC', 'DAI'],
]

export type DecisionCase = {
  readonly strategy: Strategy
  readonly scene: Scene
  readonly market: Market
  readonly positions: readonly AavePosition[]
  readonly pools: readonly PoolEntry[]
  readonly requestNow: (pools?: readonly PoolEntry[]) => QuoteRequest
  /** Assess, size, route, plan. */
  readonly decide: (pools?: readonly PoolEntry[]) => Quoted
}

/** Aave positions below the line, as records of the book, over the sandbox's pools: nothing is read from anywhere. */
export function decisionCase(seed: number, count: number, noise = 0.002): DecisionCase {
  const random = seeded(seed)
  const strategy = aave.create(
    aave.config.parse({ addressesProvider: provider, unproven: 'act' }),
  ) as unknown as Strategy
  const markets = new Map(marketsOf().map((market) => [market.id, market as Market]))
  const positions = Array.from({ length: count }, (_, i) => positionOf(random, i))
  const known = new Map<PositionId, AavePosition>(positions.map((one) => [one.id, one]))
  const book: Book = {
    market: (id) => markets.get(id),
    markets: () => markets.values(),
    position: (id) => known.get(id) as never,
    positions: () => known.values() as never,
    positionsOf: () => known.values() as never,
  }
  const readings = new Map(symbols.map((symbol) => [feedId(symbol), { value: tokenData[symbol].price, at: 0 }]))
  const scene: Scene = {
    id: 'bench',
    block,
    trigger: 'head',
    book,
    feed: (id) => (readings.get(id) ?? null) as never,
    before: [],
  }
  const market = book.market(poolId(aavePool)) as Market
  const pools = poolsOf(random, noise)
  const lenders: readonly Lender[] = [lenderOf()]
  const requestNow = (over: readonly PoolEntry[] = pools): QuoteRequest => {
    const found = strategy.assess(scene, market, positions as never)
    return requestFor(
      found.filter((one): one is Opportunity => !isBlocked(one)),
      over,
    )
  }
  const requestFor = (found: readonly Opportunity[], over: readonly PoolEntry[]): QuoteRequest => ({
    block,
    trigger: 'head',
    candidates: found.map((opportunity) => ({ strategy: 'aave-v3', module: strategy, scene, opportunity })),
    exchange: { pools: over, wrapped: tokenOf.WETH },
    lenders,
    executor: at(502),
    payload: encodeProgram,
    leave: (one, patches) => sceneAfter(one, patches, overlay),
    gas: { units: () => undefined, price: wei(2_000_000_000n), limit: 16_777_216 },
    tipShareBps: bps(2_000n),
    minimumNet: wei(0n),
    driftPpm: 1,
  })
  return { strategy, scene, market, positions, pools, requestNow, decide: (over) => quote(requestNow(over)) }
}

function marketsOf(): readonly Market<AaveMarket>[] {
  const slots = symbols.map((symbol) => reserveId(aavePool, tokenOf[symbol]))
  const pool: AaveMarket = {
    kind: 'pool',
    provider,
    pool: aavePool,
    configurator: provider,
    oracle: provider,
    sentinel: null,
    revision: 9,
    rounding: 'v3.5',
    proven: true,
    slots,
    emodes: [],
  }
  const reserves = symbols.map((symbol, slot): Market<AaveMarket> => {
    const { decimals, reserve } = tokenData[symbol]
    const asset = tokenOf[symbol]
    const data: AaveMarket = {
      kind: 'reserve',
      asset,
      aToken: at(600 + slot),
      variableDebtToken: at(700 + slot),
      stableDebtToken: null,
      slot,
      unit: 10n ** BigInt(decimals),
      liquidityIndex: RAY + RAY / 37n,
      variableBorrowIndex: RAY + RAY / 19n,
      liquidityRate: RAY / 50n,
      variableBorrowRate: RAY / 30n,
      updatedAt: block.timestamp - 900,
      thresholdBps: BigInt(reserve.threshold),
      bonusBps: BigInt(reserve.bonus),
      feeBps: 1_000n,
      isActive: true,
      isFrozen: false,
      isPaused: false,
      graceUntil: 0,
      cash: worth(symbol, reserve.supplied),
      feed: feedId(symbol),
      source: provider,
    }
    return { id: slots[slot] as never, epoch: 0, data }
  })
  return [{ id: poolId(aavePool), epoch: 0, data: pool }, ...reserves]
}

/** $20,000 to $400,000 of debt, 0.5 % to 8 % below the line. */
function positionOf(random: () => number, index: number): AavePosition {
  const [collateral, debt] = pairs[index % pairs.length] as (typeof pairs)[number]
  const dollars = 20_000 * 20 ** random()
  const health = 0.92 + 0.075 * random()
  const [c, d] = [symbols.indexOf(collateral), symbols.indexOf(debt)]
  const held = worth(collateral, (dollars * health * 1e4) / tokenData[collateral].reserve.threshold)
  const account: Account = {
    emode: 0,
    config: (1n << BigInt(2 * c + 1)) | (1n << BigInt(2 * d)),
    balances: [
      { slot: c, supply: (held * 37n) / 38n, debt: 0n, stable: null },
      { slot: d, supply: 0n, debt: (worth(debt, dollars) * 19n) / 20n, stable: null },
    ],
  }
  const user = at(10_000 + index)
  return { id: accountId(aavePool, user), market: poolId(aavePool), owner: user, data: account }
}
