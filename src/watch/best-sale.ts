import type { Address } from '#core/address.ts'
import { ZERO_ADDRESS } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { type Amount, amount, least, most } from '#core/numbers.ts'
import type { SceneSpec } from '#core/scene.ts'
import type { Venue } from '#core/venue.ts'
import type { Mirror } from '../engine/mirror.ts'
import type { Sell } from './rescue.ts'

type Pool = { readonly venue: Venue; readonly pool: Market; readonly tokens: readonly [Address, Address] }
type Path = readonly { readonly at: Pool; readonly sold: Address }[]

const hopsMost = 3
/** Of all paths, by their first unit's price: the best only are asked for a whole amount. */
const askedMost = 12

/**
 * What selling collateral repays of a debt: along the best single path of admitted pools, to the unit, less what the
 * cheapest lender takes for the loan in between. What is owed itself needs neither.
 */
export function bestSale(mirror: Mirror, spec: SceneSpec, wrapped: Address, hubs: readonly Address[]): Sell {
  const pools = [...mirror.admittedPools()].flatMap(({ key, venue, id }): Pool[] => {
    const pool = mirror.bookOf(key, spec).market(id)
    return pool === undefined ? [] : [{ venue: venue.module, pool, tokens: venue.module.tokens(pool) }]
  })
  const between = new Set([wrapped, ...hubs])
  const paths = new Map<string, readonly Path[]>()
  const pathsOf = (from: Address, to: Address): readonly Path[] => {
    const name = `${from}/${to}`
    const found = paths.get(name) ?? pathsFrom(pools, between, from, to)
    paths.set(name, found)
    return found
  }
  const token = (asset: Address): Address => (asset === ZERO_ADDRESS ? wrapped : asset)
  return (collateral, debt, units) => {
    const [from, to] = [token(collateral), token(debt)]
    if (units <= 0n) return null
    if (from === to) return units
    const bought = pathsOf(from, to).reduce((best, path) => most(best, along(path, amount(units))), 0n)
    const fee = feeOf(mirror, spec, to, amount(bought))
    return fee === null || bought <= fee ? null : bought - fee
  }
}

function along(path: Path, units: Amount): bigint {
  let held: Amount | null = units
  for (const { at, sold } of path) held = held === null ? null : (at.venue.sell(at.pool, sold, held)?.bought ?? null)
  return held ?? 0n
}

function pathsFrom(pools: readonly Pool[], between: ReadonlySet<Address>, from: Address, to: Address): readonly Path[] {
  const found: { readonly path: Path; readonly price: number }[] = []
  const extend = (path: Path, at: Address, price: number): void => {
    for (const pool of pools) {
      if (!pool.tokens.includes(at) || path.some((hop) => hop.at === pool)) continue
      const next = pool.tokens[0] === at ? pool.tokens[1] : pool.tokens[0]
      const worth = price * (pool.venue.curve(pool.pool, at)[0] ?? 0) ** 2
      const longer = [...path, { at: pool, sold: at }]
      if (!(worth > 0) || path.some(({ sold }) => sold === next)) continue
      if (next === to) found.push({ path: longer, price: worth })
      else if (longer.length < hopsMost && (between.has(next) || pool.venue.isTimed === true))
        extend(longer, next, worth)
    }
  }
  extend([], from, 1)
  return found
    .sort((a, b) => b.price - a.price)
    .slice(0, askedMost)
    .map(({ path }) => path)
}

function feeOf(mirror: Mirror, spec: SceneSpec, token: Address, units: Amount): bigint | null {
  const fees = mirror.modules.flash.flatMap(({ key, module }) => {
    const offer = module.lends(mirror.bookOf(key, spec), token, units)
    return offer === null ? [] : [offer.fee as bigint]
  })
  return fees.length === 0 ? null : fees.reduce(least)
}
