import type { MarketId } from '#core/book.ts'
import { WAD } from '#core/numbers.ts'
import type { Family } from './records.ts'

/** What an account has in a market, with the exchange rate (wad) and the debt of some moment. */
export type Moment = { readonly rate: bigint; readonly owed: bigint }
/** One market of an account: by what is stored, and as `accrueInterest` would leave it. `price`: usd of 1e36 less decimals. */
export type Side = {
  readonly market: MarketId
  readonly tokens: bigint
  readonly threshold: bigint
  readonly price: bigint
  readonly isForced: boolean
  readonly stored: Moment
  readonly accrued: Moment
}

/** Usd wad. `weighted` is the collateral by its liquidation threshold. */
export type Values = { readonly weighted: bigint; readonly collateral: bigint; readonly debt: bigint }

/**
 * Rounded down at each product, in each family's own order.
 * Source: ComptrollerG7.getHypotheticalAccountLiquidityInternal, ComptrollerLens._calculateAccountPosition,
 * Comptroller._getHypotheticalLiquiditySnapshot (isolated pools).
 */
export function valued(family: Family, { tokens, threshold, price }: Side, { rate, owed }: Moment): Values {
  const debt = (price * owed) / WAD
  const ofToken = (rate * price) / WAD
  const collateral = (ofToken * tokens) / WAD
  const perToken =
    family === 'venus-isolated' ? (threshold * ofToken) / WAD : (((threshold * rate) / WAD) * price) / WAD
  return { weighted: (perToken * tokens) / WAD, collateral, debt }
}

export const sumOf = (values: readonly Values[]): Values =>
  values.reduce(
    (sum, one) => ({
      weighted: sum.weighted + one.weighted,
      collateral: sum.collateral + one.collateral,
      debt: sum.debt + one.debt,
    }),
    { weighted: 0n, collateral: 0n, debt: 0n },
  )
export const isShort = ({ weighted, debt }: Values): boolean => debt > weighted

/** An account in the state that some calls of `accrueInterest` leave. */
export type Standing = { readonly sum: Values; readonly accrue: readonly MarketId[] }

/**
 * The account as a liquidation of a pair sees it: both its markets accrued, the others by what is stored. Where that
 * leaves no shortfall, as few others as do are accrued first, those that owe most by it; `null` where none is enough.
 */
export function shortfallOf(family: Family, sides: readonly Side[], pair: readonly MarketId[]): Standing | null {
  const by = (accrue: readonly MarketId[]): Values =>
    sumOf(
      sides.map((side) =>
        valued(family, side, pair.includes(side.market) || accrue.includes(side.market) ? side.accrued : side.stored),
      ),
    )
  const plain = by([])
  if (isShort(plain)) return { sum: plain, accrue: [] }
  const accrue: MarketId[] = []
  for (const { market } of lowered(family, sides, pair)) {
    accrue.push(market)
    const sum = by(accrue)
    if (isShort(sum)) return { sum, accrue }
  }
  return null
}

/** Markets beside the pair whose accruing takes more than it gives; most first. */
function lowered(family: Family, sides: readonly Side[], pair: readonly MarketId[]): readonly Side[] {
  return sides
    .filter(({ market }) => !pair.includes(market))
    .map((side) => ({ side, loss: loss(family, side) }))
    .filter((one) => one.loss > 0n)
    .sort((a, b) => (a.loss > b.loss ? -1 : 1))
    .map(({ side }) => side)
}

const loss = (family: Family, side: Side): bigint => {
  const [before, after] = [valued(family, side, side.stored), valued(family, side, side.accrued)]
  return after.debt - before.debt - (after.weighted - before.weighted)
}

/** Debt and collateral that a liquidation could choose. */
export const pairsOf = (sides: readonly Side[]): readonly (readonly [Side, Side])[] =>
  sides
    .filter(({ stored }) => stored.owed > 0n)
    .flatMap((debt) =>
      sides.filter(({ tokens }) => tokens > 0n).map((collateral): readonly [Side, Side] => [debt, collateral]),
    )

/** Anybody could liquidate it, whatever is paused. */
export const isLiquidatable = (family: Family, sides: readonly Side[]): boolean =>
  pairsOf(sides).some(
    ([debt, collateral]) => debt.isForced || shortfallOf(family, sides, [debt.market, collateral.market]) !== null,
  )
