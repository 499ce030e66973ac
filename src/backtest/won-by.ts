import type { Address, Hex } from '#core/address.ts'
import { addressOfWord, checksummed } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Wei, wei } from '#core/numbers.ts'
import type { ForeseenLeg } from '../execution/intent.ts'
import { type CallFrame, type WinnerReceipt, winnerOf } from '../misses/winner-of.ts'
import type { NetFlow, Winner } from './chunk-output.ts'

/** A receipt as the node gives it, its logs decoded. */
export type WonReceipt = {
  readonly transactionHash: Hex
  readonly transactionIndex: number
  readonly raw: WinnerReceipt
  readonly logs: readonly Log[]
}

/** Transfer(address indexed from, address indexed to, uint256 value) */
const transfer = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'

/**
 * What a transaction paid for its place, and what came of it. Whoever called the protocol and whoever signed are one:
 * what passes between them is nobody's gain. Native currency that moves is in no log: what wraps it is.
 */
export function wonBy(
  receipt: WonReceipt,
  by: readonly (Address | null)[],
  about: {
    readonly baseFee: Wei
    readonly beneficiary: Address
    /** `null` where the node does not trace. */
    readonly trace: CallFrame | null
    readonly liquidations: number
    readonly worth: (asset: Address, units: bigint) => Wei | null
    readonly isPool: (at: Address) => boolean
  },
): Winner {
  const { transactionHash, transactionIndex, raw, logs } = receipt
  const { from, to, tip: bid, isTipWhole: isBidWhole } = winnerOf(raw, about.baseFee, about.beneficiary, about.trace)
  const own = new Set<Address>([from, ...by.flatMap((one) => one ?? [])])
  const moves = logs.filter((log) => log.topicCount === 3 && log.topic(0) === transfer).map(moveOf)
  const flows = netFlows(moves, own)
  const worths = flows.map(({ asset, amount }) => about.worth(asset as Address, amount))
  return {
    ...{ transactionHash, transactionIndex, from, to, gasUsed: Number(raw.gasUsed) },
    ...{ liquidations: about.liquidations, baseFee: about.baseFee },
    ...{ bid, isBidWhole },
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
