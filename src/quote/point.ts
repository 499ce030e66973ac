import { curveRow, rowAt } from '#core/curve.ts'
import type { Clearable } from './clearable.ts'
import type { Graph } from './exchange.ts'

/**
 * Prices and all that follows from them. The solver works on √ν, by token: a pool's price is then a quotient, and what
 * it is filled to needs no root.
 */
export type Point = {
  readonly roots: Float64Array
  /** By token: what is left of it once its pools are filled, in wrapped native; below nothing where it is short. */
  readonly over: Float64Array
  readonly sold: Float64Array
  readonly bought: Float64Array
  /** By hop: worth that moves for a unit of ln price, −dx/dln p · ν_sell = ½·depth·√(ν_a·ν_b); 0 at an end. */
  readonly widths: Float64Array
  /** Σ `over`: an upper bound of the wrapped native that can be left, and equal to it where nothing else is. */
  value: number
}

export const pointOf = ({ tokens, hops }: Graph): Point => ({
  roots: new Float64Array(tokens.length),
  over: new Float64Array(tokens.length),
  sold: new Float64Array(2 * hops.length),
  bought: new Float64Array(2 * hops.length),
  widths: new Float64Array(hops.length),
  value: 0,
})

/** Fills all pools at the point's prices. A side is used where its first price (after fee) is above the one asked. */
export function fillAll({ graph, balances, closed }: Clearable, point: Point): void {
  const { roots, over, sold, bought, widths } = point
  const { ends, curves, bids } = graph
  over.set(balances)
  sold.fill(0)
  bought.fill(0)
  for (let hop = 0; hop < widths.length; hop += 1) {
    const a = ends[2 * hop] ?? 0
    const b = ends[2 * hop + 1] ?? 0
    const rootA = roots[a] ?? 0
    const rootB = roots[b] ?? 0
    widths[hop] = 0
    const first = rootA < (bids[2 * hop] ?? 0) * rootB
    const way = 2 * hop + (first ? 0 : 1)
    const root = first ? rootA / rootB : rootB / rootA
    const curve = curves[way]
    if (!(root > 0 && root < (bids[way] ?? 0)) || curve === undefined || closed[way] === 1) continue
    const row = curve.length === curveRow ? 0 : rowAt(curve, root)
    const from = curve[row] ?? 0
    const to = curve[row + 1] ?? 0
    const depth = curve[row + 2] ?? 0
    const stop = Math.max(root, to)
    const gives = depth * (from - stop)
    const takes = (curve[row + 3] ?? 0) + gives / (from * stop)
    const gets = (curve[row + 4] ?? 0) + gives
    if (root > to) widths[hop] = 0.5 * depth * rootA * rootB
    sold[way] = takes
    bought[way] = gets
    const sell = first ? a : b
    const buy = first ? b : a
    over[sell] = (over[sell] ?? 0) - takes
    over[buy] = (over[buy] ?? 0) + gets
  }
  let value = 0
  for (let token = 0; token < over.length; token += 1) {
    const root = roots[token] ?? 0
    const left = (over[token] ?? 0) * root * root
    over[token] = left
    value += left
  }
  point.value = value
}

/** One token's excess at prices given by their roots, without the rest. */
export function excessOf({ graph, balances, closed }: Clearable, roots: Float64Array, token: number): number {
  const { ends, curves, bids, hopsOf } = graph
  let left = balances[token] ?? 0
  for (const hop of hopsOf[token] ?? []) {
    const a = ends[2 * hop] ?? 0
    const rootA = roots[a] ?? 0
    const rootB = roots[ends[2 * hop + 1] ?? 0] ?? 0
    const first = rootA < (bids[2 * hop] ?? 0) * rootB
    const way = 2 * hop + (first ? 0 : 1)
    const root = first ? rootA / rootB : rootB / rootA
    const curve = curves[way]
    if (!(root > 0 && root < (bids[way] ?? 0)) || curve === undefined || closed[way] === 1) continue
    const row = rowAt(curve, root)
    const from = curve[row] ?? 0
    const stop = Math.max(root, curve[row + 1] ?? 0)
    const gives = (curve[row + 2] ?? 0) * (from - stop)
    left += (token === a) === first ? -(curve[row + 3] ?? 0) - gives / (from * stop) : (curve[row + 4] ?? 0) + gives
  }
  return left
}
