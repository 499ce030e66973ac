import { KeeperError } from './error.ts'

/**
 * Numbers that decide are bigints that carry their unit in the type. Floats may screen; they never decide.
 */
declare const tag: unique symbol
export type Brand<T, Name extends string> = T & { readonly [tag]: Name }

/** Smallest units of the asset named beside it; never negative. */
export type Amount = Brand<bigint, 'amount'>
/** Native currency, 1e-18; may be negative where it is a term of a sum. */
export type Wei = Brand<bigint, 'wei'>
/** 1e18 = 1 */
export type Wad = Brand<bigint, 'wad'>
/** 1e27 = 1 */
export type Ray = Brand<bigint, 'ray'>
/** 1e4 = 1 */
export type Bps = Brand<bigint, 'bps'>

/** @throws `bad-number` when negative: an amount below zero is a bug, never a price to act on. */
export function amount(units: bigint): Amount {
  if (units < 0n) throw new KeeperError('bad-number', `amount ${units} is negative`)
  return units as Amount
}

export const wei = (units: bigint): Wei => units as Wei
export const wad = (units: bigint): Wad => units as Wad
export const ray = (units: bigint): Ray => units as Ray
export const bps = (units: bigint): Bps => units as Bps

export const WAD = 10n ** 18n
export const RAY = 10n ** 27n
export const BPS = 10_000n
export const UINT256_MAX = 2n ** 256n - 1n

/** Rounds down; both non-negative, `divisor` positive. */
export const mulDivDown = (a: bigint, b: bigint, divisor: bigint): bigint => (a * b) / divisor
/** Rounds up; both non-negative, `divisor` positive. */
export const mulDivUp = (a: bigint, b: bigint, divisor: bigint): bigint => (a * b + divisor - 1n) / divisor
export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
export const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)
