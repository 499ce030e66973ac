import type { FlashSource } from '#core/flash.ts'
import type { Strategy } from '#core/strategy.ts'
import type { Venue } from '#core/venue.ts'

/** One configured deployment of a strategy, venue or lender. `key` owns its records in the book. */
export type Module<Kind> = { readonly key: string; readonly name: string; readonly module: Kind }

export type Modules = {
  readonly strategies: readonly Module<Strategy>[]
  /** Exits among them: pools that are used one way. */
  readonly venues: readonly Module<Venue>[]
  readonly flash: readonly Module<FlashSource>[]
}
