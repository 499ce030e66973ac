import type { Address } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { Position, PositionId } from '#core/book.ts'
import { amount, RAY } from '#core/numbers.ts'
import type { Outcome } from '#core/receipt.ts'
import * as events from './events.ts'
import {
  auctionId,
  type IlkMarket,
  ilkId,
  ilksOf,
  isIlk,
  type MakerBook,
  type MakerPosition,
  systemOf,
  urnId,
} from './records.ts'

/**
 * Barks, takes and redos among the logs, whoever made them. A bark hands nothing over: its collateral is up for auction.
 * A take's log tells what is left of the lot, so that what was taken follows from the log before. Who took is in no log.
 */
export function outcome(before: MakerBook, logs: readonly Log[]): readonly Outcome[] {
  const system = systemOf(before)
  if (system === null) return []
  const byClip = new Map(ilksOf(before).map((market) => [market.data.clip, market]))
  const lots = new Map<PositionId, bigint>()
  let kicker: Address | null = null
  return logs.flatMap((log): Outcome[] => {
    if (log.topicCount === 0) return []
    const topic = log.topic(0)
    if (log.address === system.data.dog && topic === events.bark) {
      const market = before.market(ilkId(system.data.dog, log.topic(1)))
      if (!isIlk(market)) return []
      return [{ ...bare(log, market), kind: 'bark', position: urnId(market.id, log.addressAt('topic', 2)), by: kicker }]
    }
    const market = byClip.get(log.address)
    if (market === undefined || (topic !== events.kick && topic !== events.take && topic !== events.redo)) return []
    const id = auctionId(log.address, BigInt(log.topic(1)))
    if (topic === events.take) return [taken(market, system.data.dai, log, id, lots, before.position(id))]
    kicker = log.addressAt('topic', 3)
    lots.set(id, log.word(2))
    return topic === events.kick ? [] : [{ ...bare(log, market), kind: 'redo', position: id, by: kicker }]
  })
}

const bare = (log: Log, market: IlkMarket): Omit<Outcome, 'kind' | 'position' | 'by'> => ({
  market: market.id,
  transactionHash: log.transactionHash,
  logIndex: log.logIndex,
  repaid: null,
  seized: [],
  badDebt: amount(0n),
})

function taken(
  market: IlkMarket,
  dai: Address,
  log: Log,
  id: PositionId,
  lots: Map<PositionId, bigint>,
  position: Position<MakerPosition> | undefined,
): Outcome {
  const had = lots.get(id) ?? (position?.data.kind === 'auction' ? position.data.lot : null)
  const [owe, tab, lot] = [log.word(2), log.word(3), log.word(4)]
  lots.set(id, lot)
  const unit = 10n ** BigInt(18 - market.data.decimals)
  return {
    ...bare(log, market),
    kind: 'take',
    position: id,
    by: null,
    repaid: { asset: dai, amount: amount((owe + RAY - 1n) / RAY) },
    seized: had === null ? [] : [{ asset: market.data.gem, amount: amount((had - lot) / unit) }],
    badDebt: amount(lot === 0n ? tab / RAY : 0n),
  }
}
