import { Interface } from 'ethers'
import { makerClip } from '#abis/maker-clip.ts'
import type { Hex } from '#core/address.ts'
import type { Position } from '#core/book.ts'
import type { Figures } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { feeds } from './feeds.ts'
import { auctionFigures, unjudged, urnFigures } from './judge.ts'
import { readIlks, word } from './read-ilks.ts'
import { readUrns } from './read-positions.ts'
import { readSystem } from './read-system.ts'
import { type IlkMarket, isIlk, type MakerBook, type MakerPosition, type MakerScene, systemOf } from './records.ts'

const clip = new Interface(makerClip)

/**
 * From the contracts, at the view's block: the clipper's own `getStatus`; of an urn, for which no contract has a view,
 * everything its bark is decided by, read again.
 */
export async function probe(view: View, book: MakerBook, position: Position<MakerPosition>): Promise<Figures> {
  const market = book.market(position.market)
  const system = systemOf(book)
  if (!isIlk(market) || system === null) return unjudged
  if (position.data.kind === 'auction') return probeAuction(view, market, position.data.number)
  const fresh = (await readSystem(view, system.data)).data
  const [ilk] = await readIlks(view, fresh, [market.data.ilk])
  if (ilk === undefined || position.owner === null) return unjudged
  const [urn] = await readUrns(view, fresh, [{ market: ilk, urn: position.owner }])
  return urnFigures(await sceneOf(view, ilk), ilk, fresh, urn?.data ?? { kind: 'urn', ink: 0n, art: 0n })
}

async function probeAuction(view: View, { data }: IlkMarket, number: bigint): Promise<Figures> {
  const [status, stopped] = await view.call([
    { to: data.clip, data: clip.encodeFunctionData('getStatus', [number]) as Hex },
    { to: data.clip, data: clip.encodeFunctionData('stopped') as Hex },
  ])
  if (status === null) return unjudged
  const [needsRedo, price, lot, tab] = [0, 1, 2, 3].map((index) => word(status, index)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  return auctionFigures(word(stopped, 0), { tab, lot }, { needsRedo: needsRedo === 1n, price })
}

/** The view's block with the one price that the collateral may be judged by. */
async function sceneOf(view: View, ilk: IlkMarket): Promise<MakerScene> {
  const book: MakerBook = {
    market: (id) => (id === ilk.id ? ilk : undefined),
    markets: () => [ilk],
    position: () => undefined,
    positions: () => [],
    positionsOf: () => [],
  }
  const all = feeds(book)
  const answers = await view.call(all.map(({ read }) => ({ to: read.to, data: read.data })))
  return {
    id: 'probe',
    block: view.block,
    trigger: 'head',
    book,
    before: [],
    feed: (id) => {
      const at = all.findIndex((feed) => feed.id === id)
      const answer = answers[at] ?? null
      return answer === null ? null : { value: all[at]?.read.decode(answer) ?? 0n, updatedAt: view.block.timestamp }
    },
  }
}
