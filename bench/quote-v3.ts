import { createRequire } from 'node:module'
import type * as SdkCore from '@uniswap/sdk-core'
import type * as V3Sdk from '@uniswap/v3-sdk'
import { amount } from '../src/core/numbers.ts'
import type { Arm, Bench } from './bench.ts'
import { openQuoteChain, type QuoteChain } from './quote-chain.ts'

// Their ES modules import folders, which Node does not; the CommonJS build is the same code.
const require = createRequire(import.meta.url)
const { CurrencyAmount, Token } = require('@uniswap/sdk-core') as typeof SdkCore
const { Pool, TickListDataProvider } = require('@uniswap/v3-sdk') as typeof V3Sdk

/** Passes over all sales; the median pass counts, so that a slice of time given to another process does not. */
const passes = { plimsoll: 200, others: 5 } as const

/** Each arm quotes the same sales; a value is microseconds a quote, a result every amount out and √price after. */
export const bench: Bench = {
  name: 'quote-v3',
  open: async () => {
    const chain = await openQuoteChain(11)
    return {
      metrics: [
        {
          name: 'quote-v3',
          what: 'an exact-input quote on a Uniswap V3 pool of 120 ranges, 0 to 8 ticks crossed',
          unit: 'µs',
          ours: ours(chain),
          references: [
            {
              arm: sdk(chain),
              what: '@uniswap/v3-sdk 3.31.5, Pool with a TickListDataProvider, built once, getOutputAmount',
              target: { kind: 'at-least', ratio: 50 },
              reason:
                'on this run the library took a fifth of the time it took on a busy machine, ours as long as before',
            },
            {
              arm: quoter(chain),
              what: 'QuoterV2 by eth_call on anvil, calldata encoded before, over a raw Unix socket',
              target: { kind: 'at-least', ratio: 100 },
            },
          ],
          repeats: 9,
          warmups: 2,
        },
      ],
      counts: [],
      close: chain.close,
    }
  },
}

type Quote = readonly [bought: bigint, sqrtAfter: bigint]
/** Microseconds a quote in the median pass. */
const each = (times: readonly number[], { length }: readonly unknown[]): number =>
  (([...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN) * 1e3) / length
const resultOf = (quotes: readonly Quote[]): string => quotes.map((quote) => quote.join('@')).join(' ')

function ours({ venue, pool, sales }: QuoteChain): Arm {
  const work = sales.map(({ zeroForOne, sold }) => ({
    token: zeroForOne ? pool.data.token0 : pool.data.token1,
    sold: amount(sold),
  }))
  return {
    name: 'plimsoll',
    run: () => {
      let quotes: Quote[] = []
      const times: number[] = []
      for (let pass = 0; pass < passes.plimsoll; pass += 1) {
        quotes = []
        const started = performance.now()
        for (const { token, sold } of work) {
          const done = venue.sell(pool, token, sold)
          if (done !== null) quotes.push([done.bought, done.after.data.sqrtPriceX96])
        }
        times.push(performance.now() - started)
      }
      return { value: each(times, sales), result: resultOf(quotes) }
    },
  }
}

function sdk({ pool: { data }, sales }: QuoteChain): Arm {
  const [token0, token1] = [new Token(1, data.token0, 18), new Token(1, data.token1, 18)]
  const ticks = data.ticks.map(({ index, gross, net }) => ({
    index,
    liquidityGross: gross.toString(),
    liquidityNet: net.toString(),
  }))
  const provider = new TickListDataProvider(ticks, data.tickSpacing)
  const sqrt = data.sqrtPriceX96.toString()
  const pool = new Pool(token0, token1, data.feePips, sqrt, data.liquidity.toString(), data.tick, provider)
  const work = sales.map(({ zeroForOne, sold }) =>
    CurrencyAmount.fromRawAmount(zeroForOne ? token0 : token1, sold.toString()),
  )
  return {
    name: 'v3-sdk',
    run: async () => {
      const times: number[] = []
      let found: Awaited<ReturnType<typeof pool.getOutputAmount>>[] = []
      for (let pass = 0; pass < passes.others; pass += 1) {
        found = []
        const started = performance.now()
        for (const sold of work) found.push(await pool.getOutputAmount(sold))
        times.push(performance.now() - started)
      }
      const quotes = found.map(
        ([bought, after]): Quote => [BigInt(bought.quotient.toString()), BigInt(after.sqrtRatioX96.toString())],
      )
      return { value: each(times, sales), result: resultOf(quotes) }
    },
  }
}

function quoter({ ask, sales }: QuoteChain): Arm {
  return {
    name: 'quoter-v2',
    run: async () => {
      const times: number[] = []
      let quotes: Quote[] = []
      for (let pass = 0; pass < passes.others; pass += 1) {
        quotes = []
        const started = performance.now()
        for (const sale of sales) quotes.push(await ask(sale))
        times.push(performance.now() - started)
      }
      return { value: each(times, sales), result: resultOf(quotes) }
    },
  }
}
