/** One way of doing the work: `run` does it once and gives what it found, for comparison with the other arms. */
export type Arm = {
  readonly name: string
  /** Does the work once. `work`: how much was done, so that arms may do different amounts (a slow reference is sampled). */
  readonly run: () => Promise<Measured> | Measured
}
/** `value` in the metric's unit; `result` must be equal (as text) among arms that have one. */
export type Measured = { readonly value: number; readonly result?: string }

export type Metric = {
  /** Stable: results are compared by it over time. */
  readonly name: string
  readonly what: string
  readonly unit: string
  /** Ours, and those it is compared with: the ratio is reference ÷ ours, or ours ÷ reference where `isCeiling`. */
  readonly ours: Arm
  readonly references: readonly Reference[]
  /** Measured repeats; the arms are interleaved in each. */
  readonly repeats: number
  /** Unmeasured repeats before, so that code is warm. */
  readonly warmups?: number
  /** Collect all garbage before each arm: not where it would throw away the code that is to be warm. */
  readonly collects?: boolean
}
export type Reference = {
  readonly arm: Arm
  /** Library, version, settings: for the page. */
  readonly what: string
  /** Target for the ratio: `at-least` so many times better than this arm, or `at-most` so many times this arm's value. */
  readonly target: { readonly kind: 'at-least' | 'at-most'; readonly ratio: number }
  /** Must hold, or the run fails: deterministic figures only. */
  readonly isRequired?: boolean
  /** Why it is missed where it is: printed on the page. */
  readonly reason?: string
}
/** A deterministic figure without a reference: a count that must be so. */
export type Count = {
  readonly name: string
  readonly what: string
  readonly unit: string
  readonly count: () => Promise<number> | number
  readonly target: string
  readonly holds: (value: number) => boolean
  readonly isRequired: boolean
}

/** `open` prepares data and processes, `close` ends them; metrics are measured in between. */
export type Bench = {
  readonly name: string
  readonly open: () => Promise<{
    readonly metrics: readonly Metric[]
    readonly counts: readonly Count[]
    readonly close: () => Promise<void>
  }>
}
