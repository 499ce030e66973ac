import type { Trigger } from '#core/scene.ts'
import type { Settled } from '../../engine/receipt.ts'
import type { Intent, Via } from '../../execution/intent.ts'

/** Whose market it is, and its contracts' revision, where they have one; `null`: nobody's any more. */
export type Served = { readonly protocol: string; readonly revision: string } | null
type Both = { readonly predicted: string; readonly actual: string }
export type ShownLeg = {
  readonly venue: string
  readonly pool: string
  readonly sell: string
  readonly sold: string
  readonly buy: string
  readonly bought: Both
}

/** One position liquidated, as `design` of the JSON has it: amounts are decimal strings in smallest units. */
export type Liquidation = {
  readonly position: string
  readonly owner: string | null
  readonly protocol: string
  readonly revision: string
  readonly collateral: string | null
  readonly debt: string | null
  readonly repay: Both
  readonly seize: Both
  /** What the swaps paid for the debt, or for the profit where nothing had to be bought; of the whole plan. */
  readonly swapOut: Both
  /** Wrapped native gained before gas and tip, of the whole plan. */
  readonly grossProfit: Both
  /** After gas and tip, of the whole plan; gas is what cannot be known to the wei. */
  readonly netProfit: Both
  readonly route: readonly ShownLeg[]
  readonly funding: readonly {
    readonly source: string
    readonly asset: string
    readonly amount: string
    readonly fee: string
  }[]
  readonly via: Via
  readonly trigger: Trigger
  readonly tags: readonly string[]
  readonly plan: string
  readonly tx: string
  readonly block: number
  /** Included at the block and timestamp it was signed for: only then is it promised to be exact. */
  readonly isComparable: boolean
  /** Requests to the node between the trigger and the prediction. */
  readonly readsWhileDeciding: number
}

const both = (predicted: bigint, difference: bigint): Both => ({
  predicted: predicted.toString(),
  actual: (predicted + difference).toString(),
})

/** Every position a receipt settled; a step that failed alone shows what was foreseen beside zero. */
export function liquidationsOf(
  intent: Intent,
  settled: Settled,
  servedBy: (market: string) => Served,
): readonly Liquidation[] {
  const { exactness, receipt } = settled
  const route = intent.legs.map((leg, at) => ({
    ...leg,
    sold: leg.sold.toString(),
    bought: both(leg.bought, exactness.swapOut[at] ?? 0n),
  }))
  const gross = both(settled.gained - exactness.profit, exactness.profit)
  const funding = intent.funding.map(({ source, asset, amount, fee }) => ({
    source,
    asset,
    amount: amount.toString(),
    fee: fee.toString(),
  }))
  return intent.steps.map((step, at) => ({
    position: step.position,
    owner: step.owner,
    ...(servedBy(step.market) ?? { protocol: intent.strategy, revision: 'unknown' }),
    collateral: step.collateral,
    debt: step.debt,
    repay: both(step.repay, exactness.repay[at] ?? 0n),
    seize: both(step.seize, exactness.seize[at] ?? 0n),
    swapOut: swapOut(intent, exactness.swapOut, step.debt),
    grossProfit: gross,
    netProfit: { predicted: intent.sum.net.toString(), actual: receipt.actual.net.toString() },
    route,
    funding,
    via: intent.via,
    trigger: intent.trigger,
    tags: [...new Set([...step.tags, ...intent.tags, ...partial(step)])],
    plan: intent.plan,
    tx: receipt.transactionHash,
    block: receipt.block,
    isComparable: exactness.isComparable,
    readsWhileDeciding: intent.readsWhileDeciding,
  }))
}

const partial = ({ input, limit }: Intent['steps'][number]): readonly string[] =>
  input !== null && limit !== null && input < limit ? ['partial-for-slippage'] : []

function swapOut(intent: Intent, differences: readonly bigint[], debt: string | null): Both {
  const legs = intent.legs.map((leg, at) => ({ ...leg, difference: differences[at] ?? 0n }))
  const forDebt = legs.filter((leg) => leg.buy === debt)
  const counted = forDebt.length > 0 ? forDebt : legs
  return both(
    counted.reduce((sum, leg) => sum + leg.bought, 0n),
    counted.reduce((sum, leg) => sum + leg.difference, 0n),
  )
}

/** Amounts of a liquidation that came out otherwise than foreseen. */
export function inexact(one: Liquidation): readonly string[] {
  const pairs: readonly (readonly [string, Both])[] = [
    ['repay', one.repay],
    ['seize', one.seize],
    ['swapOut', one.swapOut],
    ['grossProfit', one.grossProfit],
    ...one.route.map((leg, at) => [`leg ${at + 1}`, leg.bought] as const),
  ]
  return pairs.filter(([, { predicted, actual }]) => predicted !== actual).map(([name]) => name)
}
