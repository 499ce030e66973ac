import type { Sunk } from './model.ts'
import type { Borrower } from './report.ts'

/** By owner, the heaviest first: what is owed where each first falls below the line. A position without one is its own. */
export function borrowersOf(
  fallen: readonly { readonly part: number; readonly sunk: readonly Sunk[] }[],
): readonly Borrower[] {
  const first = new Map<string, { readonly part: number; readonly one: Sunk }>()
  for (const { part, sunk } of fallen)
    for (const one of sunk) if (!first.has(one.position.id)) first.set(one.position.id, { part, one })
  const owners = Map.groupBy(first.values(), ({ one }) => one.position.owner ?? one.position.id)
  return [...owners]
    .map(([owner, all]) => ({
      owner,
      positions: all.map(({ one }) => one.position.id),
      protocols: [...new Set(all.map(({ one }) => one.protocol))],
      debtUsd: all.reduce((sum, { one }) => sum + one.debt, 0),
      part: Math.min(...all.map(({ part }) => part)),
    }))
    .sort((a, b) => b.debtUsd - a.debtUsd)
}
