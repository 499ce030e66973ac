import { afterAll, beforeAll, expect, test } from 'vitest'
import { abis, seeded, startUniswapChain, type UniswapChain } from '../../sandbox/uniswap-chain.ts'
import type { Address, Hex } from '../../src/core/address.ts'
import type { Log } from '../../src/core/block.ts'
import type { Book, Market } from '../../src/core/book.ts'
import { fillTo } from '../../src/core/curve.ts'
import { amount } from '../../src/core/numbers.ts'
import type { Venue } from '../../src/core/venue.ts'
import definition from '../../venues/uniswap-v3/index.ts'
import type { Pool } from '../../venues/uniswap-v3/pool.ts'

let chain: UniswapChain
let venue: Venue<Pool>
let tokens: readonly [Address, Address]
const seed = Number(process.env.SEED ?? 7)
const random = seeded(seed)
const int = (below: number): number => Math.floor(random() * below)
const forever = 2n ** 40n
const fees = [
  { fee: 500, spacing: 10 },
  { fee: 3000, spacing: 60 },
  { fee: 10000, spacing: 200 },
]

beforeAll(async () => {
  process.stdout.write(`seed ${seed}\n`)
  chain = await startUniswapChain()
  const pair = [await chain.token(), await chain.token()].sort() as [Address, Address]
  tokens = pair
  venue = definition.create(
    definition.config.parse({ factory: chain.v3.factory, quoter: chain.v3.quoter, fromBlock: 0 }),
  )
  for (const { fee, spacing } of fees) {
    const start = BigInt(Math.floor(Math.sqrt(0.2 + random() * 5) * 2 ** 96))
    await chain.send(chain.v3.manager, abis.v3Manager, 'createAndInitializePoolIfNecessary', [...pair, fee, start])
    for (let i = 0; i < 14; i += 1) await mint(fee, spacing)
  }
})
afterAll(() => chain.stop())

/** Some positions lie around the price, some far away; their sizes span twelve orders. */
async function mint(fee: number, spacing: number): Promise<readonly Log[]> {
  const reach = Math.floor(30_000 / spacing)
  const [a, b] = [int(2 * reach) - reach, int(2 * reach) - reach]
  const [lower, upper] = a === b ? [a, a + 1] : a < b ? [a, b] : [b, a]
  const size = BigInt(Math.floor(10 ** (9 + random() * 13)))
  return (
    (await chain.tryToSend(chain.v3.manager, abis.v3Manager, 'mint', [
      [...tokens, fee, lower * spacing, upper * spacing, size, size, 0, 0, chain.me, forever],
    ])) ?? []
  )
}

const swap = async (fee: number, zeroForOne: boolean, sold: bigint): Promise<readonly Log[] | null> => {
  const [sell, buy] = zeroForOne ? tokens : [tokens[1], tokens[0]]
  return chain.tryToSend(chain.v3.router, abis.v3Router, 'exactInputSingle', [
    [sell, buy, fee, chain.me, forever, sold, 0, 0],
  ])
}

const discovered = async (): Promise<readonly Market<Pool>[]> =>
  (await venue.discover(await chain.head(), tokens)).flatMap((patch) =>
    patch.op === 'put-market' ? [patch.market] : [],
  )

test('10,000 quotes equal QuoterV2 in amount and price, and what it cannot take is null', async () => {
  const pools = await discovered()
  expect(pools).toHaveLength(3)
  let crossings = 0
  let nulls = 0
  for (let round = 0; round < 100; round += 1) {
    const cases = Array.from({ length: 100 }, () => {
      const pool = pools[int(pools.length)]!
      const zeroForOne = random() < 0.5
      return { pool, zeroForOne, sold: BigInt(Math.floor(10 ** (random() * 23))) }
    })
    const answers = await (await chain.head()).call(
      cases.map(({ pool: { data }, zeroForOne, sold }) => ({
        to: chain.v3.quoter,
        data: abis.v3Quoter.encodeFunctionData('quoteExactInputSingle', [
          [zeroForOne ? data.token0 : data.token1, zeroForOne ? data.token1 : data.token0, sold, data.feePips, 0],
        ]) as Hex,
      })),
    )
    cases.forEach(({ pool, zeroForOne, sold }, i) => {
      const local = venue.sell(pool, zeroForOne ? pool.data.token0 : pool.data.token1, amount(sold))
      const [bought, sqrtAfter, crossed] = abis.v3Quoter.decodeFunctionResult('quoteExactInputSingle', answers[i]!)
      if (local === null) {
        // The quoter answers for the part the pool can take: its price has then run to the end.
        expect([4295128740n, 1461446703485210103287273052203988822378723970341n]).toContain(sqrtAfter)
        nulls += 1
        return
      }
      expect(local.bought).toBe(bought)
      expect(local.after.data.sqrtPriceX96).toBe(sqrtAfter)
      crossings += Number(crossed)
    })
  }
  process.stdout.write(`crossed ${crossings} ticks; ${nulls} beyond the pool\n`)
  expect(crossings).toBeGreaterThan(2_000)
  expect(nulls).toBeGreaterThan(100)
}, 900_000)

test('the least that buys an amount buys it, and a unit less does not', async () => {
  let whole = 0
  for (const pool of await discovered())
    for (const token of tokens)
      for (let i = 0; i < 1_500; i += 1) {
        const sold = amount(BigInt(Math.floor(10 ** (random() * 23))))
        const bought = venue.sell(pool, token, sold)?.bought ?? 0n
        const wanted = amount(bought - bought / BigInt(1 + int(1_000)))
        const least = wanted === 0n ? null : venue.leastToBuy!(pool, token, wanted)
        if (wanted === 0n || least === null) continue
        whole += 1
        expect(least).toBeLessThanOrEqual(sold)
        expect(venue.sell(pool, token, least)!.bought).toBeGreaterThanOrEqual(wanted)
        expect(venue.sell(pool, token, amount(least - 1n))?.bought ?? 0n).toBeLessThan(wanted)
      }
  expect(whole).toBeGreaterThan(4_000)
})

test('every pool is admitted, and one that answers otherwise is not', async () => {
  const view = await chain.head()
  for (const pool of await discovered()) {
    expect(await venue.admits(view, pool)).toBe(true)
    const moved = { ...pool, data: { ...pool.data, liquidity: pool.data.liquidity + 10n ** 12n } }
    expect(await venue.admits(view, moved)).toBe(false)
  }
})

test('state followed by logs through mints, burns and swaps equals the state read again', async () => {
  let markets = new Map((await discovered()).map((market) => [market.id, market]))
  const book = (): Book<Pool> => ({
    market: (id) => markets.get(id),
    markets: () => markets.values(),
    position: () => undefined,
    positions: () => [],
    positionsOf: () => [],
  })
  const fold = (logs: readonly Log[]): void => {
    for (const log of logs)
      for (const patch of venue.fold(book(), log).patches)
        if (patch.op === 'put-market') markets = new Map(markets).set(patch.market.id, patch.market)
  }
  const burnt = new Set<number>()
  let swaps = 0
  for (let i = 0; i < 150; i += 1) {
    const { fee, spacing } = fees[int(3)]!
    const pick = random()
    if (pick < 0.3) fold(await mint(fee, spacing))
    else if (pick < 0.5) {
      const id = 1 + int(42)
      if (burnt.has(id)) continue
      const position = await (await chain.head()).call([
        { to: chain.v3.manager, data: abis.v3Manager.encodeFunctionData('positions', [id]) as Hex },
      ])
      if (position[0] == null) continue
      const held = abis.v3Manager.decodeFunctionResult('positions', position[0])[7] as bigint
      const part = random() < 0.5 ? held : held / 3n
      if (part === held) burnt.add(id)
      if (part > 0n)
        fold(await chain.send(chain.v3.manager, abis.v3Manager, 'decreaseLiquidity', [[id, part, 0, 0, forever]]))
    } else {
      const zeroForOne = random() < 0.5
      const before = [...markets.values()].find(({ data }) => data.feePips === fee)!
      const sold = BigInt(Math.floor(10 ** (8 + random() * 14)))
      const local = venue.sell(before, zeroForOne ? tokens[0] : tokens[1], amount(sold))
      const logs = await swap(fee, zeroForOne, sold)
      if (local === null || logs === null) {
        if (logs !== null) fold(logs)
        continue
      }
      fold(logs)
      swaps += 1
      expect(markets.get(before.id)!.data).toEqual(local.after.data)
    }
  }
  expect(swaps).toBeGreaterThan(40)
  for (const market of await discovered()) expect(markets.get(market.id)).toEqual(market)
})

test('fill stops where the marginal price after fee is the one asked for', async () => {
  for (const pool of await discovered())
    for (const token of tokens)
      for (let i = 0; i < 60; i += 1) {
        const zeroForOne = token === tokens[0]
        const spot = (Number(pool.data.sqrtPriceX96) / 2 ** 96) ** 2
        const price = (zeroForOne ? spot : 1 / spot) * (1 - random() * 0.5)
        const { sold, bought } = fillTo(venue.curve(pool, token), price)
        if (sold === 0) continue
        if (sold < 1e9) continue
        const exact = venue.sell(pool, token, amount(BigInt(Math.floor(sold))))
        if (exact === null) continue
        expect(Number(exact.bought) / bought).toBeCloseTo(1, 6)
        const step = BigInt(Math.max(1e6, Math.floor(sold * 1e-5)))
        const more = venue.sell(pool, token, amount(BigInt(Math.floor(sold)) + step))
        const less = venue.sell(pool, token, amount(BigInt(Math.floor(sold)) - step))
        if (more === null || less === null) continue
        const marginalAfter = Number(more.bought - exact.bought) / Number(step)
        const marginalBefore = Number(exact.bought - less.bought) / Number(step)
        expect(marginalAfter).toBeLessThanOrEqual(price * (1 + 1e-4))
        // Where a range without liquidity is jumped over, the price before is above the one asked for.
        expect(marginalBefore).toBeGreaterThanOrEqual(price * (1 - 1e-4))
      }
})
