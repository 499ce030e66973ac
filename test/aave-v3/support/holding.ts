import { type Address, address } from '#core/address.ts'
import { feedId } from '#core/feed.ts'
import { RAY } from '#core/numbers.ts'
import type { Holding } from '../../../strategies/aave-v3/account-data.ts'
import { type Reserve, reserveId } from '../../../strategies/aave-v3/records.ts'

const pool = address(`0x${'1'.repeat(40)}`)

/** A reserve of 6 decimals, index 1, threshold 80 %, bonus 5 %, no fee, plenty of cash; slot tells assets apart. */
function reserveOf(changes: Partial<Reserve> = {}): Reserve {
  const slot = changes.slot ?? 0
  const asset = `0x${(0xa000 + slot).toString(16).padStart(40, '0')}` as Address
  return {
    kind: 'reserve',
    asset,
    aToken: asset,
    variableDebtToken: asset,
    stableDebtToken: null,
    slot,
    unit: 1_000_000n,
    liquidityIndex: RAY,
    variableBorrowIndex: RAY,
    liquidityRate: 0n,
    variableBorrowRate: 0n,
    updatedAt: 1_000,
    thresholdBps: 8_000n,
    bonusBps: 10_500n,
    feeBps: 0n,
    isActive: true,
    isFrozen: false,
    isPaused: false,
    graceUntil: 0,
    cash: 10n ** 30n,
    feed: feedId(`price-${slot}`),
    source: asset,
    ...changes,
  }
}

type Shape = {
  readonly slot?: number
  readonly unit?: bigint
  readonly price?: bigint
  readonly collateral?: bigint
  readonly debt?: bigint
  readonly bonusBps?: bigint
  readonly feeBps?: bigint
  readonly index?: bigint
}

/** A holding as the pool would see it; balances in units of the asset. */
export function holdingOf(shape: Shape): Holding {
  const { slot = 0, unit = 1_000_000n, price = 100_000_000n, collateral = 0n, debt = 0n, index = RAY } = shape
  const data = reserveOf({ slot, unit, bonusBps: shape.bonusBps ?? 10_500n, feeBps: shape.feeBps ?? 0n })
  return {
    balance: { slot, supply: collateral, debt, stable: null },
    market: { id: reserveId(pool, data.asset), epoch: 0, data },
    liquidityIndex: index,
    borrowIndex: index,
    price,
    collateral,
    debt,
    thresholdBps: data.thresholdBps,
    bonusBps: data.bonusBps,
    collateralBase: (collateral * price) / unit,
    isCollateral: collateral > 0n,
    isBorrowed: debt > 0n,
    inEMode: false,
  }
}
