import type { createLog } from './create-log.ts'
import type { Metrics } from './metrics.ts'
import type { Observe } from './observe.ts'

/** Counts under a strategy and a reason alone; the log names the tokens, once, and again when they are others. */
export function unservedTo(log: ReturnType<typeof createLog>, metrics: Metrics): Observe['unserved'] {
  let said = ''
  return (found) => {
    const sums = new Map<
      string,
      { strategy: string; reason: string; tokens: number; markets: number; positions: number }
    >()
    for (const { strategy, tokens, stuck } of found)
      for (const [reason, positions] of Object.entries(stuck)) {
        const key = `${strategy}/${reason}`
        const sum = sums.get(key) ?? { strategy, reason, tokens: 0, markets: 0, positions: 0 }
        const these = tokens.filter(({ lack }) => lack === reason)
        sum.tokens += these.length
        sum.markets += new Set(these.flatMap(({ markets }) => markets)).size
        sum.positions += positions
        sums.set(key, sum)
      }
    for (const { strategy, reason, tokens, markets, positions } of sums.values()) {
      metrics.unservedTokens.set({ strategy, reason }, tokens)
      metrics.unservedMarkets.set({ strategy, reason }, markets)
      metrics.unservedPositions.set({ strategy, reason }, positions)
    }
    const named = found.flatMap(({ strategy, tokens }) => tokens.map(({ token, lack }) => ({ strategy, token, lack })))
    const text = JSON.stringify(named.map(({ strategy, token, lack }) => `${strategy} ${token} ${lack}`).sort())
    if (text === said || (said === '' && named.length === 0)) return
    said = text
    const positions = [...sums.values()].reduce((sum, one) => sum + one.positions, 0)
    log.warn(
      { event: 'unserved', tokens: named.slice(0, namedMost), positions },
      named.length === 0
        ? 'every token is served'
        : `${named.length} tokens are not served: plimsoll doctor lists them`,
    )
  }
}

/** A line of a log is no list. */
const namedMost = 50
