import type { Address, Hex } from '#core/address.ts'
import { addressOfWord, checksummed } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Wei, wei } from '#core/numbers.ts'
import type { ForeseenLeg } from '../execution/intent.ts'
import type { NetFlow, Winner } from './chunk-output.ts'

/** A receipt as the node gives it, its logs decoded. */
export type WonReceipt = {
  readonly transactionHash: Hex
  readonly transactionIndex: number
  readonly from: Address
  readonly to: Address | null
  readonly gasUsed: number
  readonly gasPrice: bigint
  readonly logs: readonly Log[]
}

/** Transfer(address indexed from, address indexed to, uint256 value) */
const transfer = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'

/**
 * What a transaction paid for its place, and what came of it. Whoever called the protocol and whoever signed are one:
 * what passes between them is nobody's gain. Native currency that moves is in no log: what wraps it is.
 */
export function winnerOf(
  receipt: WonReceipt,
  by: readonly (Address | null)[],
  about: {
    readonly baseFee: Wei
    readonly liquidations: number
    /** Paid to the block's beneficiary by calls; `null` where the node does not trace. */
    readonly paid: Wei | null
    readonly worth: (asset: Address, units: bigint) => Wei | null
    readonly isPool: (at: Address) => boolean
  },
): Winner {
  const { transactionHash, transactionIndex, from, to, gasUsed, gasPrice, logs } = receipt
  const own = new Set<Address>([from, ...by.flatMap((one) => one ?? [])])
  const moves = logs.filter((log) => log.topicCount === 3 && log.topic(0) === transfer).map(moveOf)
  const flows = netFlows(moves, own)
  const worths = flows.map(({ asset, amount }) => about.worth(asset as Address, amount))
  const priority = (gasPrice - about.baseFee) * BigInt(gasUsed)
  return {
    ...{ transactionHash, transactionIndex, from, to, gasUsed },
    ...{ liquidations: about.liquidations, baseFee: about.baseFee },
    bid: wei((priority > 0n ? priority : 0n) + (about.paid ?? 0n)),
    isBidWhole: about.paid !== null,
    flows,
    gain: worths.some((one) => one === null) ? null : wei(worths.reduce((sum: bigint, one) => sum + (one ?? 0n), 0n)),
    legs: legsOf(moves, about.isPool),
  }
}

type Move = { readonly asset: Address; readonly from: Address; readonly to: Address; readonly amount: bigint }

const moveOf = (log: Log): Move => ({
  asset: log.address,
  from: addressOfWord(log.topic(1)),
  to: addressOfWord(log.topic(2)),
  amount: log.word(0),
})

function netFlows(moves: readonly Move[], own: ReadonlySet<Address>): readonly NetFlow[] {
  const net = new Map<Address, bigint>()
  for (const { asset, from, to, amount } of moves) {
    const change = (own.has(to) ? amount : 0n) - (own.has(from) ? amount : 0n)
    if (change !== 0n) net.set(asset, (net.get(asset) ?? 0n) + change)
  }
  return [...net].filter(([, amount]) => amount !== 0n).map(([asset, amount]) => ({ asset, amount }))
}

/** What each pool took and gave, as one swap. */
function legsOf(moves: readonly Move[], isPool: (at: Address) => boolean): readonly ForeseenLeg[] {
  const pools = [...new Set(moves.flatMap(({ from, to }) => [from, to].filter(isPool)))]
  return pools.flatMap((pool): ForeseenLeg[] => {
    const flows = netFlows(moves, new Set([pool]))
    const took = flows.find(({ amount }) => amount > 0n)
    const gave = flows.find(({ amount }) => amount < 0n)
    if (took === undefined || gave === undefined) return []
    const [sell, buy] = [checksummed(took.asset as Address), checksummed(gave.asset as Address)]
    return [{ venue: '', pool: checksummed(pool), sell, sold: took.amount, buy, bought: -gave.amount }]
  })
}

/** A frame of `debug_traceTransaction` with the call tracer. */
export type CallFrame = {
  readonly type: string
  readonly to?: string
  readonly value?: string
  readonly error?: string
  readonly calls?: readonly CallFrame[]
}

/** A call that failed moved nothing, nor did any within it. A delegated call names a value that nobody sends. */
export function paidTo({ type, to, value, error, calls = [] }: CallFrame, beneficiary: Address): bigint {
  if (error !== undefined) return 0n
  const isPaid = (type === 'CALL' || type === 'SELFDESTRUCT') && to?.toLowerCase() === beneficiary
  return calls.reduce((sum, call) => sum + paidTo(call, beneficiary), isPaid ? BigInt(value ?? 0) : 0n)
}
