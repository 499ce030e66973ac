import { type Address, addressOfWord, type Hex, wordOfAddress } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Wei, wei } from '#core/numbers.ts'
import type { Sum } from '#core/plan.ts'
import type { Intent } from './intent.ts'

/** Transfer(address indexed from, address indexed to, uint256 value) */
const transfer: Hex = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'

export type RawReceipt = {
  readonly status: string
  readonly blockNumber: string
  readonly blockHash: string
  readonly gasUsed: string
  readonly effectiveGasPrice: string
  readonly transactionHash: string
  /** The OP Stack says what it took for the data; Arbitrum counts it as gas. */
  readonly l1Fee?: string | null
  /** Of `gasUsed`, on Arbitrum: it is told as data, not as gas, when the next plan is made. */
  readonly gasUsedForL1?: string | null
}

/** What the executor's own event says of one execution, in wei of wrapped native. */
export type Executed = { readonly gained: Wei; readonly tip: Wei; readonly gasCost: Wei }

/** What each leg really bought: what its pool sent to the executor, in the order of the legs. */
export function actualLegs(intent: Intent, logs: readonly Log[], executor: Address): readonly bigint[] {
  const sent = logs.filter(
    (log) => log.topicCount === 3 && log.topic(0) === transfer && log.topic(2) === wordOfAddress(executor),
  )
  const used = new Set<Log>()
  return intent.legs.map((leg) => {
    const found = sent.find(
      (log) =>
        !used.has(log) &&
        log.address === leg.buy.toLowerCase() &&
        addressOfWord(log.topic(1)) === leg.pool.toLowerCase(),
    )
    if (found === undefined) return 0n
    used.add(found)
    return found.word(0)
  })
}

/** The sum as the chain made it: what was gained, less the gas paid and the tip. Terms keep the plan's own valuation. */
export function actualSum(foreseen: Sum, executed: Executed | null, receipt: RawReceipt): Sum {
  const gas = wei(-BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice))
  const dataFee = wei(-BigInt(receipt.l1Fee ?? 0))
  if (executed === null) {
    const none = wei(0n)
    const net = wei(gas + dataFee)
    return { swapOut: none, rewards: none, repay: none, flashFee: none, gas, dataFee, tip: none, net }
  }
  const { rewards, repay, flashFee } = foreseen
  const tip = wei(-executed.tip)
  return {
    swapOut: wei(executed.gained - rewards - repay - flashFee),
    rewards,
    repay,
    flashFee,
    gas,
    dataFee,
    tip,
    net: wei(executed.gained + gas + dataFee + tip),
  }
}
