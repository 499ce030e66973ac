import { getCreate2Address, Interface, keccak256, solidityPacked } from 'ethers'
import { z } from 'zod'
import { erc20Abi } from '#abis/erc20.ts'
import { uniswapV2FactoryAbi, uniswapV2PairAbi, uniswapV2RouterAbi } from '#abis/uniswap-v2.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import type { Log, LogFilter } from '#core/block.ts'
import { type Book, type Folded, marketId, nothingFolded, type Patch } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { amount as amountOf } from '#core/numbers.ts'
import { defineVenue, type Venue } from '#core/venue.ts'
import type { Read, View } from '#core/world.ts'
import { curveOfPair, leastToBuyOf, type Pair, pairMarket, sellToPair } from './pair.ts'

const config = z.strictObject({
  factory: addressText.describe('UniswapV2Factory, or a fork of it'),
  router: addressText.optional().describe('Router02: every pair is compared with its quote before it is traded with'),
  fromBlock: z.number().int().nonnegative().default(0).describe('the block the factory was created in'),
  feePips: z.number().int().min(0).max(999_999).default(3_000).describe('1e6 = 1; a fork may take another fee'),
  initCodeHash: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .optional()
    .describe('of a pair’s creation code: then a pair’s address must follow from it'),
})
type Config = z.output<typeof config>

const factoryAbi = new Interface(uniswapV2FactoryAbi)
const pairAbi = new Interface(uniswapV2PairAbi)
const tokenAbi = new Interface(erc20Abi)
const routerAbi = new Interface(uniswapV2RouterAbi)
const created = factoryAbi.getEvent('PairCreated')?.topicHash as Hex
const sync = pairAbi.getEvent('Sync')?.topicHash as Hex

export default defineVenue<Config, Pair>({
  name: 'uniswap-v2',
  layout: 1,
  config,
  presets: {
    mainnet: {
      factory: '0x5c69bee701ef814a2b6a3edd4b1652cb9cc5aa6f',
      router: '0x7a250d5630b4cf539739df2c5dacb4c659f2488d',
      fromBlock: 10_000_835,
      initCodeHash: '0x96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f',
    },
  },
  trusts: async (_view, { factory, initCodeHash }) => [
    { kind: 'factory', factory, initCodeHash: (initCodeHash ?? null) as Hex | null },
  ],
  create: venueOf,
})

function venueOf(settings: Config): Venue<Pair> {
  return {
    hopGas: 65_000,
    discover: (view, tokens, fresh) => discover(view, settings, tokens, fresh),
    admits: (view, { data }) => admits(view, settings, data),
    watches: (book) => filters(book, settings.factory),
    fold: (book, log) => foldLog(book, settings, log),
    refresh: async (view, book, dirty) =>
      putAll(
        await readPairs(
          view,
          dirty.markets.flatMap((id) => book.market(id)?.data ?? []),
        ),
      ),
    tokens: ({ data }) => [data.token0, data.token1],
    sell: ({ data }, token, sold) => {
      const done = sellToPair(data, token, sold)
      return done === null ? null : { bought: done.bought, after: pairMarket(done.after) }
    },
    leastToBuy: ({ data }, token, bought) => leastToBuyOf(data, token, bought),
    curve: ({ data }, token) => curveOfPair(data, token),
    swap: ({ data }, token, sells, minimum) => ({
      op: 'swap',
      kind: 'uniswap-v2',
      factory: settings.factory,
      pool: data.address,
      sell: token,
      buy: token === data.token0 ? data.token1 : data.token0,
      feePips: data.feePips,
      amount: sells,
      minimum,
    }),
  }
}

const read = (to: Address, abi: Interface, name: string, args: readonly unknown[] = []): Read => ({
  to,
  data: abi.encodeFunctionData(name, args) as Hex,
})
const putAll = (pairs: readonly Pair[]): readonly Patch<Pair, never>[] =>
  pairs.map((pair) => ({ op: 'put-market', market: pairMarket(pair) }))

async function discover(
  view: View,
  { factory, feePips }: Config,
  tokens: readonly Address[],
  fresh: ReadonlySet<Address> = new Set(tokens),
): Promise<readonly Patch<Pair, never>[]> {
  const sorted = [...new Set(tokens)].sort()
  const keys = sorted
    .flatMap((token0, i) => sorted.slice(i + 1).map((token1) => ({ token0, token1 })))
    .filter(({ token0, token1 }) => fresh.has(token0) || fresh.has(token1))
  const answers = await view.call(
    keys.map(({ token0, token1 }) => read(factory, factoryAbi, 'getPair', [token0, token1])),
  )
  const pairs = keys.flatMap((key, i): Pair[] => {
    const found = answers[i]
    if (found === null || found === undefined || found.length < 66) return []
    const pair = addressOfWord(found)
    return pair === ZERO_ADDRESS ? [] : [{ address: pair, ...key, feePips, reserve0: 0n, reserve1: 0n }]
  })
  return putAll(await readPairs(view, pairs))
}

/** @throws `bad-answer` (retryable) where a pair answers in a shape that is not Uniswap's. */
async function readPairs(view: View, pairs: readonly Pair[]): Promise<readonly Pair[]> {
  const answers = await view.call(pairs.map((pair) => read(pair.address, pairAbi, 'getReserves')))
  return pairs.map((pair, i) => {
    const [reserve0, reserve1] = wordsOf(answers[i], 2)
    if (reserve0 === undefined || reserve1 === undefined)
      throw new KeeperError(
        'bad-answer',
        `${pair.address} does not answer as a Uniswap V2 pair; leave its factory out`,
        {
          retryable: true,
        },
      )
    return { ...pair, reserve0, reserve1 }
  })
}

function filters(book: Book<Pair>, factory: Address): readonly LogFilter[] {
  const births: LogFilter = { addresses: [factory], topics: [created] }
  const pairs = [...book.markets()].map(({ data }) => data.address)
  return pairs.length === 0 ? [births] : [births, { addresses: pairs, topics: [sync] }]
}

/** `Sync` carries both reserves after every change. */
function foldLog(book: Book<Pair>, { factory, feePips }: Config, log: Log): Folded<Pair, never> {
  if (log.topicCount === 0) return nothingFolded
  const put = (pair: Pair): Folded<Pair, never> => ({ patches: putAll([pair]), dirty: { markets: [], positions: [] } })
  if (log.address === factory && log.topic(0) === created) {
    const [token0, token1] = [addressOfWord(log.topic(1)), addressOfWord(log.topic(2))]
    const known = new Set<Address>()
    for (const { data } of book.markets()) known.add(data.token0).add(data.token1)
    if (!known.has(token0) || !known.has(token1)) return nothingFolded
    return put({ address: log.addressAt('data', 0), token0, token1, feePips, reserve0: 0n, reserve1: 0n })
  }
  const pair = log.topic(0) === sync ? book.market(marketId(log.address))?.data : undefined
  return pair === undefined ? nothingFolded : put({ ...pair, reserve0: log.word(0), reserve1: log.word(1) })
}

/** The pair holds its reserves, its address follows from its code, and the router quotes what `sell` does. */
async function admits(view: View, { factory, router, initCodeHash }: Config, pair: Pair): Promise<boolean> {
  if (initCodeHash !== undefined && create2Of(factory, initCodeHash, pair) !== pair.address) return false
  const sold = amountOf(pair.reserve0 / 100n)
  const local = sellToPair(pair, pair.token0, sold)
  if (local === null) return false
  const [reserves, balance0, balance1, quoted] = await view.call([
    read(pair.address, pairAbi, 'getReserves'),
    read(pair.token0, tokenAbi, 'balanceOf', [pair.address]),
    read(pair.token1, tokenAbi, 'balanceOf', [pair.address]),
    ...(router === undefined ? [] : [read(router, routerAbi, 'getAmountsOut', [sold, [pair.token0, pair.token1]])]),
  ])
  const [reserve0, reserve1] = wordsOf(reserves, 2)
  if (reserve0 !== pair.reserve0 || reserve1 !== pair.reserve1) return false
  const [held0] = wordsOf(balance0, 1)
  const [held1] = wordsOf(balance1, 1)
  if (held0 === undefined || held1 === undefined || held0 < reserve0 || held1 < reserve1) return false
  return router === undefined || wordsOf(quoted, 4)[3] === local.bought
}

function wordsOf(answer: Hex | null | undefined, count: number): readonly (bigint | undefined)[] {
  if (answer === null || answer === undefined) return []
  return Array.from({ length: count }, (_, i) =>
    answer.length >= 66 + i * 64 ? BigInt(`0x${answer.slice(2 + i * 64, 66 + i * 64)}`) : undefined,
  )
}

const create2Of = (factory: Address, codeHash: string, pair: Pair): string =>
  getCreate2Address(
    factory,
    keccak256(solidityPacked(['address', 'address'], [pair.token0, pair.token1])),
    codeHash,
  ).toLowerCase()
