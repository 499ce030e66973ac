import type { Address } from '#core/address.ts'
import type { Market, Patch, Position } from '#core/book.ts'
import { feedId } from '#core/feed.ts'
import {
  type AaveMarket,
  type Account,
  accountId,
  type Balance,
  poolId,
  type Reserve,
  reserveId,
} from '../../strategies/aave-v3/records.ts'
import type { RoundingName } from '../../strategies/aave-v3/rounding.ts'

/** Uniform in [0, 1), repeatable by its seed. */
export type Chance = () => number

export function chanceOf(seed: number): Chance {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1) >>> 0
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
  for (let warm = 0; warm < 8; warm += 1) next()
  return next
}

/** An asset of a made-up pool: price in base currency of 1e8; its indices, one at the start, as millionths. */
export type Asset = {
  readonly decimals: number
  readonly price: number
  readonly thresholdBps: number
  readonly liquidityPpm: number
  readonly borrowPpm: number
}

const pool = '0x87870bca3f3fd6335c3f4ce8392d69350b4fa4e2' as Address
const RAY = 10n ** 27n
export const openedAt = 1_790_000_000

export function assetsOf(count: number, chance: Chance): readonly Asset[] {
  return Array.from({ length: count }, (_, slot) => {
    const decimals = [18, 6, 8, 6, 18][slot % 5] as number
    const price = [2_500, 1, 60_000, 1, 1 + chance() * 200][slot % 5] as number
    const thresholdBps = 7_000 + Math.floor(chance() * 1_300)
    const liquidityPpm = 1_000_000 + Math.floor(chance() * 1e5)
    const borrowPpm = 1_000_000 + Math.floor(chance() * 2.5e5)
    return { decimals, price: Math.round(price * 1e8), thresholdBps, liquidityPpm, borrowPpm }
  })
}

const tokenOf = (slot: number, kind: number): Address =>
  `0x${(kind * 4096 + slot + 1).toString(16).padStart(40, '0')}` as Address

/** A pool of 3.6 with its reserves, indices grown differently, rates as they are met; e-mode 1 takes every fifth asset. */
export function aaveMarkets(
  assets: readonly Asset[],
  chance: Chance,
  rounding: RoundingName = 'v3.5',
): readonly Market<AaveMarket>[] {
  const reserves = assets.map((asset, slot): Market<Reserve> => {
    const token = tokenOf(slot, 1)
    const data: Reserve = {
      kind: 'reserve',
      asset: token,
      aToken: tokenOf(slot, 2),
      variableDebtToken: tokenOf(slot, 3),
      stableDebtToken: null,
      slot,
      unit: 10n ** BigInt(asset.decimals),
      liquidityIndex: (RAY / 1_000_000n) * BigInt(asset.liquidityPpm),
      variableBorrowIndex: (RAY / 1_000_000n) * BigInt(asset.borrowPpm),
      liquidityRate: (RAY * BigInt(Math.floor(chance() * 30))) / 1000n,
      variableBorrowRate: (RAY * BigInt(20 + Math.floor(chance() * 60))) / 1000n,
      updatedAt: openedAt,
      thresholdBps: BigInt(asset.thresholdBps),
      bonusBps: 10_500n,
      feeBps: 1_000n,
      isActive: true,
      isFrozen: false,
      isPaused: false,
      graceUntil: 0,
      cash: 10n ** 30n,
      feed: feedId(`price-${slot}`),
      source: token,
    }
    return { id: reserveId(pool, token), epoch: 0, data }
  })
  const bitmap = assets.reduce((bits, _, slot) => (slot % 5 === 0 ? bits | (1n << BigInt(slot)) : bits), 0n)
  const emodes = [
    { id: 1, thresholdBps: 9_300n, bonusBps: 10_100n, collateralBitmap: bitmap, feed: null, priceSource: null },
  ]
  const slots = reserves.map(({ id }) => id)
  const data: AaveMarket = {
    kind: 'pool',
    provider: pool,
    pool,
    configurator: pool,
    oracle: pool,
    sentinel: null,
    revision: 10,
    rounding,
    proven: true,
    slots,
    emodes,
  }
  return [...reserves, { id: poolId(pool), epoch: 0, data }]
}

export type Shape = { readonly assets: readonly Asset[]; readonly chance: Chance; readonly eModeShare?: number }

/**
 * An account of one debt and one to three collaterals, assets chosen by popularity (the first forty per cent of the
 * time), worth a hundred to a million, health one and an exponential above it.
 */
export function aaveAccount({ assets, chance, eModeShare = 0.05 }: Shape): Position<Account> {
  const words = Array.from({ length: 5 }, () => Math.floor(chance() * 2 ** 32))
  const user = `0x${words.map((word) => word.toString(16).padStart(8, '0')).join('')}` as Address
  const emode = chance() < eModeShare ? 1 : 0
  const wanted = chance() < 0.62 ? 1 : chance() < 0.75 ? 2 : 3
  const count = Math.min(wanted, emode === 1 ? Math.floor(assets.length / 5) : assets.length - 1)
  const supplied = new Set<number>()
  while (supplied.size < count) supplied.add(popular(assets.length, chance, emode))
  const value = 10 ** (2 + chance() * 4)
  let weighted = 0
  const balances: Balance[] = []
  for (const slot of supplied) {
    const asset = assets[slot] as Asset
    const part = value * (0.2 + chance())
    weighted += (part * (emode === 1 && slot % 5 === 0 ? 9_300 : asset.thresholdBps)) / 1e4
    balances.push({ slot, supply: scaledOf(part, asset, asset.liquidityPpm), debt: 0n, stable: null })
  }
  const health = 1.001 - Math.log(1 - chance()) * 0.8
  let slot = popular(assets.length, chance, emode)
  while (supplied.has(slot)) slot = (slot + 1) % assets.length
  const borrowed = assets[slot] as Asset
  balances.push({ slot, supply: 0n, debt: scaledOf(weighted / health, borrowed, borrowed.borrowPpm), stable: null })
  balances.sort((a, b) => a.slot - b.slot)
  return {
    id: accountId(pool, user),
    market: poolId(pool),
    owner: user,
    data: { emode, config: configOf(balances), balances },
  }
}

/** Two bits a slot: borrowed, and used as collateral. */
export const configOf = (balances: readonly Balance[]): bigint =>
  balances.reduce(
    (bits, one) =>
      bits |
      ((one.debt > 0n ? 1n : 0n) << BigInt(2 * one.slot)) |
      ((one.supply > 0n ? 1n : 0n) << BigInt(2 * one.slot + 1)),
    0n,
  )

function popular(count: number, chance: Chance, emode: number): number {
  const among = emode === 1 ? Math.floor(count / 5) : count
  const rank = chance() < 0.4 ? 0 : Math.floor(among * chance() ** 2.2)
  return emode === 1 ? rank * 5 : rank
}

const scaledOf = (value: number, { decimals, price }: Asset, indexPpm: number): bigint =>
  (BigInt(Math.max(1, Math.floor(value * 1e6))) * 10n ** BigInt(decimals + 8)) / BigInt(price) / BigInt(indexPpm) + 3n

export const putMarket = (market: Market<AaveMarket>): Extract<Patch, { op: 'put-market' }> => ({
  op: 'put-market',
  market,
})
export const putPosition = (position: Position<Account>): Extract<Patch, { op: 'put-position' }> => ({
  op: 'put-position',
  position,
})
