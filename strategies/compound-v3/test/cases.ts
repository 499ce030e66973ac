import type { Address } from '#core/address.ts'
import { type Book, type Market, type PositionId, positionId } from '#core/book.ts'
import { feedId } from '#core/feed.ts'
import { wei } from '#core/numbers.ts'
import {
  type Account,
  type Asset,
  accountId,
  type Comet,
  type CometMarket,
  type CometPosition,
  type CometRecord,
  cometId,
  epochOf,
  type Kinked,
  type Stock,
  stockId,
  type Totals,
  totalsId,
} from '../records.ts'
import type { CometScene } from '../standing.ts'

export const address = (digit: string): Address => `0x${digit.repeat(40)}` as Address
export const exp = (units: number, decimals: number): bigint =>
  (BigInt(Math.round(units * 1e6)) * 10n ** BigInt(decimals)) / 1_000_000n
export const wad = (share: number): bigint => exp(share, 18)
export const comet = address('c')
const aYear = 31_536_000n

/** Yearly shares, as governance writes them; the contract keeps them a second. */
export const kinked = (kink: number, base: number, slopeLow: number, slopeHigh: number): Kinked => ({
  kink: wad(kink),
  base: wad(base) / aYear,
  slopeLow: wad(slopeLow) / aYear,
  slopeHigh: wad(slopeHigh) / aYear,
})
export const noRates = kinked(0.8, 0, 0, 0)

export type Listed = {
  readonly asset: Address
  readonly decimals: number
  readonly price: number
  readonly liquidateCollateralFactor?: number
  readonly liquidationFactor?: number
  readonly offset?: number
}
export type Case = {
  readonly baseDecimals?: number
  readonly basePrice?: number
  readonly storeFrontPriceFactor?: number
  readonly targetReserves?: bigint
  readonly supplyRate?: Kinked
  readonly borrowRate?: Kinked
  readonly assets: readonly Listed[]
  readonly totals?: Partial<Totals>
  readonly accounts?: Readonly<
    Record<string, { readonly principal: bigint; readonly holds: Readonly<Record<string, bigint>> }>
  >
  /** Units above what is its users'. */
  readonly held?: Readonly<Record<string, bigint>>
  readonly timestamp?: number
  readonly noPrice?: readonly Address[]
}

const feedOf = (of: Address) => feedId(`price/${of}`)
const base = address('b')

/** A Comet, whoever owes on it, and prices, as a scene; what is not said is a fresh one's. */
export function sceneOf(of: Case): CometScene & { readonly market: Market<Comet> } {
  const { baseDecimals = 6, timestamp = 0, accounts = {}, held = {}, noPrice = [] } = of
  const assets = of.assets.map(
    (one, at): Asset => ({
      asset: one.asset,
      offset: one.offset ?? at,
      scale: 10n ** BigInt(one.decimals),
      feed: feedOf(one.asset),
      priceFeed: one.asset,
      liquidateCollateralFactor: wad(one.liquidateCollateralFactor ?? 1),
      liquidationFactor: wad(one.liquidationFactor ?? 1),
    }),
  )
  const data: Comet = {
    ...{
      kind: 'comet',
      comet,
      base,
      baseScale: 10n ** BigInt(baseDecimals),
      baseFeed: feedOf(base),
      basePriceFeed: base,
    },
    supplyRate: of.supplyRate ?? noRates,
    borrowRate: of.borrowRate ?? noRates,
    storeFrontPriceFactor: wad(of.storeFrontPriceFactor ?? 1),
    targetReserves: of.targetReserves ?? 0n,
    assets,
  }
  const totals: Totals = {
    ...{ kind: 'totals', supplyIndex: 10n ** 15n, borrowIndex: 10n ** 15n, accruedAt: 0, supplied: 0n, borrowed: 0n },
    ...{ cash: 0n, isAbsorbPaused: false, isBuyPaused: false, ...of.totals },
  }
  const market: Market<Comet> = { id: cometId(comet), epoch: epochOf(data), data }
  const owing = Object.entries(accounts).map(([digit, { principal, holds }]): CometPosition => {
    const collateral = assets.flatMap(({ asset, offset }) => {
      const balance = holds[asset] ?? 0n
      return balance === 0n ? [] : [{ offset, balance }]
    })
    const record: Account = { kind: 'account', principal, collateral }
    return { id: accountId(comet, address(digit)), market: market.id, owner: address(digit), data: record }
  })
  const stocks = assets.map(({ asset }): CometPosition => {
    const ofUsers = Object.values(accounts).reduce((sum, { holds }) => sum + (holds[asset] ?? 0n), 0n)
    const record: Stock = { kind: 'stock', asset, ofUsers, balance: ofUsers + (held[asset] ?? 0n) }
    return { id: stockId(comet, asset), market: market.id, owner: null, data: record }
  })
  const prices = new Map([
    [feedOf(base), exp(of.basePrice ?? 1, 8)],
    ...of.assets.map(({ asset, price }) => [feedOf(asset), exp(price, 8)] as const),
  ])
  return {
    ...{ id: 'case', trigger: 'head', before: [], market },
    block: { number: 1, timestamp, baseFee: wei(0n), parentHash: '0x' },
    book: bookOf([market, { id: totalsId(comet), epoch: 0, data: totals }], [...owing, ...stocks]),
    feed: (id) => {
      const value = noPrice.some((one) => feedOf(one) === id) ? undefined : prices.get(id)
      return value === undefined ? null : { value, updatedAt: timestamp }
    },
  }
}

function bookOf(
  markets: readonly Market<CometMarket>[],
  positions: readonly CometPosition[],
): Book<CometMarket, CometRecord> {
  return {
    market: (id) => markets.find((one) => one.id === id),
    markets: () => markets,
    position: (id: PositionId) => positions.find((one) => one.id === positionId(id)),
    positions: () => positions,
    positionsOf: (market) => positions.filter((one) => one.market === market),
  }
}
