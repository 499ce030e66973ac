import type { Log } from '#core/block.ts'
import { type Folded, nothingFolded, type Position } from '#core/book.ts'
import * as events from './events.ts'
import {
  type Auction,
  auctionId,
  type IlkMarket,
  type MakerBook,
  type MakerMarket,
  type MakerPosition,
} from './records.ts'

/** What a clipper's log does to its auctions; `null` where a parameter changed. Its logs say all there is to say. */
export function foldClip(book: MakerBook, market: IlkMarket, log: Log): Folded<MakerMarket, MakerPosition> | null {
  const topic = log.topic(0)
  if (topic === events.yank) return dropped(auctionId(log.address, log.word(0)))
  if (topic !== events.kick && topic !== events.take && topic !== events.redo) return null
  const number = BigInt(log.topic(1))
  const id = auctionId(log.address, number)
  if (topic === events.take) {
    const [tab, lot] = [log.word(3), log.word(4)]
    const before = book.position(id)
    if (tab === 0n || lot === 0n || before?.data.kind !== 'auction') return dropped(id)
    return {
      ...nothingFolded,
      patches: [{ op: 'put-position', position: { ...before, data: { ...before.data, tab, lot } } }],
    }
  }
  const data: Auction = {
    kind: 'auction',
    number,
    top: log.word(0),
    tab: log.word(1),
    lot: log.word(2),
    tic: log.block.timestamp,
    usr: log.addressAt('topic', 2),
  }
  const position: Position<Auction> = { id, market: market.id, owner: data.usr, data }
  const begun = { ...market, data: { ...market.data, kicks: number } }
  return {
    ...nothingFolded,
    patches: [
      ...(topic === events.kick ? [{ op: 'put-market' as const, market: begun }] : []),
      { op: 'put-position', position },
    ],
  }
}

const dropped = (id: Position['id']): Folded<MakerMarket, MakerPosition> => ({
  ...nothingFolded,
  patches: [{ op: 'drop-position', id }],
})
