import { Interface } from 'ethers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { uniswapV4QuoterAbi } from '#abis/uniswap-v4.ts'
import type { Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Market, marketId } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Venue } from '#core/venue.ts'
import { seeded } from '../../sandbox/seeded.ts'
import { createBooks } from '../../src/book/books.ts'
import definition from '../../venues/uniswap-v4/index.ts'
import { keyWords, type Pool } from '../../venues/uniswap-v4/pool.ts'
import { type ChangeV4, type PoolKeyV4, startV4Chain, swapHook, type V4Chain } from './v4-chain.ts'

let chain: V4Chain
let venue: Venue<Pool>
const seed = Number(process.env.SEED ?? 7)
const random = seeded(seed)
const int = (below: number): number => Math.floor(random() * below)
const packed = (down: number, up: number): number => (up << 12) | down
/** Fee, spacing, and what the protocol takes of either way; the last is changed while it is followed. */
const kinds = [
  { fee: 100, spacing: 1, protocol: packed(0, 0) },
  { fee: 500, spacing: 10, protocol: packed(1_000, 1) },
  { fee: 3_000, spacing: 60, protocol: packed(125, 750) },
  { fee: 10_000, spacing: 200, protocol: packed(0, 1_000) },
  { fee: 0, spacing: 5, protocol: packed(333, 0) },
  { fee: 123_457, spacing: 32_767, protocol: packed(999, 998) },
] as const
let keys: readonly PoolKeyV4[]

const ends = [4295128740n, 1461446703485210103287273052203988822378723970341n]
const sqrtOf = (price: number): bigint => BigInt(Math.floor(Math.sqrt(price) * 2 ** 96))
/** Some positions lie around the price, some far away; their sizes span twelve orders. */
function position(spacing: number): readonly [number, number, bigint] {
  const reach = Math.max(2, Math.floor(30_000 / spacing))
  const [a, b] = [int(2 * reach) - reach, int(2 * reach) - reach]
  const [lower, upper] = a === b ? [a, a + 1] : a < b ? [a, b] : [b, a]
  return [lower * spacing, upper * spacing, BigInt(Math.floor(10 ** (9 + random() * 13)))]
}

beforeAll(async () => {
  process.stdout.write(`seed ${seed}\n`)
  chain = await startV4Chain()
  keys = kinds.map(({ fee, spacing }) => ({ tokens: chain.tokens, fee, spacing }))
  const tiers = kinds.map(({ fee, spacing }) => ({ fee, tickSpacing: spacing }))
  const { manager: poolManager, quoter } = chain
  venue = definition.create(definition.config.parse({ poolManager, quoter, tiers }))
  for (const key of keys)
    chain.begin(
      key,
      sqrtOf(0.2 + random() * 5),
      Array.from({ length: 14 }, () => position(key.spacing)),
    )
  await chain.flush()
  await chain.change(keys.map((key, i) => ({ key, does: 'fee', packed: kinds[i]?.protocol ?? 0 })))
}, 60_000)
afterAll(() => chain?.stop())

const discovered = async (): Promise<readonly Market<Pool>[]> =>
  (await venue.discover(await chain.head(), chain.tokens)).flatMap((patch) =>
    patch.op === 'put-market' ? [patch.market] : [],
  )

const quoterAbi = new Interface(uniswapV4QuoterAbi)
const short = new Interface(['error NotEnoughLiquidity()']).getError('NotEnoughLiquidity')?.selector as Hex

test('1,200 quotes equal what the manager would swap, and what it cannot take is null', async () => {
  const pools = await discovered()
  expect(pools.map(({ data }) => data.protocolFee).sort()).toEqual(
    kinds.map(({ protocol }) => protocol as number).sort(),
  )
  const cases = Array.from({ length: 1_200 }, () => {
    const { data } = pools[int(pools.length)]!
    return { pool: data, zeroForOne: random() < 0.5, sold: BigInt(Math.floor(10 ** (random() * 23))) }
  })
  const answers = await (await chain.head()).call(
    cases.map(({ pool, zeroForOne, sold }) => ({
      to: chain.quoter,
      data: quoterAbi.encodeFunctionData('quoteExactInputSingle', [[keyWords(pool), zeroForOne, sold, '0x']]) as Hex,
    })),
  )
  let [nulls, refused] = [0, 0]
  for (const [i, { pool, zeroForOne, sold }] of cases.entries()) {
    const market = pools.find(({ data }) => data === pool)!
    const local = venue.sell(market, zeroForOne ? pool.token0 : pool.token1, amount(sold))
    const answer = answers[i] ?? null
    if (answer === null) refused += 1
    if (local === null) nulls += 1
    expect(local?.bought ?? null).toEqual(
      answer === null ? null : quoterAbi.decodeFunctionResult('quoteExactInputSingle', answer)[0],
    )
  }
  process.stdout.write(
    `${cases.length - nulls} quotes, 0 wei off; ${nulls} beyond the pool, ${refused} said the chain\n`,
  )
  expect(nulls).toBeGreaterThan(50)
  expect(nulls).toBeLessThan(600)
})

test('what the chain refuses is a lack of liquidity alone', async () => {
  const [pool] = await discovered()
  const data = quoterAbi.encodeFunctionData('quoteExactInputSingle', [[keyWords(pool!.data), true, 10n ** 35n, '0x']])
  const asked = chain.rpc.request('eth_call', [{ to: chain.quoter, data }, 'latest'])
  await expect(asked).rejects.toMatchObject({ data: short })
  // More than the manager can count, though it would buy.
  expect(venue.sell(pool!, pool!.data.token0, amount(2n ** 127n))).toBeNull()
})

test('the least that buys an amount buys it, and a unit less does not', async () => {
  let whole = 0
  for (const pool of await discovered())
    for (const token of chain.tokens)
      for (let i = 0; i < 100; i += 1) {
        const sold = amount(BigInt(Math.floor(10 ** (random() * 22))))
        const bought = venue.sell(pool, token, sold)?.bought ?? 0n
        const wanted = amount(bought - bought / BigInt(1 + int(1_000)))
        const least = wanted === 0n ? null : venue.leastToBuy!(pool, token, wanted)
        if (least === null) continue
        whole += 1
        expect(least).toBeLessThanOrEqual(sold)
        expect(venue.sell(pool, token, least)!.bought).toBeGreaterThanOrEqual(wanted)
        expect(venue.sell(pool, token, amount(least - 1n))?.bought ?? 0n).toBeLessThan(wanted)
      }
  expect(whole).toBeGreaterThan(400)
})

test('every pool is admitted, and one that answers otherwise is not', async () => {
  const view = await chain.head()
  for (const pool of await discovered()) {
    expect(await venue.admits(view, pool)).toBe(true)
    const deeper = { ...pool, data: { ...pool.data, liquidity: pool.data.liquidity + 10n ** 18n } }
    expect(await venue.admits(view, deeper)).toBe(false)
    const { protocolFee } = pool.data
    const dearer = { ...pool, data: { ...pool.data, protocolFee: protocolFee ^ packed(64, 64) } }
    expect(await venue.admits(view, dearer)).toBe(false)
  }
})

test('600 changes followed by logs: every swap as foretold, the book as read anew, and undone as it was', async () => {
  const books = createBooks(64)
  const shelf = () => books.shelf('venue/v4') as never as Parameters<Venue<Pool>['fold']>[0]
  const { hash, parentHash } = (await chain.rpc.request('eth_getBlockByNumber', ['latest', false])) as Record<
    string,
    Hex
  >
  books.begin(hash!, parentHash!)
  const before = await discovered()
  books.apply('venue/v4', await venue.discover(await chain.head(), chain.tokens))
  const swapTopic = venue.watches(shelf())[1]?.topics[0]?.[0]
  const held = new Map<PoolKeyV4, (readonly [number, number, bigint])[]>()
  let [swaps, whole, changes] = [0, 0, 0]
  const follow = (log: Log): void => {
    if (log.topic(0) === swapTopic) {
      const pool = shelf().market(marketId(log.topic(1)))!
      const [change0, change1] = [log.word(0), log.word(1)].map((word) => BigInt.asIntN(128, word)) as [bigint, bigint]
      const [token, sold, bought] =
        change0 < 0n ? [pool.data.token0, -change0, change1] : [pool.data.token1, -change1, change0]
      const local = venue.sell(pool, token, amount(sold))!
      expect(local.bought).toBe(bought)
      swaps += 1
      books.apply('venue/v4', venue.fold(shelf(), log).patches)
      const { data } = shelf().market(pool.id)!
      // One that the pool could not take whole has run to the end of all prices, where nothing is bought.
      if (ends.includes(data.sqrtPriceX96)) return
      whole += 1
      expect(data).toEqual(local.after.data)
      return
    }
    const { patches } = venue.fold(shelf(), log)
    changes += patches.length
    books.apply('venue/v4', patches)
  }
  const anyChange = (): ChangeV4 => {
    const key = keys[int(keys.length)]!
    const pick = random()
    const own = held.get(key) ?? []
    held.set(key, own)
    if (pick < 0.5)
      return { key, does: 'swap', zeroForOne: random() < 0.5, sold: BigInt(Math.floor(10 ** (8 + random() * 11))) }
    if (pick < 0.56) return { key, does: 'fee', packed: packed(int(1_001), int(1_001)) }
    const last = own.pop()
    if (pick < 0.8 || last === undefined) {
      const added = position(key.spacing)
      own.push(...(last === undefined ? [added] : [last, added]))
      return { key, does: 'add', position: added }
    }
    const [lower, upper, size] = last
    const part = random() < 0.5 ? size : size / 3n
    if (part < size) own.push([lower, upper, size - part])
    return { key, does: 'add', position: [lower, upper, -part] }
  }
  for (let block = 0; block < 30; block += 1) {
    const mined = await chain.change(Array.from({ length: 20 }, anyChange))
    books.begin(mined.hash, mined.parentHash)
    for (const log of mined.logs) follow(log)
  }
  const after = await discovered()
  expect([...shelf().markets()].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
    [...after].sort((a, b) => (a.id < b.id ? -1 : 1)),
  )
  process.stdout.write(
    `${swaps} swaps mined, 0 wei off (${whole} to a price within); ${changes} other changes followed\n`,
  )
  expect(whole).toBeGreaterThan(200)
  books.rollbackTo(hash!)
  for (const market of before) expect(shelf().market(market.id)).toEqual(market)
})

test('pools with hooks, a fee that moves or another spacing are none of ours; a new one of ours is followed', async () => {
  const books = createBooks(4)
  const shelf = () => books.shelf('venue/v4') as never as Parameters<Venue<Pool>['fold']>[0]
  const known = await discovered()
  const [first] = known.filter(({ data }) => data.feePips === 500)
  books.apply('venue/v4', [{ op: 'put-market', market: first! }])
  const key = keys[1]!
  for (const [other, hooks] of [
    [key, swapHook],
    [{ ...key, fee: 0x800000 }, swapHook],
    [{ ...key, spacing: 11 }, undefined],
  ] as const) {
    const { logs } = await chain.initialize(other, 2n ** 96n, hooks)
    expect(logs.map((log) => log.topic(0))).toEqual([venue.watches(shelf())[0]?.topics[0]])
    for (const log of logs) expect(venue.fold(shelf(), log).patches).toEqual([])
  }
  expect(await discovered()).toHaveLength(known.length)
  const narrow = definition.create(
    definition.config.parse({
      poolManager: chain.manager,
      quoter: chain.quoter,
      tiers: [{ fee: 501, tickSpacing: 9 }],
    }),
  )
  const { logs } = await chain.initialize({ ...key, fee: 501, spacing: 9 }, sqrtOf(1.7))
  const [patch] = narrow.fold(shelf(), logs[0]!).patches
  expect([patch]).toEqual(await narrow.discover(await chain.head(), chain.tokens))
})
