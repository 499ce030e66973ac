import type { Address } from '#core/address.ts'
import type { Batch } from '../batch.ts'
import type { Aave, AaveVersion } from '../deploy/aave.ts'
import { give, type Tokens } from '../deploy/tokens.ts'
import { symbols, type TokenSymbol, tokenData, unitsWorth } from '../market-data.ts'
import { type PositionPlan, unitsOf } from './position.ts'

const VARIABLE = 2
const MAX = 2n ** 256n - 1n

/** Gives the borrower its collateral; a flush must follow before it can open. */
export function fundBorrower(batch: Batch, deployer: Address, tokens: Tokens, who: Address, plan: PositionPlan): void {
  for (const { symbol, units } of unitsOf(plan).supplies) give(batch, deployer, tokens[symbol], who, units)
}

/** Puts collateral in and draws the debt: the borrower's own transactions, in order. */
export function openPosition(batch: Batch, aave: Aave, tokens: Tokens, who: Address, plan: PositionPlan): void {
  const { supplies, borrows } = unitsOf(plan)
  if (plan.emode > 0) batch.call(who, aave.pool, 'setUserEMode', [plan.emode])
  for (const { symbol, units } of supplies) {
    batch.call(who, tokens[symbol].contract, 'approve', [aave.pool.address, units])
    batch.call(who, aave.pool, 'supply', [tokens[symbol].address, units, who, 0])
  }
  for (const { symbol, units } of borrows)
    batch.call(who, aave.pool, 'borrow', [tokens[symbol].address, units, VARIABLE, 0, who])
}

/** The lender's deposits on every version, from which the borrowers draw. */
export function lend(
  batch: Batch,
  deployer: Address,
  lender: Address,
  tokens: Tokens,
  aaves: Readonly<Partial<Record<AaveVersion, Aave>>>,
): { readonly supply: () => void } {
  const worth = (symbol: TokenSymbol): bigint =>
    unitsWorth(tokenData[symbol].reserve.supplied, tokenData[symbol].decimals, tokenData[symbol].price)
  const pools = Object.values(aaves)
  for (const symbol of symbols) give(batch, deployer, tokens[symbol], lender, worth(symbol) * BigInt(pools.length))
  return {
    supply: () => {
      for (const { pool } of pools) {
        for (const symbol of symbols) {
          batch.call(lender, tokens[symbol].contract, 'approve', [pool.address, MAX])
          batch.call(lender, pool, 'supply', [tokens[symbol].address, worth(symbol), lender, 0])
        }
      }
    },
  }
}
