import type { Account, Comet, Totals } from '../records.ts'

/**
 * The same rules once more, as fractions of rational numbers, from the documents' own formulas: balance = principal · index,
 * utilisation = borrowed / supplied, discount = front · (1 − factor). A figure is cut to an integer only where the protocol
 * keeps one. Shares no arithmetic with the strategy.
 */
export class Ratio {
  readonly over: bigint
  readonly under: bigint
  constructor(over: bigint, under = 1n) {
    this.over = over
    this.under = under
  }
  times({ over, under }: Ratio): Ratio {
    return new Ratio(this.over * over, this.under * under)
  }
  by({ over, under }: Ratio): Ratio {
    return new Ratio(this.over * under, this.under * over)
  }
  plus({ over, under }: Ratio): Ratio {
    return new Ratio(this.over * under + over * this.under, this.under * under)
  }
  minus({ over, under }: Ratio): Ratio {
    return this.plus(new Ratio(-over, under))
  }
  isBelow(other: Ratio): boolean {
    return this.minus(other).over < 0n
  }
  floor(): bigint {
    return (this.over - (((this.over % this.under) + this.under) % this.under)) / this.under
  }
  /** Kept as an integer at this place by the protocol. */
  kept(unit: bigint): Ratio {
    return new Ratio(this.times(new Ratio(unit)).floor(), unit)
  }
}

const whole = (units: bigint): Ratio => new Ratio(units)
const share = (units: bigint): Ratio => new Ratio(units, 10n ** 18n)
const indexUnit = 10n ** 15n
const factorUnit = 10n ** 18n

type Rate = Comet['supplyRate']
/** What a second adds to one. */
function rate({ kink, base, slopeLow, slopeHigh }: Rate, use: Ratio): Ratio {
  const bend = share(kink)
  const isAbove = bend.isBelow(use)
  const low = share(slopeLow)
    .times(isAbove ? bend : use)
    .kept(factorUnit)
  const high = isAbove ? share(slopeHigh).times(use.minus(bend)).kept(factorUnit) : whole(0n)
  return share(base).plus(low).plus(high)
}

export type Pot = {
  readonly supply: Ratio
  readonly borrow: Ratio
  readonly supplied: bigint
  readonly borrowed: bigint
  readonly cash: bigint
}

export function potAt(comet: Comet, totals: Totals, second: number): Pot {
  const [supply, borrow] = [new Ratio(totals.supplyIndex, indexUnit), new Ratio(totals.borrowIndex, indexUnit)]
  const [lent, owed] = [supply.times(whole(totals.supplied)).floor(), borrow.times(whole(totals.borrowed)).floor()]
  const use = lent === 0n ? whole(0n) : new Ratio(owed, lent).kept(factorUnit)
  const grown = (index: Ratio, of: Rate): Ratio =>
    index.times(whole(1n).plus(rate(of, use).times(whole(BigInt(second - totals.accruedAt))))).kept(indexUnit)
  const { supplied, borrowed, cash } = totals
  return { supply: grown(supply, comet.supplyRate), borrow: grown(borrow, comet.borrowRate), supplied, borrowed, cash }
}

export const reserves = ({ supply, borrow, supplied, borrowed, cash }: Pot): bigint =>
  cash - supply.times(whole(supplied)).floor() + borrow.times(whole(borrowed)).floor()

export type Prices = { readonly base: bigint; readonly of: (offset: number) => bigint }

/** Debt and, per collateral, its value: in base units and in the price's unit. */
function worth(comet: Comet, pot: Pot, { principal, collateral }: Account, prices: Prices) {
  const debt = pot.borrow.times(whole(principal)).floor()
  const parts = collateral.map(({ offset, balance }) => {
    const asset = comet.assets.find((one) => one.offset === offset)
    if (asset === undefined) return { asset, value: 0n }
    return { asset, value: new Ratio(balance, asset.scale).times(whole(prices.of(offset))).floor() }
  })
  return { debt, parts, debtValue: new Ratio(debt, comet.baseScale).times(whole(prices.base)).floor() }
}

export function isBelowTheLine(comet: Comet, pot: Pot, account: Account, prices: Prices): boolean {
  const { parts, debtValue } = worth(comet, pot, account, prices)
  const cover = parts.reduce(
    (sum, { asset, value }) =>
      sum +
      share(asset?.liquidateCollateralFactor ?? 0n)
        .times(whole(value))
        .floor(),
    0n,
  )
  return cover < debtValue
}

/** `rounding`: how supply is made of what is left; the protocol's own is `down`. */
export function taken(comet: Comet, pot: Pot, account: Account, prices: Prices, rounding: 'down' | 'up' = 'down'): Pot {
  const { debt, parts } = worth(comet, pot, account, prices)
  const value = parts.reduce(
    (sum, { asset, value: one }) =>
      sum +
      share(asset?.liquidationFactor ?? 0n)
        .times(whole(one))
        .floor(),
    0n,
  )
  const credit = new Ratio(value).by(new Ratio(prices.base, comet.baseScale)).floor()
  const left = credit > debt ? credit - debt : 0n
  const minted = whole(left).by(pot.supply)
  const supplied =
    rounding === 'down' ? minted.floor() : minted.plus(new Ratio(pot.supply.under - 1n, pot.supply.under)).floor()
  return { ...pot, supplied: pot.supplied + supplied, borrowed: pot.borrowed - account.principal }
}

/** Collateral for base: what base is worth, over what a unit costs after the discount. */
export function sold(comet: Comet, offset: number, prices: Prices, base: bigint): bigint {
  const asset = comet.assets.find((one) => one.offset === offset)
  if (asset === undefined) return 0n
  const penalty = whole(1n).minus(share(asset.liquidationFactor))
  const discount = share(comet.storeFrontPriceFactor).times(penalty).kept(factorUnit)
  const price = whole(prices.of(offset)).times(whole(1n).minus(discount)).floor()
  return new Ratio(base, comet.baseScale).times(whole(prices.base)).by(new Ratio(price, asset.scale)).floor()
}

/** By halves: the last base for which there is enough collateral. */
export function lastSold(comet: Comet, offset: number, prices: Prices, held: bigint): bigint {
  let [low, high] = [0n, 1n]
  while (sold(comet, offset, prices, high) <= held) high *= 2n
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (sold(comet, offset, prices, middle) <= held) low = middle
    else high = middle
  }
  return low
}
