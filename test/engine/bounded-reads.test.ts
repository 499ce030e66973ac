import { describe, expect, it } from 'vitest'
import { createBooks } from '../../src/book/books.ts'
import { type Address, address, type Hex } from '../../src/core/address.ts'
import { marketId } from '../../src/core/book.ts'
import { type Feed, feedId } from '../../src/core/feed.ts'
import { wei } from '../../src/core/numbers.ts'
import type { Venue } from '../../src/core/venue.ts'
import type { Read, View } from '../../src/core/world.ts'
import { FeedKeeper } from '../../src/engine/feeds.ts'
import { Pools } from '../../src/engine/pools.ts'
import { feeds as morphoFeeds } from '../../strategies/morpho-blue/feeds.ts'
import v2 from '../../venues/uniswap-v2/index.ts'
import v3 from '../../venues/uniswap-v3/index.ts'

const at = (number: number): Address => address(`0x${number.toString(16).padStart(40, '0')}`)
const words = (bytes: number): Hex => `0x${'0'.repeat(bytes)}`
const block = { number: 1, timestamp: 1, baseFee: wei(0n), parentHash: '0x' as Hex }

/** A chain on which every call answers zero. */
function silentView() {
  const calls: Read[] = []
  const view: View = {
    block,
    call: async (those) => {
      calls.push(...those)
      return those.map(() => words(64))
    },
    storage: async () => [],
    logs: async function* () {
      yield* []
    },
    ahead: () => view,
  }
  return { view, take: () => calls.splice(0) }
}

describe('what anybody made costs no more than its share', () => {
  const feedOf = (number: number, isAnybodys: boolean): Feed => ({
    ...{ id: feedId(`${number}`), unit: '', sources: [], derive: null, nextChange: null },
    read: { to: at(number), data: '0x', decode: BigInt },
    ...(isAnybodys ? { isAnybodys: true as const } : {}),
  })

  it('of oracles that only asking tells so many are asked with one head, each in turn; chosen ones always', async () => {
    const { view, take } = silentView()
    const keeper = new FeedKeeper(createBooks(4))
    const many = Array.from({ length: 600 }, (_, number) => feedOf(number + 1, true))
    const chosen = feedOf(1_000, false)
    await keeper.load(view, [...many, chosen])
    take()
    const seen = new Set<Address>()
    for (let head = 0; head < 3; head += 1) {
      await keeper.reread(view, () => true)
      const asked = take().map(({ to }) => to)
      expect(asked).toHaveLength(257)
      expect(asked).toContain(at(1_000))
      for (const to of asked) seen.add(to)
    }
    expect(seen.size).toBe(601)
  })

  it('Morpho’s markets are anybody’s unless they are named', () => {
    const data = {
      interest: 'adaptive',
      totalBorrowShares: 1n,
      oracle: { at: at(1), parts: null },
      preLiquidations: [],
    }
    const book = { markets: () => [{ id: marketId('m'), epoch: 0, data }] } as never
    const isAnybodys = (markets: Parameters<typeof morphoFeeds>[0]['markets']) =>
      morphoFeeds({ markets }, book)[0]?.isAnybodys
    expect([isAnybodys('all'), isAnybodys([marketId('m')])]).toEqual([true, undefined])
  })
})

describe('a new token', () => {
  const configs = { v3: { factory: at(90), quoter: at(91), fromBlock: 0, fees: [500, 3_000] }, v2: { factory: at(92) } }
  const venues: readonly (readonly [string, Venue, number])[] = [
    ['Uniswap V3', v3.create(v3.config.parse(configs.v3)) as unknown as Venue, 2],
    ['Uniswap V2', v2.create(v2.config.parse(configs.v2)) as unknown as Venue, 1],
  ]
  const tokens = (count: number): ReadonlySet<Address> =>
    new Set(Array.from({ length: count }, (_, i) => at(1_000 + i)))

  for (const [name, module, each] of venues)
    it(`asks ${name} for its own pairs alone, and beside no more than the first tokens`, async () => {
      const { view, take } = silentView()
      const books = createBooks(4)
      const pools = new Pools({
        ...{ books, blockSeconds: 12, adopt: () => [] },
        venues: [{ key: name, name, module }],
      })
      const find = async (count: number, isAnew = false): Promise<number> => {
        const { found } = await pools.find(
          view,
          tokens(count),
          () => undefined,
          () => true,
          isAnew,
        )
        if (!isAnew) pools.settle(found)
        return take().length
      }
      expect(await find(20)).toBe(190 * each)
      expect(await find(20)).toBe(0)
      expect(await find(21)).toBe(20 * each)
      expect(await find(21, true)).toBe(210 * each)
      pools.settle([...tokens(400)])
      expect(await find(401)).toBe(256 * each)
      pools.forget()
      expect(await find(20)).toBe(190 * each)
    })
})
