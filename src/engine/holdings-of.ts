import { type Address, ZERO_ADDRESS } from '#core/address.ts'
import type { Position } from '#core/book.ts'
import { isKeeperError } from '#core/error.ts'
import { toText } from '#core/plain.ts'
import type { Scene } from '#core/scene.ts'
import type { Adjustment, Strategy } from '#core/strategy.ts'

/** In smallest units at the scene's second. The chain's own currency goes by the zero address, as in `adjust`. */
export type Held = { readonly asset: Address; readonly units: bigint }
export type Holdings = { readonly collateral: readonly Held[]; readonly debt: readonly Held[] }

/** More than there is of anything. */
const all = 1n << 128n

/**
 * What a position holds and owes, asked of its strategy's own `adjust`: taking or repaying more than there is takes or
 * repays all, so the least amount that does what all of it does is what there is. It serves every strategy alike.
 */
export function holdingsOf(module: Strategy, scene: Scene, position: Position): Holdings {
  const assets = assetsOf(module, scene, position)
  const of = (change: (asset: Address, units: bigint) => Adjustment): readonly Held[] =>
    assets.flatMap((asset) => {
      const after = (units: bigint): string => textAfter(module, scene, position, change(asset, units))
      const units = saturation(after)
      return units === 0n ? [] : [{ asset, units }]
    })
  return {
    collateral: of((asset, units) => ({ asset, collateral: -units, debt: 0n })),
    debt: of((asset, units) => ({ asset, collateral: 0n, debt: -units })),
  }
}

/** What may be a side of a position: what its strategy's feeds price, what it deals in, what its sides name. */
export function assetsOf(module: Strategy, scene: Scene, position: Position): readonly Address[] {
  const priced = module
    .feeds(scene.book)
    .flatMap(({ prices }) => (prices === undefined ? [] : [prices.token, prices.quote]))
  const sides = module.sides?.(scene.book, position)
  const named = [...(sides?.owes.map(({ asset }) => asset) ?? []), ...(sides?.gets ?? [])]
  const every = [...named, ...module.assets(scene.book), ...priced].filter((one) => one !== 'usd')
  return [...new Set(every.map((one) => (one === 'native' ? ZERO_ADDRESS : one)))]
}

/** Nothing where the strategy knows no such asset. */
function textAfter(module: Strategy, scene: Scene, position: Position, change: Adjustment): string {
  try {
    return toText(module.adjust(scene, position, change).data)
  } catch (error) {
    if (isKeeperError(error, 'bad-argument')) return ''
    throw error
  }
}

/** The least amount beyond which more changes nothing; 0 where none changes anything, or all do. */
function saturation(after: (units: bigint) => string): bigint {
  const end = after(all)
  if (end === '' || end === after(0n) || end !== after(2n * all)) return 0n
  let [low, high] = [0n, 1n]
  while (after(high) !== end) [low, high] = [high, high * 2n]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (after(middle) === end) high = middle
    else low = middle
  }
  return high
}
