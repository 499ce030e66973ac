import type { Graph } from './exchange.ts'

/** What is cleared: balances by token, sides that must not be used, and the prices the search keeps near. */
export type Clearable = {
  readonly graph: Graph
  readonly balances: Float64Array
  readonly closed: Uint8Array
  readonly first: Float64Array
  /** Worth beside which what is left over is nothing, in wrapped native. */
  readonly scale: number
}

/**
 * A token's price keeps within these factors of where it began; as roots. What is short at eight times its price nobody
 * would want to buy; what is over may go for next to nothing.
 */
export const bounds = { low: Math.sqrt(1e-4), high: Math.sqrt(8) } as const

/** What balances are worth at these prices, whichever their sign. */
export function worthOf(balances: Float64Array, prices: Float64Array): number {
  let sum = 0
  for (let token = 0; token < balances.length; token += 1) sum += Math.abs(balances[token] ?? 0) * (prices[token] ?? 0)
  return sum
}
