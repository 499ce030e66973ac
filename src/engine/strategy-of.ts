import type { PositionId } from '#core/book.ts'
import type { Mirror } from './mirror.ts'

/** The strategy on whose shelf a position stands; `null` where it stands on none. */
export function strategyOf(mirror: Mirror, position: string): string | null {
  for (const { key, name } of mirror.modules.strategies)
    if (mirror.books.shelf(key).position(position as PositionId) !== undefined) return name
  return null
}
