import { type Address, address } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { feedId } from '#core/feed.ts'
import { RAY } from '#core/numbers.ts'
import type { AaveScene } from '../../account-data.ts'
import {
  type AaveMarket,
  type AavePosition,
  type Account,
  accountId,
  type Pool,
  poolId,
  type Reserve,
  reserveId,
} from '../../records.ts'

export const now = 1_700_000_000
export const who = address(`0x${'c'.repeat(40)}`)
export const manager = address(`0x${'d'.repeat(40)}`)
const at = address(`0x${'a'.repeat(40)}`)
const asset = (slot: number): Address => address(`0x${String(slot + 1).repeat(40)}`)

/** Two reserves without interest: 18 and 6 decimals. */
export const reserves: readonly Reserve[] = [18, 6].map((decimals, slot) => ({
  kind: 'reserve',
  asset: asset(slot),
  ...{ aToken: at, variableDebtToken: at, stableDebtToken: at, slot, unit: 10n ** BigInt(decimals) },
  ...{ liquidityIndex: RAY, variableBorrowIndex: RAY, liquidityRate: 0n, variableBorrowRate: 0n, updatedAt: now },
  ...{ thresholdBps: 8_000n, bonusBps: 10_500n, isActive: true, isStandard: true, cash: 10n ** 30n },
  ...{ feed: feedId(`${slot}`), source: at },
}))
const pool: Pool = {
  ...{ kind: 'pool', provider: at, pool: at, configurator: at, manager, oracle: at, revision: 2 },
  ...{ reproduces: true, isPaused: false, slots: reserves.map((one) => reserveId(at, one.asset)) },
}

/** Ten of the first as collateral, and 10,000 of the second owed. */
export const account: Account = {
  config: 0b0110n,
  balances: [
    { slot: 0, supply: 10n * 10n ** 18n, debt: 0n, stable: null },
    { slot: 1, supply: 0n, debt: 10_000n * 10n ** 6n, stable: null },
  ],
}
export const positionOf = (data: Account): AavePosition => ({
  ...{ id: accountId(at, who), market: poolId(at), owner: who, data },
})

export type Changes = {
  readonly pool?: Partial<Pool>
  readonly reserves?: readonly Partial<Reserve>[]
  /** Wei a token. */
  readonly prices?: readonly bigint[]
  readonly account?: Account
  readonly seconds?: number
}

/** A dollar is a two-thousandth of ether: collateral for 16,000, and 10,000 owed. */
export function sceneOf(changes: Changes = {}): { scene: AaveScene; market: Market<Pool>; position: AavePosition } {
  const market: Market<Pool> = { id: poolId(at), epoch: 0, data: { ...pool, ...changes.pool } }
  const position = positionOf(changes.account ?? account)
  const markets: readonly Market<AaveMarket>[] = [
    market,
    ...reserves.map((one, slot) => ({
      ...{ id: reserveId(at, one.asset), epoch: 0 },
      data: { ...one, ...changes.reserves?.[slot] },
    })),
  ]
  const prices = changes.prices ?? [10n ** 18n, 10n ** 18n / 2_000n]
  const scene: AaveScene = {
    ...{ id: '', trigger: 'head', before: [] },
    block: { number: 1, timestamp: now + (changes.seconds ?? 0), baseFee: 0n as never, parentHash: '0x' },
    book: {
      market: (id) => markets.find((one) => one.id === id),
      markets: () => markets,
      position: (id) => (id === position.id ? position : undefined),
      positions: () => [position],
      positionsOf: () => [position],
    },
    feed: (id) => ({ value: prices[Number(id)] ?? 0n, updatedAt: now }),
  }
  return { scene, market, position }
}
