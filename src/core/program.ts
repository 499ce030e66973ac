import type { Address, Hex } from './address.ts'
import type { Amount, Bps, Wei } from './numbers.ts'

/** A 32-byte word at `offset` of the calldata that only the chain knows: what we gained, or an argument of the callback. */
export type Fill = { readonly offset: number } & (
  | { readonly with: 'gained'; readonly asset: Address }
  | { readonly with: 'callback-word'; readonly index: number }
)

/** `answer: 'zero'`: a returned error code is a failure (Compound v2). */
export type Call = {
  readonly to: Address
  readonly data: Hex
  readonly value: Wei
  readonly fills: readonly Fill[]
  readonly answer: 'any' | 'zero'
}

/** One call with the usual rest: no value, nothing to fill, any answer. */
export const call = (to: Address, data: Hex, rest: Partial<Omit<Call, 'to' | 'data'>> = {}): Call => ({
  to,
  data,
  value: rest.value ?? (0n as Wei),
  fills: rest.fills ?? [],
  answer: rest.answer ?? 'any',
})

/**
 * How much of a token a swap sells: exactly so much (or all that was gained since the start, where that is less),
 * or all that was gained since the start (less `keep`, which something later still needs).
 */
export type SwapAmount = { readonly exactly: Amount } | { readonly gainedLess: Amount }

/**
 * The executor's program: what it does between its first and its last balance check. Nothing named here is trusted by
 * the executor: lender, market, pool and spender are verified against its registry, its factories, or by CREATE2.
 */
export type Instruction =
  | {
      readonly op: 'flash'
      /** Name of the flash source's folder; the executor knows each by its number. */
      readonly kind: string
      readonly lender: Address
      readonly asset: Address
      readonly amount: Amount
      readonly inside: readonly Instruction[]
    }
  /** May fail alone: rolled back as one, with at most `gasLimit`, and the rest goes on. */
  | { readonly op: 'try'; readonly gasLimit: number; readonly inside: readonly Instruction[] }
  /** `callback`: who may call back meanwhile, once, by which selector, and what is done inside. */
  | {
      readonly op: 'act'
      readonly call: Call
      readonly approve: { readonly asset: Address; readonly spender: Address; readonly amount: Amount } | null
      readonly callback: {
        readonly from: Address
        readonly selector: Hex
        readonly inside: readonly Instruction[]
      } | null
    }
  | {
      readonly op: 'swap'
      /** Name of the venue's folder; the executor knows each by its number. */
      readonly kind: string
      readonly factory: Address
      readonly pool: Address
      readonly sell: Address
      readonly buy: Address
      readonly feePips: number
      /** Of Uniswap V4 alone: its manager is both factory and pool, so that fee and spacing say which pool is meant. */
      readonly tickSpacing?: number
      readonly amount: SwapAmount
      readonly minimum: Amount
    }
  /**
   * A swap whose pool pays before it is paid: what is bought funds `inside`, which must get what is sold. Exactly
   * `amount` is sold; Uniswap V3 alone.
   */
  | {
      readonly op: 'flash-swap'
      readonly factory: Address
      readonly pool: Address
      readonly sell: Address
      readonly buy: Address
      readonly feePips: number
      readonly amount: Amount
      readonly inside: readonly Instruction[]
    }
  /** A wrapped token becomes what it is made of, as its owner registered that it is redeemed. */
  | {
      readonly op: 'redeem'
      readonly sell: Address
      readonly buy: Address
      readonly amount: SwapAmount
      readonly minimum: Amount
    }
  /** Native currency gained becomes the wrapped token. */
  | { readonly op: 'wrap' }

/** One call of the executor. */
export type Order = {
  readonly firstBlock: number
  readonly lastBlock: number
  /** Wrapped native gained, less gas measured on chain, less the tip, must reach it: else the whole call reverts. */
  readonly minimumNet: Wei
  /** The builder's share of what is gained beyond gas. */
  readonly tipShareBps: Bps
  /**
   * Gas that a simulation saw given back (storage cleared, allowances used up), which cannot be seen from inside. The
   * executor takes it off the measured gas, a fifth of that at most, as EIP-3529 does; none where it is left out.
   */
  readonly refundGas?: number
  /** Cheap, first: each call must answer exactly this word, or the price has moved. */
  readonly expects: readonly { readonly to: Address; readonly data: Hex; readonly word: Hex }[]
  readonly program: readonly Instruction[]
}
