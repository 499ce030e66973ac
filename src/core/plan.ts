import type { Address, Hex } from './address.ts'
import type { Block } from './block.ts'
import type { PositionId } from './book.ts'
import type { Amount, Wei } from './numbers.ts'
import type { Flow, GateReason, Opportunity, Terms } from './opportunity.ts'
import type { Rec } from './plain.ts'
import type { Call, Instruction } from './program.ts'
import type { Trigger } from './scene.ts'

/** Found in the scene the steps before it leave. */
export type Step<O extends Rec = Rec, M extends Rec = Rec, P extends Rec = Rec> = {
  readonly opportunity: Opportunity<O>
  readonly input: bigint | null
  readonly terms: Terms<M, P>
}

/** What a step is on the chain. */
export type Encoded = {
  readonly prepare: readonly Call[]
  /** `payload`: the executor's inner program, handed back in the callback; `0x` where there is none. */
  readonly act: (payload: Hex) => Call
  /** Who may call us back, once, by which selector; our calls there before and after the swaps. */
  readonly callback: {
    readonly from: Address
    readonly selector: Hex
    readonly enter: readonly Call[]
    readonly leave: readonly Call[]
  } | null
  readonly finish: readonly Call[]
}

/**
 * All in wei of wrapped native, costs negative; `net` is the sum of the others. `repay` is valued at the plan's own
 * exit prices, so `swapOut + rewards + repay + flashFee` is exactly the wrapped native gained: the gas-free profit.
 */
export type Sum = {
  readonly swapOut: Wei
  readonly rewards: Wei
  readonly repay: Wei
  readonly flashFee: Wei
  readonly gas: Wei
  readonly dataFee: Wei
  readonly tip: Wei
  readonly net: Wei
}
/** Wrapped native gained before gas and tip. */
export const gasFreeProfit = (sum: Sum): Wei => (sum.swapOut + sum.rewards + sum.repay + sum.flashFee) as Wei

/** One swap of the exit, exact. `pool`: as the book names it; `paidBy`: who pays for it, where that is another contract. */
export type Leg = {
  readonly venue: string
  readonly pool: Hex
  readonly paidBy?: Address
  readonly sell: Flow
  readonly buy: Flow
}
export type Funding = { readonly source: string; readonly lender: Address; readonly borrow: Flow; readonly fee: Amount }

/**
 * Of one step, in wei of wrapped native at the plan's own exit prices; none is below nothing. `got` holds what is seized
 * and `rewards`.
 */
export type StepWorth = { readonly repaid: Wei; readonly got: Wei; readonly rewards: Wei }

export type Plan = {
  readonly id: string
  readonly strategy: string
  readonly trigger: Trigger
  /** The block it was computed for; exact there only. */
  readonly block: Block
  readonly steps: readonly Step[]
  /** One a step: which of several gains more than its bonus explains can be told by it. */
  readonly worths: readonly StepWorth[]
  readonly legs: readonly Leg[]
  /** One per asset owed; outermost first. */
  readonly funding: readonly Funding[]
  readonly sum: Sum
  /** What its gas depends on, as a label: steps' tags, hops, funding. Gas is learned by it. */
  readonly shape: string
  readonly gasUnits: number
  readonly program: readonly Instruction[]
  /** Raw transactions that must come before it in its block: then it can only leave as a bundle. */
  readonly before: readonly Hex[]
}

/**
 * Gas of a plan in units: by the very positions it takes where that was measured, else by its shape; `undefined` before
 * anything of this shape was measured. `whom`: asked for only where it matters.
 */
export type GasUnits = (shape: string, whom: () => string) => number | undefined
/** Whose gas it is: the positions of a plan's steps, the same in any order. */
export const whomIn = (steps: readonly { readonly opportunity: Pick<Opportunity, 'positions'> }[]): string =>
  steps
    .flatMap(({ opportunity }) => opportunity.positions)
    .sort()
    .join()

/** A plan may take from several protocols at once: their names, joined. */
export const jointName = (strategies: readonly string[]): string => [...new Set(strategies)].sort().join('+')
export const strategiesIn = ({ strategy }: Pick<Plan, 'strategy'>): readonly string[] => strategy.split('+')

/** Every "no" has a name. Each has a row in `docs/operating.md`. */
export type SkipReason =
  | GateReason
  | 'quarantined'
  | 'being-reread'
  | 'no-route'
  | 'unprofitable'
  | 'crowded-out'
  | 'gas-limit'
  | 'no-funding'
  | 'lane-unfunded'
  | 'lane-busy'
  | 'guard-open'
  | 'too-good'
  | 'too-late'
  | 'in-flight'
  | 'simulation-reverts'
  | 'needs-bundle'
  | 'standing-by'
  | 'not-registered'
  | 'faulty'

/** Act, or skip with a reason. */
export type Verdict =
  | { readonly do: 'act'; readonly plan: Plan }
  | {
      readonly do: 'skip'
      readonly reason: SkipReason
      readonly detail: string
      readonly positions: readonly PositionId[]
      readonly plan: Plan | null
    }
