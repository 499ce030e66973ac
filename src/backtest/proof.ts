import type { Wei } from '#core/numbers.ts'

/** What the chain itself said to an act, at the place it would have had. */
export type Proof =
  | {
      readonly status: 'included'
      readonly gasUsed: number
      /** Wrapped native gained before gas and tip, as the executor tells it. */
      readonly gained: Wei
      readonly tip: Wei
      /** Tip and priority fee. */
      readonly bid: Wei
      readonly net: Wei
      /** Where it came out otherwise than foreseen, each by its name; empty: to the wei. */
      readonly differs: readonly Difference[]
    }
  | { readonly status: 'reverted'; readonly why: string; readonly gasUsed: number }

export type Difference = {
  readonly of: 'gained' | 'gas' | 'tip' | 'timestamp' | 'base-fee'
  readonly foreseen: string
  readonly actual: string
}
