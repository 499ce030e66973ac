import type { Market } from '../src/core/book.ts'
import type { PoolEntry } from '../src/quote/exchange.ts'
import type { Arm, Bench, Count } from './bench.ts'
import { type DecisionCase, decisionCase } from './quote-case.ts'
import { openQuoteChain, type QuoteChain } from './quote-chain.ts'

const rounds = 40
/** Pools that come as new records to each decision, as a block's swaps leave them: what was kept by record is lost. */
const moved = 3

/**
 * Each decision assesses an Aave position, sizes it over the sandbox's 17 pools of four venues (WBTC to USDC alone has
 * four paths) and makes the plan, calldata and all; compared with the time one answer of a node takes.
 */
export const bench: Bench = {
  name: 'quote-decision',
  open: async () => {
    const chain = await openQuoteChain(12)
    return {
      metrics: [
        {
          name: 'decision',
          what: 'a whole decision for one position: assess, size over 4 venues and 3 paths and more, plan',
          unit: 'µs',
          ours: ours(Array.from({ length: 8 }, (_, i) => decisionCase(i + 1, 1))),
          references: [
            {
              arm: quoter('quoter-v2', chain, chain.fetchAnswer),
              what: 'one QuoterV2 eth_call on anvil, calldata encoded before, by fetch over a kept connection',
              target: { kind: 'at-least', ratio: 5 },
              reason: 'its fastest runs take 0.14 ms, its usual ones twice that: not looked into further yet',
            },
            {
              arm: quoter('quoter-v2-socket', chain, chain.ask),
              what: 'the same over a raw Unix socket, the least there can be between two processes',
              target: { kind: 'at-least', ratio: 1 },
              reason: 'as for the raw HTTP call above',
            },
          ],
          repeats: 9,
          warmups: 3,
        },
      ],
      counts: [together(30)],
      close: chain.close,
    }
  },
}

function ours(cases: readonly DecisionCase[]): Arm {
  let turn = 0
  return {
    name: 'plimsoll',
    run: () => {
      let plans = 0
      const times: number[] = []
      for (let round = 0; round < rounds; round += 1)
        for (const one of cases) {
          turn += moved
          const pools = afterSwaps(one.pools, turn)
          const started = performance.now()
          plans += one.decide(pools).plans.length
          times.push(performance.now() - started)
        }
      if (plans !== rounds * cases.length) throw new Error('a decision did not end in a plan')
      return { value: middle(times) * 1e3 }
    },
  }
}

/** The median of single decisions or calls: a slice of time given to another process falls on neither. */
const middle = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN

/** Some pools in turn as records of their own. */
function afterSwaps(pools: readonly PoolEntry[], turn: number): readonly PoolEntry[] {
  const changed = [...pools]
  for (let i = 0; i < moved; i += 1) {
    const at = (turn + i) % pools.length
    const { pool, ...entry } = pools[at] as PoolEntry
    const fresh: Market = { ...pool, data: { ...pool.data } }
    changed[at] = { ...entry, pool: fresh }
  }
  return changed
}

function quoter(name: string, { sales }: QuoteChain, ask: QuoteChain['ask'] | QuoteChain['fetchAnswer']): Arm {
  return {
    name,
    run: async () => {
      const times: number[] = []
      for (const sale of sales) {
        const started = performance.now()
        await ask(sale)
        times.push(performance.now() - started)
      }
      return { value: middle(times) * 1e3 }
    },
  }
}

/** The median of some decisions; a figure of its own, to be compared from one commit to the next. */
function together(positions: number): Count {
  return {
    name: `decision-of-${positions}`,
    what: `a whole decision for ${positions} positions that share 17 pools`,
    unit: 'ms',
    count: () => {
      const times: number[] = []
      for (let seed = 1; seed <= 5; seed += 1) {
        const one = decisionCase(seed, positions)
        for (let i = 0; i < 20; i += 1) {
          const started = performance.now()
          one.decide(afterSwaps(one.pools, i * moved))
          if (i >= 10) times.push(performance.now() - started)
        }
      }
      return middle(times)
    },
    target: 'as fast as may be',
    holds: () => true,
    isRequired: false,
  }
}
