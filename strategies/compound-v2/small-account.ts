import { least, WAD } from '#core/numbers.ts'
import type { Opportunity } from '#core/opportunity.ts'
import type { AccountData, Held } from './account-data.ts'
import { bonusBps, type Gate, pairGate } from './gates.ts'
import type { Case, CompoundPosition } from './records.ts'
import { mostRepaid, pairIn, paysItsShare, seizeRatio } from './seizure.ts'
import { isShort, sumOf, type Values, valued } from './standing.ts'

/** One call of `liquidateAccount`: so much of the debt against that collateral. */
export type Order = { readonly collateral: Held; readonly repay: bigint; readonly seize: bigint }
/** `share`: of the debt that healing repays, wad. */
export type Whole =
  | { readonly how: 'liquidateAccount'; readonly debt: Held; readonly orders: readonly Order[] }
  | { readonly how: 'healAccount'; readonly debt: Held; readonly share: bigint; readonly taken: readonly Held[] }

/** By all markets accrued, as healing judges; `liquidateAccount` judges by what is stored, so they are accrued first. */
const accruedSum = ({ hub, held }: AccountData): Values =>
  sumOf(held.map((side) => valued(hub.family, side, side.accrued)))

/**
 * An isolated pool's account whose whole collateral is worth little: liquidated in one call that clears all its debt, or,
 * where the collateral does not cover debt and bonus, healed: all of it for a share of the debt, the rest written off.
 * Source: Comptroller.liquidateAccount and healAccount. `null`: neither applies; a gate: it does, and cannot be done.
 */
export function wholeOf(data: AccountData): Whole | Gate | null {
  const { hub, held } = data
  const sum = accruedSum(data)
  if (!isShort(sum) || sum.collateral > hub.smallCollateral) return null
  const debts = held.filter(({ accrued }) => accrued.owed > 0n)
  const [debt] = debts
  const taken = held.filter(({ tokens }) => tokens > 0n).sort((a, b) => (worth(a) > worth(b) ? -1 : 1))
  if (debt === undefined || taken.length === 0) return null
  if (debts.length > 1) return { reason: 'gated', detail: 'a small account owes in several markets: not served' }
  const incentive = debt.incentive
  const scaled = (sum.debt * incentive) / WAD
  if (scaled < sum.collateral) return liquidated(data, debt, taken)
  const share = (sum.collateral * WAD) / scaled
  if (share > WAD || (share * debt.accrued.owed) / WAD === 0n) return null
  return { how: 'healAccount', debt, share, taken }
}

const worth = ({ accrued, price, tokens }: Held): bigint => (((accrued.rate * price) / WAD) * tokens) / WAD

/** All of the debt, against as few collaterals as hold it. */
function liquidated(data: AccountData, debt: Held, taken: readonly Held[]): Whole | Gate {
  const orders: Order[] = []
  let left = debt.accrued.owed
  for (const collateral of taken) {
    if (left === 0n) break
    const pair = pairIn(data, debt, collateral)
    const repay = mostRepaid(pair, left)
    if (repay === 0n) continue
    orders.push({ collateral, repay, seize: ((seizeRatio(pair) ?? 0n) * repay) / WAD })
    left -= least(left, repay)
  }
  if (left > 0n) return { reason: 'gated', detail: 'no set of orders clears the whole debt' }
  return { how: 'liquidateAccount', debt, orders }
}

export function assessSmall(data: AccountData, position: CompoundPosition): Opportunity<Case> | Gate | null {
  const whole = wholeOf(data)
  if (whole === null || position.owner === null) return null
  if ('reason' in whole) return whole
  const gate = gateOf(data, whole)
  if (gate !== null) return gate
  const collaterals = whole.how === 'healAccount' ? whole.taken : whole.orders.map(({ collateral }) => collateral)
  const { debt } = whole
  return {
    id: `${position.id}/${whole.how}`,
    kind: whole.how === 'healAccount' ? 'heal' : 'liquidate',
    market: position.market,
    positions: [position.id],
    pays: { asset: debt.of.data.underlying, spender: debt.of.data.cToken },
    gets: collaterals.map(({ of }) => of.data.cToken),
    capital: 'before',
    feasible: null,
    data: {
      how: whole.how,
      borrower: position.owner,
      debt: debt.market,
      collaterals: collaterals.map(({ market }) => market),
      repays: whole.how === 'healAccount' ? [] : whole.orders.map(({ repay }) => repay),
      accrue:
        whole.how === 'healAccount'
          ? []
          : data.held.filter(({ of, now }) => of.data !== now).map(({ market }) => market),
      bonusBps: bonusBps(debt),
    },
  }
}

function gateOf({ hub }: AccountData, whole: Whole): Gate | null {
  if (whole.how === 'liquidateAccount')
    return (
      whole.orders.map(({ collateral }) => pairGate(hub, whole.debt, collateral)).find((gate) => gate !== null) ?? null
    )
  for (const one of whole.taken) {
    if (one.of.data.pausesSeizure) return { reason: 'paused', detail: `seizing in ${one.of.data.cToken}` }
    const pair = { hub, debt: whole.debt, collateral: { ...one, now: one.now } }
    if (!paysItsShare(pair, one.tokens, 0n))
      return { reason: 'reserve-lacks-cash', detail: `${one.of.data.cToken} cannot pay its own share` }
  }
  return whole.debt.of.data.pausesRepayment
    ? { reason: 'paused', detail: `repaying in ${whole.debt.of.data.cToken}` }
    : null
}
