import { least } from '#core/numbers.ts'
import type { Segment } from '#core/opportunity.ts'
import type { Auction } from './records.ts'

/** What a take pays (rad) and gets (wad), and what it leaves of the auction. */
export type Take = {
  readonly owe: bigint
  readonly slice: bigint
  readonly tab: bigint
  readonly lot: bigint
  readonly isOver: boolean
}

/**
 * Up to `amt` of the lot, clamped as the clipper clamps it: it raises no more than `tab`, and leaves `chost` to raise
 * or nothing. `null` where it reverts with "Clipper/no-partial-purchase". Source: Clipper.take.
 */
export function takeOf(
  { tab, lot }: Pick<Auction, 'tab' | 'lot'>,
  price: bigint,
  chost: bigint,
  amt: bigint,
): Take | null {
  let slice = least(lot, amt)
  let owe = slice * price
  if (owe > tab) {
    owe = tab
    slice = owe / price
  } else if (owe < tab && slice < lot && tab - owe < chost) {
    if (tab <= chost) return null
    owe = tab - chost
    slice = owe / price
  }
  const left = { tab: tab - owe, lot: lot - slice }
  return { owe, slice, ...left, isOver: left.lot === 0n || left.tab === 0n }
}

/**
 * The inputs that get exactly what they ask for: as much as leaves `chost` to raise, and the least that ends the auction.
 * Between them the clipper takes the former's upper end and pays for the fraction of a unit that it rounds away;
 * beyond, what the latter takes.
 */
export function segmentsOf(
  { tab, lot }: Pick<Auction, 'tab' | 'lot'>,
  price: bigint,
  chost: bigint,
): readonly Segment[] {
  const whole = price === 0n ? lot : least(lot, (tab + price - 1n) / price)
  // A unit may cost more than is to be raised: it would be paid for and not given.
  if (whole === 0n || takeOf({ tab, lot }, price, chost, whole)?.slice === 0n) return []
  const partial = tab <= chost ? 0n : price === 0n ? 0n : least(whole - 1n, (tab - chost) / price)
  if (partial === 0n) return [{ from: whole, to: whole }]
  if (partial === whole - 1n) return [{ from: 1n, to: whole }]
  return [
    { from: 1n, to: partial },
    { from: whole, to: whole },
  ]
}
