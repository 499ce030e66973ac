import { id } from 'ethers'
import { describe, expect, it } from 'vitest'
import { address, type Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { marketId } from '#core/book.ts'
import { type Feed, feedId } from '#core/feed.ts'
import { wei } from '#core/numbers.ts'
import type { Read, View } from '#core/world.ts'
import { createBooks } from '../../src/book/books.ts'
import { decodeLog } from '../../src/chain/log.ts'
import { FeedKeeper } from '../../src/engine/feeds.ts'
import { feeds as morphoFeeds, oracleFeed } from '../../strategies/morpho-blue/feeds.ts'
import type { Blue, Oracle } from '../../strategies/morpho-blue/records.ts'

const [oracle, feed, aggregator] = [1, 2, 3].map((one) => address(`0x${one.toString(16).padStart(40, '0')}`)) as [
  Feed['read']['to'],
  Feed['read']['to'],
  Feed['read']['to'],
]
const word = (value: bigint): string => value.toString(16).padStart(64, '0')
const view = (answers: (read: Read) => Hex | null): View => ({
  block: { number: 1, timestamp: 1_700_000_000, baseFee: wei(0n), parentHash: '0x00' },
  call: async (reads) => reads.map(answers),
  storage: async () => [],
  logs: () => {
    throw new Error('not asked here')
  },
  ahead: () => view(answers),
})
/** What a contract answers, by the names of its functions; it reverts at any other. */
const answering =
  (by: Readonly<Record<string, string>>) =>
  ({ data }: Read): Hex | null => {
    const name = Object.keys(by).find((one) => id(one).slice(0, 10) === data.slice(0, 10))
    return name === undefined ? null : `0x${by[name]}`
  }
const morphoFeed = (parts: Oracle['parts']): Feed => {
  const data = { interest: 'adaptive', totalBorrowShares: 1n, oracle: { at: oracle, parts }, preLiquidations: [] }
  const market = { id: marketId('m'), epoch: 0, data: data as unknown as Blue }
  const [found] = morphoFeeds({ markets: 'all' }, { markets: () => [market] } as never)
  if (found === undefined) throw new Error('no feed')
  return found
}
const priceOf = (contract: Feed['read']['to']): Feed => ({
  ...{ id: feedId('price'), unit: '', nextChange: null, derive: ([one]) => one ?? null },
  sources: [{ kind: 'price', contract }],
  read: { to: contract, data: id('price()').slice(0, 10) as Hex, decode: BigInt },
})
async function load(of: Feed, answers: (read: Read) => Hex | null) {
  const books = createBooks(4)
  const keeper = new FeedKeeper(books)
  await keeper.load(view(answers), [of])
  return { books, keeper }
}

describe('an oracle that anybody wrote', () => {
  it('that answers nothing at all, or half a word, reverts in whoever asks: it has no price', async () => {
    for (const text of ['', '00', 'ff'.repeat(31)]) {
      const { books, keeper } = await load(morphoFeed(null), () => `0x${text}`)
      expect(books.feed(oracleFeed(oracle))).toBeNull()
      await keeper.reread(
        view(() => `0x${text}`),
        () => true,
      )
      expect(books.feed(oracleFeed(oracle))).toBeNull()
    }
  })

  it('that answers more than a word is read as the caller reads it: the first word', async () => {
    const { books } = await load(morphoFeed(null), () => `0x${word(7n)}${word(9n).repeat(40)}`)
    expect(books.feed(oracleFeed(oracle))?.value).toBe(7n)
  })

  it('that looks like an adapter with a power of ten beyond all memory is asked, not computed', async () => {
    const rates = { 'getRatio()': word(1n), 'getSnapshotRatio()': word(1n), 'getSnapshotTimestamp()': word(1n) }
    const capo = {
      ...{ 'price()': word(5n), 'BASE_TO_USD_AGGREGATOR()': word(3n), 'getMaxRatioGrowthPerSecond()': word(1n) },
      ...{ ...rates, 'RATIO_DECIMALS()': 'f'.repeat(64) },
    }
    const round = [1n, 100n, 1n, 1n, 1n].map(word).join('')
    const proxy = { 'aggregator()': word(4n), 'latestRoundData()': round }
    const { books, keeper } = await load(priceOf(feed), (read) => answering(read.to === feed ? capo : proxy)(read))
    expect(books.feed(feedId('price'))?.value).toBe(5n)
    expect(keeper.needsReads()).toBe(true)
  })

  it('that looks like an adapter with nothing to divide by is asked, not computed', async () => {
    const peg = {
      ...{ 'price()': word(5n), 'ASSET_TO_PEG()': word(3n), 'PEG_TO_BASE()': word(3n) },
      ...{ 'DECIMALS()': word(8n), 'DENOMINATOR()': word(0n) },
    }
    const round = [1n, 100n, 1n, 1n, 1n].map(word).join('')
    const proxy = { 'aggregator()': word(4n), 'latestRoundData()': round }
    const { books } = await load(priceOf(feed), (read) => answering(read.to === feed ? peg : proxy)(read))
    expect(books.feed(feedId('price'))?.value).toBe(5n)
  })

  it('whose aggregator tells logs that are cut short changes nothing', async () => {
    const round = [1n, 100n, 1n, 1n, 1n].map(word).join('')
    const proxy = { 'price()': word(100n), 'aggregator()': word(3n), 'latestRoundData()': round }
    const { books, keeper } = await load(priceOf(feed), answering(proxy))
    const told = (topics: readonly string[], data: string): Log =>
      decodeLog(
        {
          ...{ address: aggregator, topics, data, blockNumber: '0x2', blockHash: '0x', transactionHash: '0x' },
          ...{ transactionIndex: '0x0', logIndex: '0x0' },
        },
        view(() => null).block,
      )
    const answerUpdated = id('AnswerUpdated(int256,uint256,uint256)')
    const transmitted = id('NewTransmission(uint32,int192,address,uint32,int192[],bytes,int192,bytes32,uint40)')
    expect(keeper.fold(told([answerUpdated, `0x${word(9n)}`], '0x'))).toEqual([])
    expect(keeper.fold(told([transmitted, `0x${word(9n)}`], '0x'))).toEqual([])
    expect(books.feed(feedId('price'))?.value).toBe(100n)
    expect(keeper.fold(told([answerUpdated, `0x${word(9n)}`, `0x${word(2n)}`], `0x${word(2n)}`))).toEqual([
      feedId('price'),
    ])
  })
})
