import { mulDivDown } from '#core/numbers.ts'
import { oracleFeed } from './feeds.ts'
import { PRICE_SCALE, toAssetsUp, wDivDown, wDivUp, wMulDown } from './math.ts'
import type { Blue, BlueScene, Loan, PreLiquidation } from './records.ts'

/** A pre-liquidation contract that may act now, with its factors at the loan's own place between the lines; wad. */
export type Opening = {
  readonly contract: PreLiquidation
  readonly price: bigint
  readonly incentive: bigint
  readonly closeFactor: bigint
}

/** How a loan stands in a market that is accrued to the second asked about, in units of the loan's asset. */
export type Standing = {
  readonly price: bigint
  readonly borrowed: bigint
  /** The most that its collateral allows. */
  readonly maxBorrow: bigint
  readonly isHealthy: boolean
  readonly openings: readonly Opening[]
}

/** Answers of oracles by their addresses; `null` where one reverts. */
export type PriceOf = (oracle: Blue['oracle']) => bigint | null

export const pricesIn =
  (scene: BlueScene): PriceOf =>
  ({ at }) =>
    scene.feed(oracleFeed(at))?.value ?? null

/**
 * `null` where the market's oracle reverts: then nothing can be done with a loan. Source: Morpho._isHealthy.
 */
export function standingOf(market: Blue, loan: Loan, priceOf: PriceOf): Standing | null {
  const price = priceOf(market.oracle)
  if (price === null) return null
  const borrowed = toAssetsUp(loan.borrowShares, market)
  const maxBorrow = wMulDown(mulDivDown(loan.collateral, price, PRICE_SCALE), market.lltv)
  const openings = market.preLiquidations.flatMap((contract): readonly Opening[] => {
    if (!loan.allows.includes(contract.contract)) return []
    const opening = openingOf(market, contract, loan, borrowed, priceOf(contract.oracle))
    return opening === null ? [] : [opening]
  })
  return { price, borrowed, maxBorrow, isHealthy: maxBorrow >= borrowed, openings }
}

/** Whether the loan lies between the two lines, by the contract's own oracle. Source: PreLiquidation.preLiquidate. */
function openingOf(
  { lltv }: Blue,
  contract: PreLiquidation,
  { collateral }: Loan,
  borrowed: bigint,
  price: bigint | null,
): Opening | null {
  if (price === null) return null
  const quoted = mulDivDown(collateral, price, PRICE_SCALE)
  const { preLltv, incentives, closeFactors } = contract
  if (borrowed > wMulDown(quoted, lltv) || borrowed <= wMulDown(quoted, preLltv)) return null
  const quotient = wDivDown(wDivUp(borrowed, quoted) - preLltv, lltv - preLltv)
  const between = ([from, to]: readonly [bigint, bigint]): bigint => wMulDown(quotient, to - from) + from
  return { contract, price, incentive: between(incentives), closeFactor: between(closeFactors) }
}
