import type { NearRow } from './near-row.ts'

/** Of an asset: where it stands, and each price at which somebody falls, with the debt in dollars, and whether it has. */
export type PriceAxis = {
  readonly now: number
  readonly quote: string
  readonly points: readonly (readonly [number, number, 0 | 1])[]
}

/** Farther is not drawn. */
const shareMost = 0.5
const axesMost = 10

/** By asset, the one that most depends on first. */
export function priceAxes(rows: readonly NearRow[]): Readonly<Record<string, PriceAxis>> {
  const axes = new Map<string, { now: number; quote: string; points: (readonly [number, number, 0 | 1])[] }>()
  for (const { prices, debtUsd } of rows) {
    for (const { name, quote, now, at, side } of prices) {
      if (quote === '' || Math.abs(at / now - 1) > shareMost) continue
      const axis = axes.get(name) ?? { now, quote, points: [] }
      axes.set(name, axis)
      const isSunk = side === 'below' ? at >= now : at <= now
      axis.points.push([at, Math.round(debtUsd ?? 0), isSunk ? 1 : 0])
    }
  }
  return Object.fromEntries([...axes].sort((a, b) => b[1].points.length - a[1].points.length).slice(0, axesMost))
}
