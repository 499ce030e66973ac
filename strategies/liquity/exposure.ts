import type { Block } from '#core/block.ts'
import type { Book, Market } from '#core/book.ts'
import type { Exposure, Line, Term } from '#core/feed.ts'
import { feedIds } from './feeds.ts'
import type { System, Trove, TrovePosition } from './records.ts'

const slots = { collPerStake: 0, debtPerStake: 1, coll: 2, debt: 3 }
/** How much the system's distance from recovery mode counts beside the trove's own: any number above 0 misses nobody. */
const systemShare = 8

/**
 * Two lines, times 1e18. The trove against the minimum ratio: `coll · price − debt · MCR`. And for recovery mode, where
 * trove and system must both be below the critical ratio: the sum of the two distances, `coll · price − debt · CCR` and a
 * multiple of the system's, which is below zero whenever both are, and far above it while the system is sound.
 */
export function exposure(book: Book<System, Trove>, { market: id, data }: TrovePosition): Exposure {
  const system = book.market(id)?.data
  if (system === undefined) return 'always'
  const ids = feedIds(system.manager)
  const stake = Number(data.stake) / 1e18
  // Rewards are rounded down, two wei of collateral at most are not there.
  const coll = Number(data.coll) - 2 - stake * Number(data.collSnapshot)
  const debt = Number(data.debt) - stake * Number(data.debtSnapshot)
  const own = (ratio: Term['feed']): readonly Term[] => [
    { weight: coll, feed: ids.price, market: null, slot: 0 },
    { weight: stake, feed: ids.price, market: id, slot: slots.collPerStake },
    { weight: -debt, feed: ratio, market: null, slot: 0 },
    { weight: -stake, feed: ratio, market: id, slot: slots.debtPerStake },
  ]
  const share = (systemShare * Number(data.coll)) / Math.max(1, Number(system.activeColl + system.defaultColl))
  const line = (...terms: readonly Term[]): Line => ({ terms, allowance: 0 })
  return [
    line(...own(ids.mcr)),
    line(
      ...own(ids.ccr),
      { weight: share, feed: ids.price, market: id, slot: slots.coll },
      { weight: -share, feed: ids.ccr, market: id, slot: slots.debt },
    ),
  ]
}

/** What was redistributed to a unit of stake, then the system's collateral and debt: moved by logs alone. */
export const indices = (_book: Book<System, Trove>, _block: Block, { data }: Market<System>): readonly number[] => [
  Number(data.collPerStake),
  Number(data.debtPerStake),
  Number(data.activeColl + data.defaultColl),
  Number(data.activeDebt + data.defaultDebt),
]
