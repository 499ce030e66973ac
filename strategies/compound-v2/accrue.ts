import type { Block } from '#core/block.ts'
import { least, WAD } from '#core/numbers.ts'
import type { CToken, Holding } from './records.ts'

/** The block or second interest is counted to. */
export const slotIn = ({ clock }: Pick<CToken, 'clock'>, block: Block): number =>
  clock === 'block' ? block.number : block.timestamp

/**
 * The market as `accrueInterest` leaves it at a slot: simple interest since the last time, every product rounded down;
 * Venus then pays reserves out, where their turn has come. Unchanged at the slot it was accrued in, or before.
 * Source: CToken.accrueInterest, VToken.accrueInterest (core and isolated).
 */
export function accrued(market: CToken, slot: number): CToken {
  if (slot <= market.accruedAt) return market
  const factor = market.rate * BigInt(slot - market.accruedAt)
  const interest = (factor * market.borrows) / WAD
  const reserves = market.reserves + (market.reserveFactor * interest) / WAD
  const next = {
    ...market,
    accruedAt: slot,
    borrowIndex: market.borrowIndex + (factor * market.borrowIndex) / WAD,
    borrows: market.borrows + interest,
    reserves,
  }
  if (market.reduceEvery === null || slot - market.reducedAt < market.reduceEvery) return next
  const paidOut = least(market.cash, reserves)
  return { ...next, reserves: reserves - paidOut, cash: market.cash - paidOut, reducedAt: slot }
}

/** Underlying per cToken, wad, rounded down. Source: CToken.exchangeRateStoredInternal; isolated pools count bad debt too. */
export function exchangeRate({ supply, initialRate, cash, borrows, badDebt, reserves }: CToken): bigint {
  return supply === 0n ? initialRate : ((cash + borrows + badDebt - reserves) * WAD) / supply
}

/** What is owed by the market's stored index, rounded down. Source: CToken.borrowBalanceStoredInternal. */
export const owed = ({ borrowIndex }: Pick<CToken, 'borrowIndex'>, { principal, index }: Holding): bigint =>
  principal === 0n ? 0n : (principal * borrowIndex) / index
