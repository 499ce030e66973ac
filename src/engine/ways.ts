import type { Address } from '#core/address.ts'
import { amount } from '#core/numbers.ts'
import type { Mirror } from './mirror.ts'

/** Which tokens can be turned into wrapped native, which it can be turned into, and which somebody lends. */
export type Ways = {
  readonly out: ReadonlySet<Address>
  readonly into: ReadonlySet<Address>
  readonly isLent: (token: Address) => boolean
}

/** As far as a quote looks for a path. */
const hopsMost = 3

/**
 * By the pools and exits that were admitted, each in the direction in which it sells anything now; however little. A
 * lender counts where it lends one unit.
 */
export function waysOf(mirror: Mirror, wrapped: Address): Ways {
  const from = new Map<Address, Set<Address>>()
  const to = new Map<Address, Set<Address>>()
  const join = (sold: Address, bought: Address): void => {
    from.set(sold, (from.get(sold) ?? new Set()).add(bought))
    to.set(bought, (to.get(bought) ?? new Set()).add(sold))
  }
  for (const { key, venue, id } of mirror.admittedPools()) {
    const pool = mirror.books.shelf(key).market(id)
    if (pool === undefined) continue
    const [one, other] = venue.module.tokens(pool)
    if (venue.module.curve(pool, one).length > 0) join(one, other)
    if (venue.module.curve(pool, other).length > 0) join(other, one)
  }
  const lent = new Map<Address, boolean>()
  const isLent = (token: Address): boolean => {
    const known = lent.get(token) ?? lends(mirror, token)
    lent.set(token, known)
    return known
  }
  return { out: within(wrapped, to), into: within(wrapped, from), isLent }
}

const lends = (mirror: Mirror, token: Address): boolean =>
  mirror.modules.flash.some(({ key, module }) => module.lends(mirror.books.shelf(key), token, amount(1n)) !== null)

function within(start: Address, beside: ReadonlyMap<Address, ReadonlySet<Address>>): ReadonlySet<Address> {
  const found = new Set([start])
  let edge: readonly Address[] = [start]
  for (let hops = 0; hops < hopsMost; hops += 1) {
    edge = edge.flatMap((token) => [...(beside.get(token) ?? [])]).filter((token) => !found.has(token))
    for (const token of edge) found.add(token)
  }
  return found
}
