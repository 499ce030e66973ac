import type { MarketId, Patch } from '#core/book.ts'
import type { AccountData, Held } from './account-data.ts'
import {
  type Account,
  type CompoundMarket,
  type CompoundPosition,
  type CToken,
  type Holding,
  withHolding,
} from './records.ts'
import type { Split } from './seizure.ts'

export type CompoundPatch = Patch<CompoundMarket, Account>

/** What one call does to the account and its markets; a collateral is named once for each time it is taken from. */
export type Done = {
  readonly debt: Held
  readonly repay: bigint
  readonly writtenOff: bigint
  readonly taken: readonly { readonly collateral: Held; readonly tokens: bigint; readonly split: Split }[]
  /** Markets accrued beside those. */
  readonly accrued: readonly Held[]
}

/**
 * The account and the markets as a liquidation leaves them, for what follows in the same block. Rates are left: they act
 * from the next block on, and are read with its logs.
 */
export function after(data: AccountData, position: CompoundPosition, done: Done): readonly CompoundPatch[] {
  const account = accountAfter(position.data, done)
  return [
    ...marketsAfter(data, done),
    account.holdings.some(({ principal }) => principal > 0n)
      ? { op: 'put-position', position: { ...position, data: account } }
      : { op: 'drop-position', id: position.id },
  ]
}

function accountAfter(account: Account, { debt, repay, writtenOff, taken }: Done): Account {
  let { holdings } = account
  const change = (market: MarketId, by: (before: Holding) => Holding): void => {
    const before = holdings.find((one) => one.market === market)
    if (before !== undefined) holdings = withHolding(holdings, by(before))
  }
  const principal = debt.accrued.owed - repay - writtenOff
  const index = principal === 0n ? 0n : debt.now.borrowIndex
  change(debt.market, (before) => ({ ...before, principal, index }))
  for (const { collateral, tokens } of taken)
    change(collateral.market, (before) => ({ ...before, tokens: before.tokens - tokens }))
  return { ...account, holdings }
}

function marketsAfter(data: AccountData, { debt, repay, writtenOff, taken, accrued }: Done): readonly CompoundPatch[] {
  const touched = new Map<MarketId, { readonly held: Held; readonly now: CToken }>()
  const touch = (held: Held, by: (before: CToken) => CToken): void => {
    touched.set(held.market, { held, now: by(touched.get(held.market)?.now ?? held.now) })
  }
  for (const held of accrued) touch(held, (before) => before)
  touch(debt, (before) => ({
    ...before,
    cash: before.cash + repay,
    borrows: before.borrows - repay - writtenOff,
    badDebt: before.badDebt + writtenOff,
  }))
  for (const { collateral, split } of taken) touch(collateral, (before) => keptOf(data, before, split))
  return [...touched.values()].map(({ held, now }) => ({ op: 'put-market', market: { ...held.of, data: now } }))
}

/** The protocol's share: left in the market as reserves, paid out of it, or redeemed by Venus' Liquidator where it can be. */
function keptOf({ hub }: AccountData, before: CToken, { protocol, protocolUnderlying }: Split): CToken {
  if (protocol === 0n) return before
  const supply = before.supply - protocol
  if (hub.family === 'compound') return { ...before, supply, reserves: before.reserves + protocolUnderlying }
  if (hub.family === 'venus-isolated') return { ...before, supply, cash: before.cash - protocolUnderlying }
  const isRedeemed = !before.pausesRedemption && before.cash >= protocolUnderlying
  return isRedeemed ? { ...before, supply, cash: before.cash - protocolUnderlying } : before
}
