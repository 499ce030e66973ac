import type { Address } from '#core/address.ts'
import { fillTo } from '#core/curve.ts'
import type { SceneSpec } from '#core/scene.ts'
import type { Mirror } from '../engine/mirror.ts'
import type { Worth } from '../engine/worth.ts'
import { type Anchor, standingOver } from './arbitrage.ts'
import type { Factors } from './shock.ts'

/** How much a token gives way where two disagree: dollar tokens least, then wrapped native; `0` all others. */
export type Rank = (token: Address) => 0 | 1 | 2

/**
 * How far pools stand below the market by now, by token: 0.98 is 2 % below; tokens that stand where it is are left out.
 * A pool tells of two tokens at once: the one that gives way more easily is taken to be what moved. Several pools weigh by
 * what it takes to move them by a hundredth. Two dollar tokens say nothing: who issues them redeems them.
 */
export function impactOf(
  mirror: Mirror,
  anchors: readonly Anchor[],
  spec: SceneSpec,
  { price, rank, worth }: { readonly price: Factors; readonly rank: Rank; readonly worth: Worth },
): ReadonlyMap<Address, number> {
  const sums = new Map<Address, { weight: number; log: number }>()
  for (const anchor of anchors) {
    const pool = mirror.bookOf(anchor.key, spec).market(anchor.id)
    const [a, b] = anchor.tokens
    if (pool === undefined || (rank(a) === 2 && rank(b) === 2)) continue
    const over = standingOver(anchor, pool, price)
    if (!(over > 0)) continue
    const isFirst = rank(a) === rank(b) ? over <= 1 : rank(a) < rank(b)
    const token = isFirst ? a : b
    const sum = sums.get(token) ?? { weight: 0, log: 0 }
    const curve = anchor.venue.curve(pool, token)
    const depth = fillTo(curve, (curve[0] ?? 0) ** 2 * 0.99).sold * (worth(token) ?? 0)
    sum.weight += depth
    sum.log += depth * (isFirst ? Math.log(over) : -Math.log(over))
    sums.set(token, sum)
  }
  return new Map(
    [...sums].flatMap(([token, { weight, log }]) => {
      const ratio = weight > 0 ? Math.exp(log / weight) : 1
      return Math.abs(ratio - 1) < negligible ? [] : [[token, ratio] as const]
    }),
  )
}

/** What integers and floats leave over when nothing has been sold. */
const negligible = 1e-6
