import { type TokenSymbol, usd } from '../market-data.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Dollars } from './price-path.ts'

/** As Chainlink's feeds on mainnet are set: a part of the price, and seconds. */
const rules: Readonly<Partial<Record<TokenSymbol, { readonly deviation: number; readonly heartbeat: number }>>> = {
  WETH: { deviation: 0.005, heartbeat: 3_600 },
  WSTETH: { deviation: 0.005, heartbeat: 86_400 },
  WBTC: { deviation: 0.005, heartbeat: 3_600 },
  LINK: { deviation: 0.01, heartbeat: 3_600 },
  ORPHAN: { deviation: 0.02, heartbeat: 86_400 },
  DAI: { deviation: 0.0025, heartbeat: 3_600 },
}

export type Update = { readonly symbol: TokenSymbol; readonly from: number; readonly to: number }
export type Feeds = {
  /** What the feeds say, in dollars. */
  readonly said: Dollars
  /** Feeds that have a transaction in the next block: the price had moved too far, or they were silent too long. */
  readonly due: (second: number, seen: Dollars) => readonly Update[]
  /** Into the mempool. */
  readonly send: (updates: readonly Update[]) => Promise<void>
}

export function feedsOf(sandbox: Sandbox, start: Dollars): Feeds {
  const said = { ...start }
  const spoke: Partial<Record<TokenSymbol, number>> = {}
  let now = 0
  return {
    said,
    due: (second, seen) => {
      now = second
      return (Object.keys(rules) as TokenSymbol[]).flatMap((symbol) => {
        const { deviation, heartbeat } = rules[symbol] ?? { deviation: 1, heartbeat: Number.POSITIVE_INFINITY }
        const moved = Math.abs(seen[symbol] / said[symbol] - 1)
        const isDue = moved >= deviation || second - (spoke[symbol] ?? 0) >= heartbeat
        return isDue ? [{ symbol, from: said[symbol], to: seen[symbol] }] : []
      })
    },
    send: async (updates) => {
      for (const { symbol, to } of updates) {
        await sandbox.setPrice(symbol, usd(to))
        said[symbol] = to
        spoke[symbol] = now
      }
    },
  }
}
