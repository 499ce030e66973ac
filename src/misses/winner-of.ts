import type { Address } from '#core/address.ts'
import type { Miss } from '#core/miss.ts'
import { type Wei, wei } from '#core/numbers.ts'

/** Of the receipt as a node gives it. */
export type WinnerReceipt = {
  readonly from: string
  readonly to: string | null
  readonly gasUsed: string
  readonly effectiveGasPrice: string
}
/** A frame of `debug_traceTransaction` with the call tracer. */
export type CallFrame = {
  readonly type: string
  readonly to?: string
  readonly value?: string
  readonly error?: string
  readonly calls?: readonly CallFrame[]
}

/** What the winner paid for gas, and for the place: by the price of gas, and to the block's beneficiary directly. */
export function winnerOf(
  { from, to, gasUsed, effectiveGasPrice }: WinnerReceipt,
  baseFee: Wei,
  beneficiary: string,
  /** `null` where the node does not trace. */
  trace: CallFrame | null,
): Miss['winner'] {
  const units = BigInt(gasUsed)
  const priority = (BigInt(effectiveGasPrice) - baseFee) * units
  const paid = trace === null ? 0n : paidTo(trace, beneficiary.toLowerCase())
  return {
    from: from.toLowerCase() as Address,
    to: to === null ? null : (to.toLowerCase() as Address),
    gasUsed: units,
    gas: wei(baseFee * units),
    tip: wei((priority > 0n ? priority : 0n) + paid),
    isTipWhole: trace !== null,
  }
}

/** A call that failed moved nothing, nor did any within it. A delegated call names a value that nobody sends. */
function paidTo({ type, to, value, error, calls = [] }: CallFrame, beneficiary: string): bigint {
  if (error !== undefined) return 0n
  const isPaid = (type === 'CALL' || type === 'SELFDESTRUCT') && to?.toLowerCase() === beneficiary
  return calls.reduce((sum, call) => sum + paidTo(call, beneficiary), isPaid ? BigInt(value ?? 0) : 0n)
}
