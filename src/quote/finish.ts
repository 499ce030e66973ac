import type { Context } from './context.ts'
import type { Offer } from './offer.ts'
import { isRealised, type Pick, type Realised, realise, type Unrealised } from './realise.ts'
import type { Estimate } from './sized.ts'

/** Offers whose neighbouring integers are compared. */
const neighboursMax = 4

/**
 * The integer finish: sizes are rounded, then neighbours and ends of the segments are compared, everything recomputed
 * exactly each time.
 */
export function finish(context: Context, estimate: Estimate): Realised | Unrealised {
  const { finished } = context.memo
  const done = finished.get(estimate) ?? worked(context, estimate)
  finished.set(estimate, done)
  return done
}

function worked(context: Context, estimate: Estimate): Realised | Unrealised {
  const { offers, sizing, closed } = estimate
  const warm = sizing.clearing.prices
  let picks: readonly Pick[] = offers.map((offer, i) => ({ offer, input: inputAt(offer, sizing.shares[i] ?? 1) }))
  let best = realise(context, picks, closed, warm)
  // Of many, a unit more or less of one is not worth working them all out again.
  if (offers.length > neighboursMax && isRealised(best)) return best
  for (const [i, offer] of offers.entries()) {
    const { segment } = offer
    // At the cap the slope says that more would be better: no smaller one can be, but where it could not be done.
    if (segment === null || (isRealised(best) && (sizing.shares[i] ?? 1) >= 1)) continue
    const input = picks[i]?.input ?? segment.to
    const others = new Set([input - 1n, input + 1n, segment.from, segment.to])
    others.delete(input)
    for (const other of others) {
      if (other < segment.from || other > segment.to) continue
      const changed = picks.map((pick, j): Pick => (j === i ? { offer, input: other } : pick))
      const result = realise(context, changed, closed, warm)
      if (!isRealised(result) || (isRealised(best) && result.net <= best.net)) continue
      best = result
      picks = changed
    }
  }
  return best
}

/** A share of 1 is the end itself, to the unit. */
function inputAt({ segment }: Offer, share: number): bigint | null {
  if (segment === null) return null
  if (share >= 1) return segment.to
  const input = segment.from + BigInt(Math.round(Number(segment.to - segment.from) * share))
  return input > segment.to ? segment.to : input
}
