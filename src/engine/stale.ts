import type { Dirty, MarketId, PositionId } from '#core/book.ts'

/** What logs made stale, by module: what was read of it is taken off, what is named meanwhile stays. */
export type Stale = {
  readonly mark: (key: string, dirty: Dirty) => void
  readonly settle: (key: string, read: Dirty) => void
  readonly any: () => boolean
  /** All of it, as a reading would be asked for. */
  readonly wanted: () => readonly { readonly key: string; readonly dirty: Dirty }[]
  /** While a market of a module is stale, so is every position of it. */
  readonly hasPosition: (key: string, position: PositionId) => boolean
  readonly hasMarket: (key: string, id: MarketId) => boolean
}

export function createStale(): Stale {
  const all = new Map<string, { readonly markets: Set<MarketId>; readonly positions: Set<PositionId> }>()
  return {
    mark: (key, dirty) => {
      if (dirty.markets.length + dirty.positions.length === 0) return
      const stale = all.get(key) ?? { markets: new Set(), positions: new Set() }
      all.set(key, stale)
      for (const id of dirty.markets) stale.markets.add(id)
      for (const id of dirty.positions) stale.positions.add(id)
    },
    settle: (key, read) => {
      const stale = all.get(key)
      for (const id of read.markets) stale?.markets.delete(id)
      for (const id of read.positions) stale?.positions.delete(id)
      if (stale?.markets.size === 0 && stale.positions.size === 0) all.delete(key)
    },
    any: () => all.size > 0,
    wanted: () =>
      [...all].map(([key, { markets, positions }]) => ({
        key,
        dirty: { markets: [...markets], positions: [...positions] },
      })),
    hasPosition: (key, position) => {
      const stale = all.get(key)
      return stale !== undefined && (stale.markets.size > 0 || stale.positions.has(position))
    },
    hasMarket: (key, id) => all.get(key)?.markets.has(id) ?? false,
  }
}
