import { type Address, addressOfWord, type Hex, wordOfAddress } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { marketId } from '#core/book.ts'
import { type Wei, wei } from '#core/numbers.ts'
import type { Sum } from '#core/plan.ts'
import type { Receipt } from '#core/receipt.ts'
import type { Foreseen, Intent } from './intent.ts'

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

/**
 * What each leg really bought: what its pool sent to the executor, in the order of the legs. What was lent came before, and
 * may have come from the same contract.
 */
export function actualLegs(intent: Intent, logs: readonly Log[], executor: Address): readonly bigint[] {
  const sent = logs.filter(
    (log) => log.topicCount === 3 && log.topic(0) === transfer && log.topic(2) === wordOfAddress(executor),
  )
  const used = new Set<Log>()
  for (const { asset, amount } of intent.funding) {
    const lent = sent.find((log) => !used.has(log) && log.address === asset.toLowerCase() && log.word(0) === amount)
    if (lent !== undefined) used.add(lent)
  }
  return intent.legs.map((leg) => {
    const found = sent.find(
      (log) =>
        !used.has(log) &&
        log.address === leg.buy.toLowerCase() &&
        addressOfWord(log.topic(1)) === (leg.paidBy ?? leg.pool).toLowerCase(),
    )
    if (found === undefined) return 0n
    used.add(found)
    return found.word(0)
  })
}

/** The steps that happened: all but those the executor says it rolled back, one for each time it says so. */
export function stepsDone({ steps }: Pick<Intent, 'steps'>, failed: readonly Hex[]): readonly Foreseen[] {
  const left = [...failed]
  return steps.filter(({ attempt }) => {
    const at = attempt === undefined ? -1 : left.indexOf(attempt)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/** What each market was repaid, in wei; where an old intent does not tell, all of it in each. */
export function repaidIn(done: readonly Foreseen[], foreseen: Sum): Receipt['repaid'] {
  const shares = new Map<string, bigint>()
  const all = foreseen.repay < 0n ? -foreseen.repay : 0n
  for (const { market, worth } of done)
    shares.set(market, worth === undefined ? all : (shares.get(market) ?? 0n) + worth.repaid)
  return [...shares].map(([market, amount]) => ({ market: marketId(market), amount: wei(amount) }))
}

/**
 * The sum as the chain made it: what was gained, less the gas paid and the tip. Terms keep the plan's own valuation, of
 * the steps that happened.
 */
export function actualSum(
  { steps, sum }: Pick<Intent, 'steps' | 'sum'>,
  done: readonly Foreseen[],
  executed: Executed | null,
  receipt: RawReceipt,
): Sum {
  const gas = wei(-BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice))
  const dataFee = wei(-BigInt(receipt.l1Fee ?? 0))
  if (executed === null) {
    const none = wei(0n)
    const net = wei(gas + dataFee)
    return { swapOut: none, rewards: none, repay: none, flashFee: none, gas, dataFee, tip: none, net }
  }
  const undone = steps.filter((step) => !done.includes(step))
  const not = (part: 'repaid' | 'rewards'): bigint => undone.reduce((all, { worth }) => all + (worth?.[part] ?? 0n), 0n)
  const [rewards, repay, { flashFee }] = [wei(sum.rewards - not('rewards')), wei(sum.repay + not('repaid')), sum]
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
