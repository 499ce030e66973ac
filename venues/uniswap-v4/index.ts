import { AbiCoder, Interface } from 'ethers'
import { z } from 'zod'
import { uniswapV4QuoterAbi } from '#abis/uniswap-v4.ts'
import type { Address, Hex } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import type { LogFilter } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { probesOf } from '#core/concentrated/probes-of.ts'
import { rangedTrades, type SellOf } from '#core/concentrated/ranged-trades.ts'
import { sellExactly } from '#core/concentrated/sell.ts'
import type { Amount } from '#core/numbers.ts'
import { defineVenue, type Venue } from '#core/venue.ts'
import type { View } from '#core/world.ts'
import { keysOf, readPools } from './discover.ts'
import { foldLog, topics } from './fold.ts'
import { keyWords, type Pool, poolMarket, putAll } from './pool.ts'

const tier = z.strictObject({
  fee: z.number().int().min(0).max(900_000).describe('the liquidity providers’, in pips'),
  tickSpacing: z.number().int().min(1).max(32_767),
})
const config = z.strictObject({
  poolManager: addressText.describe('Uniswap V4 PoolManager, which holds all pools'),
  quoter: addressText.describe('V4Quoter of the same manager: every pool is compared with it before it is traded with'),
  tiers: z
    .array(tier)
    .min(1)
    .default([
      { fee: 100, tickSpacing: 1 },
      { fee: 500, tickSpacing: 10 },
      { fee: 3_000, tickSpacing: 60 },
      { fee: 10_000, tickSpacing: 200 },
    ])
    .describe('anybody makes pools of any fee and spacing: these are looked at; never those with hooks'),
})
type Config = z.output<typeof config>

/**
 * Pools without hooks, whose fee stays as it was made: what a hook does cannot be computed, and a fee that moves is set
 * by one. Native currency is not traded: its pools join the zero address, which is no token.
 */
export default defineVenue<Config, Pool>({
  name: 'uniswap-v4',
  layout: 1,
  config,
  presets: {
    mainnet: {
      poolManager: '0x000000000004444c5dc75cb358380d2e3de08a90',
      quoter: '0x52f0e24d1c21c8a0cb1e5a5dd6198556bd9e1203',
    },
  },
  trusts: async (_view, { poolManager }) => [{ kind: 'factory', factory: poolManager, initCodeHash: null }],
  create: venueOf,
})

function venueOf({ poolManager, quoter, tiers }: Config): Venue<Pool> {
  return {
    hopGas: 84_000,
    holder: poolManager,
    discover: async (view, tokens, fresh) => putAll(await readPools(view, poolManager, keysOf(tokens, tiers, fresh))),
    admits: (view, pool) => admits(view, quoter, pool.data),
    watches: (book) => filters(book, poolManager),
    fold: (book, log) => foldLog(book, poolManager, tiers, log),
    refresh: async (view, book, dirty) =>
      putAll(
        await readPools(
          view,
          poolManager,
          dirty.markets.flatMap((id) => book.market(id)?.data ?? []),
        ),
      ),
    ...rangedTrades(poolMarket, sellWhole),
    swap: ({ data }, token, sells, minimum) => ({
      op: 'swap',
      kind: 'uniswap-v4',
      factory: poolManager,
      pool: poolManager,
      sell: token,
      buy: token === data.token0 ? data.token1 : data.token0,
      feePips: data.feePips,
      tickSpacing: data.tickSpacing,
      amount: sells,
      minimum,
    }),
  }
}

/** What is owed either way is counted in signed numbers of 128 bits. */
const mostOwed = 2n ** 127n - 1n

function sellWhole(pool: Pool, zeroForOne: boolean, sold: Amount): ReturnType<SellOf<Pool>> {
  const done = sold > mostOwed ? null : sellExactly(pool, zeroForOne, sold)
  return done === null || done.bought > mostOwed ? null : done
}

function filters(book: Book<Pool>, manager: Address): readonly LogFilter[] {
  const made: LogFilter = { addresses: [manager], topics: [topics.initialize] }
  const ids = [...book.markets()].map(({ data }) => data.id)
  if (ids.length === 0) return [made]
  return [made, { addresses: [manager], topics: [[topics.swap, topics.liquidity, topics.protocolFee], ids] }]
}

const quoterAbi = new Interface(uniswapV4QuoterAbi)

/** The chain's own quoter must answer what `sell` answers, both ways. */
async function admits(view: View, quoter: Address, pool: Pool): Promise<boolean> {
  const probes = probesOf(pool, sellWhole)
  if (probes.length === 0) return false
  const answers = await view.call(
    probes.map(({ zeroForOne, sold }) => {
      const data = quoterAbi.encodeFunctionData('quoteExactInputSingle', [[keyWords(pool), zeroForOne, sold, '0x']])
      return { to: quoter, data: data as Hex }
    }),
  )
  return probes.every(({ local }, i) => {
    const answer = answers[i]
    if (answer === null || answer === undefined) return false
    return AbiCoder.defaultAbiCoder().decode(['uint256', 'uint256'], answer)[0] === local.bought
  })
}
