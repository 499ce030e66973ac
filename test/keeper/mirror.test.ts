import { describe, expect, it } from 'vitest'
import { address, type Hex } from '#core/address.ts'
import type { Block, Log } from '#core/block.ts'
import { type Dirty, marketId, nothingFolded, type Patch, positionId } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { type Feed, feedId } from '#core/feed.ts'
import { wei } from '#core/numbers.ts'
import type { View } from '#core/world.ts'
import { createBooks } from '../../src/book/books.ts'
import { FeedKeeper } from '../../src/engine/feeds.ts'
import { Mirror } from '../../src/engine/mirror.ts'
import type { Modules } from '../../src/engine/modules.ts'

const at = (name: string): Hex => `0x${name.padStart(64, '0')}`
const block: Block = { number: 1, timestamp: 1, baseFee: wei(1n), parentHash: at('0') }
const view = (call: View['call'] = async () => []): View => ({
  block,
  call,
  ahead: () => view(call),
  storage: async () => [],
  logs: async function* () {
    yield []
  },
})
const log = { block, address: address(`0x${'1'.repeat(40)}`), topicCount: 0 } as Log

/** A protocol of one position whose value no log carries, and a venue whose pools are found by asking. */
function stub(): { readonly modules: Modules; value: number; readonly faults: { discover: number; admits: number } } {
  const id = positionId('one')
  const faults = { discover: 0, admits: 0 }
  const dirty: Dirty = { markets: [], positions: [id] }
  const fail = (what: keyof typeof faults): void => {
    faults[what] -= 1
    if (faults[what] >= 0) throw new KeeperError('rpc-refused', 'too many requests', { retryable: true })
  }
  const read = (): readonly Patch[] => [
    { op: 'put-market', market: { id: marketId('home'), epoch: 0, data: {} } },
    { op: 'put-position', position: { id, market: marketId('home'), owner: null, data: { value: made.value } } },
  ]
  const strategy = {
    bootstrap: async function* () {
      yield read()
    },
    watches: () => [{ addresses: 'any', topics: [] }],
    fold: () => ({ patches: [], dirty }),
    refresh: async () => read(),
    feeds: () => [],
    assets: () => [address(`0x${'2'.repeat(40)}`)],
    exposure: () => 'always',
  }
  const pool = { id: marketId('pool'), epoch: 0, data: {} }
  const venue = {
    discover: async () => {
      fail('discover')
      return [{ op: 'put-market', market: pool }]
    },
    admits: async () => {
      fail('admits')
      return true
    },
    watches: () => [],
    fold: () => nothingFolded,
    refresh: async () => [],
  }
  const modules = {
    strategies: [{ key: 's', name: 's', module: strategy }],
    venues: [{ key: 'v', name: 'v', module: venue }],
    flash: [],
  } as unknown as Modules
  const made = { modules, value: 1, faults }
  return made
}

describe('the mirror', () => {
  it('reads again what was read in a block that a reorg took, though the log that asked for it still stands', async () => {
    const given = stub()
    const mirror = new Mirror(createBooks(8), given.modules, [], 12)
    await mirror.load(view(), () => undefined)
    const value = (): unknown => mirror.books.shelf('s').position(positionId('one'))?.data.value
    mirror.books.begin(at('a'), at('0'))
    given.value = 2
    mirror.books.begin(at('b'), at('a'))
    mirror.fold([log])
    // The answer comes when the next block is the tip already.
    mirror.books.begin(at('c'), at('b'))
    await mirror.reread(view(), () => true)
    expect([value(), mirror.hasStale()]).toEqual([2, false])
    mirror.onUndone(mirror.books.rollbackTo(at('b')))
    expect([value(), mirror.hasStale()]).toEqual([1, true])
    await mirror.reread(view(), () => true)
    expect([value(), mirror.hasStale()]).toEqual([2, false])
  })

  for (const what of ['discover', 'admits'] as const) {
    it(`one failed ${what} does not blind it to a pool for good`, async () => {
      const given = stub()
      given.faults[what] = 1
      const mirror = new Mirror(createBooks(8), given.modules, [], 12)
      await expect(mirror.load(view(), () => undefined)).rejects.toThrow('too many requests')
      expect([...mirror.admittedPools()]).toEqual([])
      await mirror.grow(view(), () => undefined)
      expect([...mirror.admittedPools()].map(({ id }) => id)).toEqual(['pool'])
    })
  }
})

describe('feeds', () => {
  const proxy = address(`0x${'3'.repeat(40)}`)
  const aggregator = address(`0x${'4'.repeat(40)}`)
  const feed: Feed = {
    id: feedId('price'),
    sources: [{ kind: 'price', contract: proxy }],
    unit: 'usd',
    derive: ([reading]) => reading ?? null,
    nextChange: null,
    read: { to: proxy, data: '0x', decode: BigInt },
  }
  const word = (value: bigint | number): string => BigInt(value).toString(16).padStart(64, '0')
  /** A proxy and its aggregator at a price; asked anything else, they revert. */
  const answering =
    (value: number): View['call'] =>
    async (calls) =>
      calls.map(({ data }): Hex | null => {
        if (data === '0x245a7bfc') return `0x${aggregator.slice(2).padStart(64, '0')}`
        if (data === '0xfeaf968c') return `0x${[1, value, 1, value, 1].map(word).join('')}`
        return data === '0x' ? `0x${word(value)}` : null
      })
  const updated = (value: number): Log => {
    const topics: readonly Hex[] = [
      '0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f',
      `0x${word(value)}`,
      `0x${word(2)}`,
    ]
    return {
      ...log,
      address: aggregator,
      topicCount: 3,
      topic: (index) => topics[index] ?? '0x',
      word: () => BigInt(value),
    }
  }

  it('an answer read before a price landed does not take the price back', async () => {
    const books = createBooks(8)
    const feeds = new FeedKeeper(books)
    books.begin(at('a'), at('0'))
    await feeds.load(view(answering(100)), [feed])
    expect(books.feed(feed.id)?.value).toBe(100n)
    let isCurrent = true
    const late = view(async (calls) => {
      // While the node answers for the old block, a new one brings another price.
      if (isCurrent) {
        isCurrent = false
        books.begin(at('b'), at('a'))
        feeds.fold(updated(90))
      }
      return answering(100)(calls)
    })
    await feeds.load(late, [feed], () => isCurrent)
    expect(books.feed(feed.id)?.value).toBe(90n)
  })

  it('a feed whose first reading failed, or was undone by a reorg, is read again', async () => {
    const books = createBooks(8)
    const feeds = new FeedKeeper(books)
    books.begin(at('a'), at('0'))
    books.begin(at('b'), at('a'))
    const refused = view(async () => {
      throw new KeeperError('rpc-refused', 'too many requests', { retryable: true })
    })
    await expect(feeds.load(refused, [feed])).rejects.toThrow('too many requests')
    expect(feeds.unknown([feed])).toEqual([feed])
    const good = view(answering(100))
    await feeds.load(good, [feed])
    expect(feeds.unknown([feed])).toEqual([])
    books.rollbackTo(at('a'))
    feeds.doubt()
    expect([books.feed(feed.id), feeds.unknown([feed])]).toEqual([null, [feed]])
    await feeds.load(good, [feed])
    expect(books.feed(feed.id)?.value).toBe(100n)
  })
})
