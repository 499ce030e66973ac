import type { Patch } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { amount } from '#core/numbers.ts'
import type { Opportunity, Terms } from '#core/opportunity.ts'
import { conditionsIn, type LiquityScene } from './conditions.ts'
import { type Batch, type System, type Trove, troveId } from './records.ts'
import { type Sequence, sequence } from './sequence.ts'

/**
 * What the call pays: the share of the collateral as seized, the fixed reserve of each trove as a reward in the debt
 * token. Nothing is repaid and nothing written off: what the pool does not cover, the other troves owe from then on.
 * @throws `bad-argument` where the call would revert.
 */
export function terms(scene: LiquityScene, { id, market: home, data }: Opportunity<Batch>): Terms<System, Trove> {
  const market = scene.book.market(home)
  const conditions = market === undefined ? null : conditionsIn(scene, market.data)
  const done =
    market === undefined || conditions === null ? null : sequence(market.data, scene.book, data.troves, conditions)
  if (market === undefined || done === null)
    throw new KeeperError('bad-argument', `${id} would revert in this scene: it must be assessed anew`)
  const reserve = market.data.reserve * BigInt(done.taken.length)
  const closed = done.taken.map(
    ({ owner }): Patch<System, Trove> => ({ op: 'drop-position', id: troveId(market.data.manager, owner) }),
  )
  return {
    repay: amount(0n),
    seized: [{ asset: 'native', amount: amount(done.compensation) }],
    rewards: [{ asset: market.data.debtToken, amount: amount(reserve) }],
    badDebt: amount(0n),
    tags: tagsOf(done),
    after: [{ op: 'put-market', market: { ...market, data: done.after } }, ...closed],
  }
}

/** How many there are is what gas depends on. */
function tagsOf({ taken, beganInRecovery, endedInRecovery }: Sequence): readonly string[] {
  const has = (tag: string, holds: boolean): readonly string[] => (holds ? [tag] : [])
  return [
    `troves-${taken.length}`,
    ...has('recovery-mode', beganInRecovery),
    ...has('back-to-normal', beganInRecovery && !endedInRecovery),
    ...has(
      'offset',
      taken.some(({ done }) => done.debtOffset > 0n),
    ),
    ...has(
      'redistributed',
      taken.some(({ done }) => done.debtRedistributed > 0n),
    ),
    ...has(
      'capped',
      taken.some(({ done }) => done.isCapped),
    ),
  ]
}
