import type { Address } from '#core/address.ts'
import type { Adjustment } from '#core/strategy.ts'
import type { Held, Holdings } from '../engine/holdings-of.ts'
import { healthOf, type Watched } from './watched.ts'

/** The least that brings a position to a health, in smallest units; one unit less falls short. */
export type Repay = { readonly asset: Address; readonly units: bigint }
export type Deleverage = {
  readonly collateral: Address
  readonly debt: Address
  /** Collateral sold, and debt repaid of what it buys. */
  readonly sells: bigint
  readonly repays: bigint
}
/** What selling so much collateral repays of a debt; `null` where it cannot be sold. */
export type Sell = (collateral: Address, debt: Address, units: bigint) => bigint | null

/** More of anything than there is. */
const unitsMost = 1n << 128n
/** Sizes of a sale that are tried before the search begins: past some size the pools give too little for it to help. */
const sizes = 64n

/**
 * Each debt from the wallet, others as they are; left out where even all of it is not enough. The plain sum is
 * `D − N ÷ H`; the strategy's own `adjust` and `judge` make it exact in the scene's block.
 */
export function repays(watched: Watched, { debt }: Holdings, target: bigint): readonly Repay[] {
  return debt.flatMap(({ asset, units }) => {
    const least = leastFor((part) => reaches(watched, [{ asset, collateral: 0n, debt: -part }], target), units)
    return least === null ? [] : [{ asset, units: least }]
  })
}

/** More of each collateral that is there already; the plain sum is `(H · D − N) ÷ LT`. */
export function topUps(watched: Watched, { collateral }: Holdings, target: bigint): readonly Repay[] {
  return collateral.flatMap(({ asset }) => {
    const least = leastFor((part) => reaches(watched, [{ asset, collateral: part, debt: 0n }], target), unitsMost)
    return least === null ? [] : [{ asset, units: least }]
  })
}

/** Each collateral sold for each debt through a flash loan; the plain sum is `(H · D − N) ÷ (H · (1 − s) − LT)`. */
export function deleverages(watched: Watched, holdings: Holdings, target: bigint, sell: Sell): readonly Deleverage[] {
  const pairs = holdings.collateral.flatMap((collateral) => holdings.debt.map((debt) => [collateral, debt] as const))
  return pairs.flatMap(([collateral, debt]) => deleverage(watched, collateral, debt, target, sell) ?? [])
}

function deleverage(
  watched: Watched,
  { asset: sold, units: held }: Held,
  debt: Held,
  target: bigint,
  sell: Sell,
): Deleverage | null {
  const repaidBy = (units: bigint): bigint => {
    const bought = sell(sold, debt.asset, units) ?? 0n
    return bought < debt.units ? bought : debt.units
  }
  const helps = (units: bigint): boolean => {
    const repaid = repaidBy(units)
    if (repaid === 0n) return false
    const moves = [
      { asset: debt.asset, collateral: 0n, debt: -repaid },
      { asset: sold, collateral: -units, debt: 0n },
    ]
    return reaches(watched, moves, target)
  }
  for (let size = 1n; size <= sizes; size += 1n) {
    const [from, to] = [(held * (size - 1n)) / sizes, (held * size) / sizes]
    if (!helps(to)) continue
    const sells = halved(helps, from, to)
    return { collateral: sold, debt: debt.asset, sells, repays: repaidBy(sells) }
  }
  return null
}

function reaches(watched: Watched, moves: readonly Adjustment[], target: bigint): boolean {
  const { module, scene } = watched
  const position = moves.reduce((at, move) => module.adjust(scene, at, move), watched.position)
  const health = healthOf({ ...watched, position })
  return health !== null && health >= target
}

/** The least up to `most` at which it holds; 0 where nothing is needed, `null` where all is not enough. */
function leastFor(holds: (units: bigint) => boolean, most: bigint): bigint | null {
  if (holds(0n)) return 0n
  let high = 1n
  while (high < most && !holds(high)) high *= 2n
  high = high < most ? high : most
  return holds(high) ? halved(holds, 0n, high) : null
}

/** Between `free`, at which it does not hold, and `held`, at which it does: the least that does. */
function halved(holds: (units: bigint) => boolean, free: bigint, held: bigint): bigint {
  while (held - free > 1n) {
    const middle = (free + held) / 2n
    if (holds(middle)) held = middle
    else free = middle
  }
  return held
}
