import { afterAll, beforeAll, expect, test } from 'vitest'
import { abis, seeded, startUniswapChain, type UniswapChain } from '../../sandbox/uniswap-chain.ts'
import type { Address, Hex } from '../../src/core/address.ts'
import type { Market } from '../../src/core/book.ts'
import { fillTo } from '../../src/core/curve.ts'
import { amount } from '../../src/core/numbers.ts'
import type { Venue } from '../../src/core/venue.ts'
import definition from '../../venues/uniswap-v2/index.ts'
import type { Pair } from '../../venues/uniswap-v2/pair.ts'

let chain: UniswapChain
let venue: Venue<Pair>
let tokens: readonly Address[]
const seed = Number(process.env.SEED ?? 7)
const random = seeded(seed)
const forever = 2n ** 40n

beforeAll(async () => {
  process.stdout.write(`seed ${seed}\n`)
  chain = await startUniswapChain()
  tokens = [await chain.token(), await chain.token(), await chain.token()].sort() as Address[]
  const { factory, router } = chain.v2
  venue = definition.create(definition.config.parse({ factory, router }))
  for (const [a, b] of [
    [0, 1],
    [1, 2],
    [0, 2],
  ])
    await chain.send(router, abis.v2Router, 'addLiquidity', [
      tokens[a!],
      tokens[b!],
      BigInt(Math.floor(10 ** (12 + random() * 12))),
      BigInt(Math.floor(10 ** (12 + random() * 12))),
      0,
      0,
      chain.me,
      forever,
    ])
})
afterAll(() => chain.stop())

const discovered = async (): Promise<readonly Market<Pair>[]> =>
  (await venue.discover(await chain.head(), tokens)).flatMap((patch) =>
    patch.op === 'put-market' ? [patch.market] : [],
  )

test('2,000 quotes equal the router’s', async () => {
  const pairs = await discovered()
  expect(pairs).toHaveLength(3)
  for (let round = 0; round < 20; round += 1) {
    const cases = Array.from({ length: 100 }, () => {
      const { data } = pairs[Math.floor(random() * 3)]!
      const sell = random() < 0.5 ? data.token0 : data.token1
      return {
        data,
        sell,
        buy: sell === data.token0 ? data.token1 : data.token0,
        sold: BigInt(Math.ceil(10 ** (random() * 26))),
      }
    })
    const answers = await (await chain.head()).call(
      cases.map(({ sell, buy, sold }) => ({
        to: chain.v2.router,
        data: abis.v2Router.encodeFunctionData('getAmountsOut', [sold, [sell, buy]]) as Hex,
      })),
    )
    cases.forEach(({ data, sell, sold }, i) => {
      const [amounts] = abis.v2Router.decodeFunctionResult('getAmountsOut', answers[i]!)
      const local = venue.sell({ id: data.address as never, epoch: 0, data }, sell, amount(sold))
      // The pair itself refuses to hand out nothing.
      expect(local?.bought ?? 0n).toBe(amounts[1])
    })
  }
})

test('real swaps give what was quoted, and logs leave the reserves that are there', async () => {
  let pairs = new Map((await discovered()).map((market) => [market.id, market]))
  const book = {
    market: (id: Market['id']) => pairs.get(id),
    markets: () => pairs.values(),
    position: () => undefined,
    positions: () => [],
    positionsOf: () => [],
  }
  for (let i = 0; i < 60; i += 1) {
    const pair = [...pairs.values()][Math.floor(random() * 3)]!
    const sell = random() < 0.5 ? pair.data.token0 : pair.data.token1
    const buy = sell === pair.data.token0 ? pair.data.token1 : pair.data.token0
    const sold = BigInt(Math.ceil(10 ** (4 + random() * 19)))
    const local = venue.sell(pair, sell, amount(sold))
    const logs = await chain.tryToSend(chain.v2.router, abis.v2Router, 'swapExactTokensForTokens', [
      sold,
      0,
      [sell, buy],
      chain.me,
      forever,
    ])
    expect(logs === null).toBe(local === null)
    for (const log of logs ?? [])
      for (const patch of venue.fold(book, log).patches)
        if (patch.op === 'put-market') pairs = new Map(pairs).set(patch.market.id, patch.market)
    if (local !== null) expect(pairs.get(pair.id)).toEqual(local.after)
  }
  for (const market of await discovered()) expect(pairs.get(market.id)).toEqual(market)
})

test('every pair is admitted, and one that answers otherwise is not', async () => {
  const view = await chain.head()
  for (const pair of await discovered()) {
    expect(await venue.admits(view, pair)).toBe(true)
    const moved = { ...pair, data: { ...pair.data, reserve0: pair.data.reserve0 + 1n } }
    expect(await venue.admits(view, moved)).toBe(false)
    const cheap = { ...pair, data: { ...pair.data, feePips: 2_000 } }
    expect(await venue.admits(view, cheap)).toBe(false)
  }
})

test('fill sells to the marginal price, by the closed form of constant product', async () => {
  // Reserves 1e4 and 2.5e7, fee 0.3 %, seizing 1.05/2500 a unit repaid at a flash fee of 5 bps.
  const data = {
    address: tokens[0]!,
    token0: tokens[0]!,
    token1: tokens[1]!,
    feePips: 3_000,
    reserve0: 10n ** 22n,
    reserve1: 25n * 10n ** 24n,
  }
  const kappa = 1.05 / 2500
  const { sold, bought } = fillTo(
    venue.curve({ id: data.address as never, epoch: 0, data }, tokens[0]!),
    1.0005 / kappa,
  )
  const repaid = sold / kappa
  expect(repaid / 1e18).toBeCloseTo(546_907.06, 2)
  expect((bought - repaid * 1.0005) / 1e18).toBeCloseTo(12_531.08, 2)
})

test('the least that buys an amount buys it, and a unit less does not', async () => {
  for (const pair of await discovered())
    for (const token of [pair.data.token0, pair.data.token1])
      for (let i = 0; i < 500; i += 1) {
        const out = token === pair.data.token0 ? pair.data.reserve1 : pair.data.reserve0
        const wanted = amount(BigInt(Math.ceil(Number(out) * random() ** 8 * 0.99)))
        const least = venue.leastToBuy!(pair, token, wanted)!
        const done = venue.sell(pair, token, least)
        if (done === null) continue
        expect(done.bought).toBeGreaterThanOrEqual(wanted)
        expect(venue.sell(pair, token, amount(least - 1n))?.bought ?? 0n).toBeLessThan(wanted)
      }
})
