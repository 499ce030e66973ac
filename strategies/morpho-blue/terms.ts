import type { Patch } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { amount } from '#core/numbers.ts'
import type { Opportunity, Terms } from '#core/opportunity.ts'
import { accrued } from './accrue.ts'
import {
  bySeizure,
  byShares,
  type Exchange,
  incentiveOf,
  type Left,
  seizureTaken,
  sharesTaken,
  without,
  writtenOff,
} from './liquidation.ts'
import { exchangeOf, sharesPreTaken } from './pre-liquidation.ts'
import {
  type Blue,
  type BlueMarket,
  type BluePosition,
  type BlueScene,
  isEmpty,
  type Loan,
  type Way,
} from './records.ts'
import { pricesIn, type Standing, standingOf } from './standing.ts'

type Case = {
  readonly market: BlueMarket
  readonly position: BluePosition
  /** The market's data, accrued to the scene's second. */
  readonly now: Blue
  readonly standing: Standing
}

/**
 * What an input gives at the scene's timestamp, to the wei, and the market and loan as the call leaves them.
 * @throws `bad-argument` when the scene does not hold the case, or the contract would revert on the input.
 */
export function terms(scene: BlueScene, opportunity: Opportunity<Way>, input: bigint | null): Terms<Blue, Loan> {
  const on = caseOf(scene, opportunity)
  const { by, through } = opportunity.data
  const way = through === null ? liquidation(on, by) : preLiquidation(on, through)
  if (way === null || input === null || input < way.segment.from || input > way.segment.to)
    throw new KeeperError('bad-argument', `${opportunity.id} reverts at ${input}: keep to its segments, if it has any`)
  const taken = by === 'repaidShares' ? byShares(way.exchange, input) : bySeizure(way.exchange, input)
  const plain = without(on.now, on.position.data, taken)
  const left = through === null ? writtenOff(plain) : plain
  return {
    repay: amount(taken.repay),
    seized: [{ asset: on.now.collateral, amount: amount(taken.seize) }],
    rewards: [],
    badDebt: amount(left.written),
    tags: [
      left.loan.borrowShares === 0n ? 'full' : 'partial',
      by,
      ...(through === null ? [] : ['pre-liquidation']),
      ...(left.written > 0n ? ['bad-debt'] : []),
    ],
    after: after(on, left),
  }
}

/** @throws `bad-argument` when loan, market or price are not in the scene. */
function caseOf(scene: BlueScene, opportunity: Opportunity<Way>): Case {
  const absent = (what: string): KeeperError =>
    new KeeperError('bad-argument', `${opportunity.id} has no ${what} in this scene: assess it again`)
  const [id] = opportunity.positions
  const position = id === undefined ? undefined : scene.book.position(id)
  const market = scene.book.market(opportunity.market)
  if (position === undefined || market === undefined) throw absent('position')
  const now = accrued(market.data, scene.block.timestamp)
  const standing = standingOf(now, position.data, pricesIn(scene))
  if (standing === null) throw absent('price')
  return { market, position, now, standing }
}

type Chosen = { readonly exchange: Exchange; readonly segment: { readonly from: bigint; readonly to: bigint } }

function liquidation({ now, position, standing }: Case, by: Way['by']): Chosen | null {
  if (standing.isHealthy) return null
  const exchange = { totals: now, price: standing.price, incentive: incentiveOf(now.lltv) }
  const segment = by === 'repaidShares' ? sharesTaken(exchange, position.data) : seizureTaken(exchange, position.data)
  return segment === null ? null : { exchange, segment }
}

function preLiquidation({ now, position, standing }: Case, through: Way['through']): Chosen | null {
  const opening = standing.openings.find(({ contract }) => contract.contract === through)
  if (opening === undefined) return null
  const segment = sharesPreTaken(now, position.data, opening, standing.price)
  return segment === null ? null : { exchange: exchangeOf(now, opening), segment }
}

const after = ({ market, position }: Case, { market: data, loan }: Left): readonly Patch<Blue, Loan>[] => [
  { op: 'put-market', market: { ...market, data } },
  isEmpty(loan)
    ? { op: 'drop-position', id: position.id }
    : { op: 'put-position', position: { ...position, data: loan } },
]
