/** `auto`: first where there is time, beside where there is none. */
export type Simulates = 'auto' | 'always' | 'never'

/** Chains with blocks shorter than this have no time for it. */
const leastSeconds = 2

/**
 * Whether a plan waits for a node to run it. Relays count reverting bundles against whoever sends them, and on other
 * paths a revert costs gas: so it does while there is time. Late in a slot, counted from the head's arrival, or where
 * blocks are short, waiting would miss the block.
 */
export function simulatesFirst(
  { simulates, blockSeconds, lateMs }: { simulates: Simulates; blockSeconds: number; lateMs: number },
  sinceHeadMs: number,
): boolean {
  if (simulates !== 'auto') return simulates === 'always'
  return blockSeconds >= leastSeconds && sinceHeadMs + lateMs < blockSeconds * 1_000
}
