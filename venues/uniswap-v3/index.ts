import { AbiCoder, getCreate2Address, Interface, keccak256 } from 'ethers'
import { z } from 'zod'
import { uniswapV3QuoterAbi } from '#abis/uniswap-v3.ts'
import type { Address, Hex } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import type { LogFilter } from '#core/block.ts'
import type { Book, Patch } from '#core/book.ts'
import { probesOf } from '#core/concentrated/probes-of.ts'
import { rangedTrades } from '#core/concentrated/ranged-trades.ts'
import { sellExactly } from '#core/concentrated/sell.ts'
import { defineVenue, type Venue } from '#core/venue.ts'
import type { View } from '#core/world.ts'
import { feesEnabled, findPools, readPools } from './discover.ts'
import { foldLog, topics } from './fold.ts'
import { type Pool, poolMarket } from './pool.ts'

const config = z.strictObject({
  factory: addressText.describe('UniswapV3Factory, or a fork of it'),
  quoter: addressText.describe('QuoterV2 of the same factory: every pool is compared with it before it is traded with'),
  fromBlock: z.number().int().nonnegative().describe('the block the factory was created in'),
  fees: z.array(z.number().int().positive()).optional().describe('fee tiers in pips; else by the factory’s logs'),
  initCodeHash: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .optional()
    .describe('of a pool’s creation code: then a pool’s address must follow from it'),
})
type Config = z.output<typeof config>

export default defineVenue<Config, Pool>({
  name: 'uniswap-v3',
  layout: 1,
  config,
  presets: {
    mainnet: {
      factory: '0x1f98431c8ad98523631ae4a59f267346ea31f984',
      quoter: '0x61ffe014ba17989e743c5f6cb21bf9697530b21e',
      fromBlock: 12_369_621,
      initCodeHash: '0xe34f199b19b2b4f47f68442619d555527d244f78a3297ea89325f843f87b8b54',
    },
  },
  trusts: async (_view, { factory, initCodeHash }) => [
    { kind: 'factory', factory, initCodeHash: (initCodeHash ?? null) as Hex | null },
  ],
  create: venueOf,
})

function venueOf(settings: Config): Venue<Pool> {
  const { factory } = settings
  return {
    hopGas: 82_000,
    discover: async (view, tokens, fresh) => {
      const fees = settings.fees ?? (await feesEnabled(view, factory, settings.fromBlock))
      return putAll(await readPools(view, await findPools(view, factory, tokens, fees, fresh)))
    },
    admits: (view, pool) => admits(view, settings, pool.data),
    watches: (book) => filters(book, factory),
    fold: (book, log) => foldLog(book, factory, log),
    refresh: async (view, book, dirty) =>
      putAll(
        await readPools(
          view,
          dirty.markets.flatMap((id) => book.market(id)?.data ?? []),
        ),
      ),
    ...rangedTrades(poolMarket),
    swap: ({ data }, token, sells, minimum) => ({
      op: 'swap',
      kind: 'uniswap-v3',
      factory,
      pool: data.address,
      sell: token,
      buy: token === data.token0 ? data.token1 : data.token0,
      feePips: data.feePips,
      amount: sells,
      minimum,
    }),
  }
}

const putAll = (pools: readonly Pool[]): readonly Patch<Pool, never>[] =>
  pools.map((pool) => ({ op: 'put-market', market: poolMarket(pool) }))

function filters(book: Book<Pool>, factory: Address): readonly LogFilter[] {
  const created: LogFilter = { addresses: [factory], topics: [topics.created] }
  const pools = [...book.markets()].map(({ data }) => data.address)
  if (pools.length === 0) return [created]
  return [created, { addresses: pools, topics: [[topics.initialize, topics.mint, topics.burn, topics.swap]] }]
}

const quoterAbi = new Interface(uniswapV3QuoterAbi)

/** The chain's own quoter must answer what `sell` answers, in price and amount, both ways. */
async function admits(view: View, settings: Config, pool: Pool): Promise<boolean> {
  if (settings.initCodeHash !== undefined && create2Of(settings.factory, settings.initCodeHash, pool) !== pool.address)
    return false
  const probes = probesOf(pool, sellExactly)
  if (probes.length === 0) return false
  const answers = await view.call(
    probes.map(({ zeroForOne, sold }) => {
      const [sell, buy] = zeroForOne ? [pool.token0, pool.token1] : [pool.token1, pool.token0]
      const data = quoterAbi.encodeFunctionData('quoteExactInputSingle', [[sell, buy, sold, pool.feePips, 0n]])
      return { to: settings.quoter, data: data as Hex }
    }),
  )
  return probes.every(({ local }, i) => {
    const answer = answers[i]
    if (answer === null || answer === undefined) return false
    const [bought, sqrtAfter] = AbiCoder.defaultAbiCoder().decode(['uint256', 'uint160'], answer)
    return bought === local.bought && sqrtAfter === local.after.sqrtPriceX96
  })
}

const create2Of = (factory: Address, codeHash: string, pool: Pool): string =>
  getCreate2Address(
    factory,
    keccak256(
      AbiCoder.defaultAbiCoder().encode(['address', 'address', 'uint24'], [pool.token0, pool.token1, pool.feePips]),
    ),
    codeHash,
  ).toLowerCase()
