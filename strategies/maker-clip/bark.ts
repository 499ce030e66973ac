import { least, RAY, WAD } from '#core/numbers.ts'
import { feedPrice } from './price.ts'
import type { Ilk, System, Urn } from './records.ts'

/** What a bark takes: wad, wad, rad, and the ray price the auction begins at. `coin`: the kicker's, in rad. */
export type Bark = {
  readonly dink: bigint
  readonly dart: bigint
  readonly tab: bigint
  readonly top: bigint
  readonly coin: bigint
}
export type Refusal = { readonly refused: 'paused' | 'feed-reverts' | 'gated'; readonly detail: string }

/**
 * Of an unsafe urn, by how much room the holes leave, or why it would revert. Every division rounds down. Source:
 * Dog.bark and Clipper.kick.
 */
export function barkAt(system: System, ilk: Ilk, { ink, art }: Urn, dollars: bigint | null): Bark | Refusal {
  const gated = (detail: string): Refusal => ({ refused: 'gated', detail })
  if (!system.isLive) return gated('the dog is caged')
  if (ilk.stopped >= 1n) return { refused: 'paused', detail: `the clipper is stopped at level ${ilk.stopped}` }
  if (system.hole <= system.dirt || ilk.hole <= ilk.dirt) return gated('auctions raise all they may: no room')
  const room = least(system.hole - system.dirt, ilk.hole - ilk.dirt)
  let dart = least(art, (room * WAD) / ilk.rate / ilk.chop)
  if (art > dart) {
    if ((art - dart) * ilk.rate < ilk.dust) dart = art
    else if (dart * ilk.rate < ilk.dust) return gated('the room left is less than dust')
  }
  const dink = (ink * dart) / art
  const tab = (dart * ilk.rate * ilk.chop) / WAD
  if (dink === 0n || tab === 0n) return gated('nothing would be sold')
  if (dollars === null) return { refused: 'feed-reverts', detail: `no price from ${ilk.pip}` }
  const top = topOf(system, ilk, dollars)
  if (top === 0n) return gated('the auction would begin at a price of 0')
  return { dink, dart, tab, top, coin: coinOf(ilk, tab) }
}

/** Ray. Source: Clipper.kick, `rmul(getFeedPrice(), buf)`. */
export const topOf = (system: System, { buf }: Ilk, dollars: bigint): bigint => (feedPrice(dollars, system) * buf) / RAY

/** Rad to whoever starts an auction. */
export const coinOf = ({ tip, chip }: Ilk, tab: bigint): bigint =>
  tip > 0n || chip > 0n ? tip + (tab * chip) / WAD : 0n
