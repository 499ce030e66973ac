/** What the private chain is made of: one table, so that a test can say what it relies on. */
export const symbols = ['WETH', 'WSTETH', 'WBTC', 'LINK', 'USDC', 'USDT', 'DAI', 'ORPHAN'] as const
export type TokenSymbol = (typeof symbols)[number]

/** 8 decimals: dollars as the feeds give them. */
export const usd = (dollars: number): bigint => BigInt(Math.round(dollars * 1e8))

export type TokenData = {
  readonly name: string
  readonly decimals: number
  /** Usd, 8 decimals, at the start. */
  readonly price: bigint
  /** Returns nothing from `transfer`, and wants an allowance zeroed before it is changed. */
  readonly silent?: true
  /** Of the reserve on both Aave versions, in bps; `bonus` as Aave states it (10500 is 5 %). */
  readonly reserve: {
    readonly ltv: number
    readonly threshold: number
    readonly bonus: number
    readonly factor: number
    /** Dollars that lenders have put in. */
    readonly supplied: number
    readonly emode: 0 | 1 | 2
  }
}

const reserve = (
  ltv: number,
  threshold: number,
  bonus: number,
  factor: number,
  supplied: number,
  emode: 0 | 1 | 2,
): TokenData['reserve'] => ({ ltv, threshold, bonus, factor, supplied, emode })

export const tokenData: Readonly<Record<TokenSymbol, TokenData>> = {
  WETH: { name: 'Wrapped Ether', decimals: 18, price: usd(3_000), reserve: reserve(8050, 8300, 10500, 1500, 60e6, 2) },
  WSTETH: {
    name: 'Test staked Ether',
    decimals: 18,
    price: usd(3_600),
    reserve: reserve(7850, 8100, 10600, 500, 20e6, 2),
  },
  WBTC: { name: 'Test Bitcoin', decimals: 8, price: usd(60_000), reserve: reserve(7300, 7800, 10650, 2000, 30e6, 0) },
  LINK: { name: 'Test Link', decimals: 18, price: usd(15), reserve: reserve(6500, 6800, 10700, 2000, 3e6, 0) },
  USDC: { name: 'Test USD Coin', decimals: 6, price: usd(1), reserve: reserve(7500, 7800, 10450, 1000, 60e6, 1) },
  USDT: {
    name: 'Test Tether',
    decimals: 6,
    price: usd(1),
    silent: true,
    reserve: reserve(7400, 7600, 10450, 1000, 30e6, 1),
  },
  DAI: { name: 'Test Dai', decimals: 18, price: usd(1), reserve: reserve(7500, 7700, 10500, 1000, 30e6, 1) },
  ORPHAN: { name: 'Test Orphan', decimals: 18, price: usd(2), reserve: reserve(4700, 5000, 11000, 2000, 1e6, 0) },
}

/** Bps; the same on both versions. */
export const emodes = [
  { id: 1, ltv: 9300, threshold: 9500, bonus: 10100, label: 'Stablecoins' },
  { id: 2, ltv: 9300, threshold: 9500, bonus: 10150, label: 'ETH correlated' },
] as const

/** Share of the bonus that the protocol keeps, in bps. */
export const protocolFee = 1_000

/** Around the price: half width in bps of the price, and dollars of both sides together; width 0 is the full range. */
export type Range = { readonly width: number; readonly dollars: number }
export type PoolData = {
  readonly pair: readonly [TokenSymbol, TokenSymbol]
  readonly fee: number
  readonly ranges: readonly Range[]
}

/** Most near the price, much in a wide range that a crash does not leave, some everywhere. */
const deep = (dollars: number, near: number, wide: number): readonly Range[] => [
  { width: near, dollars: dollars * 0.35 },
  { width: wide, dollars: dollars * 0.5 },
  { width: 0, dollars: dollars * 0.15 },
]

/** LINK trades against WETH alone, ORPHAN against nothing; WBTC against dollars is thin, so that two hops pay. */
export const v3Pools: readonly PoolData[] = [
  { pair: ['WETH', 'USDC'], fee: 500, ranges: deep(12e6, 300, 4_000) },
  { pair: ['WETH', 'USDC'], fee: 3000, ranges: deep(8e6, 800, 5_000) },
  { pair: ['WETH', 'USDT'], fee: 500, ranges: deep(4e6, 400, 4_000) },
  { pair: ['WETH', 'DAI'], fee: 3000, ranges: deep(2e6, 800, 5_000) },
  { pair: ['WBTC', 'WETH'], fee: 500, ranges: deep(6e6, 400, 3_000) },
  { pair: ['WBTC', 'WETH'], fee: 3000, ranges: deep(4e6, 1_000, 5_000) },
  { pair: ['WBTC', 'USDC'], fee: 3000, ranges: deep(0.4e6, 1_500, 5_000) },
  { pair: ['WSTETH', 'WETH'], fee: 100, ranges: deep(8e6, 60, 1_500) },
  { pair: ['USDC', 'USDT'], fee: 100, ranges: deep(8e6, 30, 1_500) },
  { pair: ['USDC', 'DAI'], fee: 100, ranges: deep(12e6, 30, 1_500) },
  { pair: ['LINK', 'WETH'], fee: 3000, ranges: deep(1e6, 1_200, 8_000) },
]

export type PairData = { readonly pair: readonly [TokenSymbol, TokenSymbol]; readonly dollars: number }
export const v2Pairs: readonly PairData[] = [
  { pair: ['WETH', 'USDC'], dollars: 6e6 },
  { pair: ['WETH', 'DAI'], dollars: 3e6 },
  { pair: ['WETH', 'USDT'], dollars: 1e6 },
  { pair: ['WBTC', 'WETH'], dollars: 3e6 },
  { pair: ['LINK', 'WETH'], dollars: 0.4e6 },
  { pair: ['USDC', 'DAI'], dollars: 0.5e6 },
]

/** Dollars of each token that Morpho Blue can lend. */
export const morphoDollars: Readonly<Partial<Record<TokenSymbol, number>>> = {
  USDC: 40e6,
  USDT: 20e6,
  DAI: 20e6,
  WETH: 30e6,
  WBTC: 20e6,
}

/** Smallest units worth so many dollars at a price (8 decimals), rounded down. */
export const unitsWorth = (dollars: number, decimals: number, price: bigint): bigint =>
  (BigInt(Math.round(dollars * 1e6)) * 10n ** BigInt(decimals) * 100n) / price
