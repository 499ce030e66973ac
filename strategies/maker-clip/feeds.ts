import { Interface } from 'ethers'
import { makerClip, makerPip } from '#abis/maker-clip.ts'
import type { Hex } from '#core/address.ts'
import { type Feed, type FeedId, feedId } from '#core/feed.ts'
import { type Ilk, ilksOf, type MakerBook } from './records.ts'

const clip = new Interface(makerClip)
const pip = new Interface(makerPip)

export const priceFeed = ({ pip: at }: Ilk): FeedId => feedId(`maker-clip/${at}`)
export const chostFeed = ({ clip: at }: Ilk): FeedId => feedId(`maker-clip/${at}/chost`)

/**
 * Prices that anybody may read (an OSM's are in the book: it changes with its logs and the time alone), and each
 * clipper's `chost`, which anybody may bring up to date without a log.
 */
export function feeds(book: MakerBook): readonly Feed[] {
  const all = ilksOf(book).flatMap(({ data }) => [...(data.source === 'feed' ? [price(data)] : []), chost(data)])
  return [...new Map(all.map((feed) => [feed.id, feed])).values()]
}

/** 0 where it says that it has none. Source: DSValue.peek. */
const price = (ilk: Ilk): Feed => ({
  id: priceFeed(ilk),
  sources: [],
  unit: 'usd-1e18 per 1e18 units of collateral in the vat',
  prices: { token: ilk.gem, quote: 'usd', scale: 1e-18 / 10 ** ilk.decimals },
  derive: null,
  nextChange: null,
  read: {
    to: ilk.pip,
    data: pip.encodeFunctionData('peek') as Hex,
    decode: (answer) => (BigInt(`0x${answer.slice(66, 130) || '0'}`) === 1n ? BigInt(answer.slice(0, 66)) : 0n),
  },
})

const chost = (ilk: Ilk): Feed => ({
  id: chostFeed(ilk),
  sources: [],
  unit: 'dai-1e45',
  derive: null,
  nextChange: null,
  read: {
    to: ilk.clip,
    data: clip.encodeFunctionData('chost') as Hex,
    decode: (answer) => BigInt(answer.slice(0, 66)),
  },
})
