import type { Position } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { amount, RAY } from '#core/numbers.ts'
import type { Flow, Opportunity, Terms } from '#core/opportunity.ts'
import { afterBark, afterRedo, afterTake } from './after.ts'
import { barkAt, coinOf, topOf } from './bark.ts'
import { chostFeed } from './feeds.ts'
import { feedPrice, pricesIn, shown } from './price.ts'
import {
  type Auction,
  type Case,
  type IlkMarket,
  isAuction,
  isIlk,
  isUrn,
  type MakerMarket,
  type MakerPosition,
  type MakerScene,
  type System,
  systemOf,
} from './records.ts'
import { takeOf } from './take.ts'

type MakerTerms = Terms<MakerMarket, MakerPosition>
type At<P extends MakerPosition> = {
  readonly scene: MakerScene
  readonly system: System
  readonly market: IlkMarket
  readonly position: Position<P>
}

/**
 * What a bark, a take of `amt`, or a redo gives in the scene's block, to the wei of its tokens: rewards rounded down and
 * payments up from rad, collateral down from wad; what is rounded away stays ours in the vat.
 * @throws `bad-argument` when the scene does not hold the case, or the contract would revert.
 */
export function terms(scene: MakerScene, opportunity: Opportunity<Case>, input: bigint | null): MakerTerms {
  const [id] = opportunity.positions
  const position = id === undefined ? undefined : scene.book.position(id)
  const market = scene.book.market(opportunity.market)
  const system = systemOf(scene.book)
  if (position === undefined || !isIlk(market) || system === null) throw absent(opportunity, 'position')
  const at = { scene, system: system.data, market }
  const { data } = opportunity
  if (data.act === 'bark') {
    if (!isUrn(position)) throw absent(opportunity, 'urn')
    const prices = pricesIn(scene, market, system.data).find(({ poke }) => poke === data.poke)
    const done = prices === undefined ? null : barkAt(system.data, market.data, position.data, prices.dollars)
    if (prices === undefined || done === null || 'refused' in done) throw absent(opportunity, 'bark')
    const tags = [
      done.dart === position.data.art ? 'full' : 'partial',
      ...(data.poke === 'none' ? [] : [`poke-${data.poke}`]),
    ]
    return {
      ...nothing,
      rewards: rewarded(system.data, done.coin),
      tags,
      after: afterBark(scene, system, market, position, done, prices),
    }
  }
  if (!isAuction(position)) throw absent(opportunity, 'auction')
  return data.act === 'redo'
    ? redone({ ...at, position }, opportunity)
    : taken({ ...at, position }, opportunity, data.price, input)
}

const nothing: Pick<MakerTerms, 'repay' | 'seized' | 'badDebt'> = { repay: amount(0n), seized: [], badDebt: amount(0n) }

const absent = ({ id }: Opportunity<Case>, what: string): KeeperError =>
  new KeeperError('bad-argument', `${id} has no ${what} in this scene: assess it again`)

const rewarded = ({ dai }: System, coin: bigint): readonly Flow[] =>
  coin < RAY ? [] : [{ asset: dai, amount: amount(coin / RAY) }]

/** Source: Clipper.redo: the reward is for auctions that are worth their while only. */
function redone({ scene, system, market, position }: At<Auction>, opportunity: Opportunity<Case>): MakerTerms {
  const { data } = market
  const dollars = shown(scene, market)
  const chost = scene.feed(chostFeed(data))
  if (dollars === null || chost === null) throw absent(opportunity, 'price')
  const { tab, lot } = position.data
  const isPaid = tab >= chost.value && lot * feedPrice(dollars, system) >= chost.value
  const top = topOf(system, data, dollars)
  return {
    ...nothing,
    rewards: rewarded(system, isPaid ? coinOf(data, tab) : 0n),
    tags: [],
    after: afterRedo(scene, position, top),
  }
}

function taken(
  { scene, market, position }: At<Auction>,
  opportunity: Opportunity<Case>,
  price: bigint,
  input: bigint | null,
): MakerTerms {
  const chost = scene.feed(chostFeed(market.data))
  const done = input === null || input <= 0n || chost === null ? null : takeOf(position.data, price, chost.value, input)
  if (done === null)
    throw new KeeperError('bad-argument', `${opportunity.id} reverts at ${input}: pass an amt of its segments`)
  const unit = 10n ** BigInt(18 - market.data.decimals)
  return {
    repay: amount((done.owe + RAY - 1n) / RAY),
    seized: [{ asset: market.data.gem, amount: amount(done.slice / unit) }],
    rewards: [],
    badDebt: amount(done.lot === 0n ? done.tab / RAY : 0n),
    tags: [done.isOver ? 'full' : 'partial', ...(done.lot === 0n && done.tab >= RAY ? ['bad-debt'] : [])],
    after: afterTake(scene, market, position, done),
  }
}
