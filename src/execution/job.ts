import type { Address, Hex } from '#core/address.ts'
import type { Bps, Wei } from '#core/numbers.ts'
import type { Plan } from '#core/plan.ts'
import type { Instruction, Order } from '#core/program.ts'
import { tryHash } from './encode-order.ts'
import { type Foreseen, foreseenLegs, foreseenSteps, type Intent, type Variant, type Via } from './intent.ts'
import type { Lane } from './lane.ts'
import { gasLimitOf, maxFeeOf } from './sign.ts'
import { type Signed, signTransaction } from './sign-transaction.ts'
import type { Simulates } from './simulates-first.ts'
import { planTags } from './tags.ts'

export type ExecutionSettings = {
  readonly via: Via
  readonly isDryRun: boolean
  readonly chainId: number
  readonly executor: Address
  /** Blocks a private or public transaction may wait; a bundle is for one block and made anew for the next. */
  readonly blocks: number
  /** What lies deeper cannot be reorganised away. */
  readonly finalityBlocks: number
  readonly tipShareBps: Bps
  readonly priorityFee: Wei
  readonly minimumNet: Wei
  readonly simulates: Simulates
  readonly blockSeconds: number
  /** With less time than this left in its slot, a plan leaves first and is simulated beside. */
  readonly lateMs: number
}

/** One transaction that may be sent for a plan. */
export type Offer = {
  readonly plan: Plan
  readonly gasLimit: number
  readonly maxFee: Wei
}
export type Signable = Offer & { readonly data: Hex; readonly signed: Signed }

/** A plan on its way to be sent. */
export type Job = Offer & {
  /** On the same nonce: another route, a smaller size. Only one of all can land. */
  readonly variants: readonly Offer[]
  /** Hash of the head it was decided on. */
  readonly head: Hex
  readonly readsWhileDeciding: number
  readonly lastBlock: number
  /** When its trigger arrived, on the monotonic clock; `null` where nobody measured. */
  readonly triggeredNs: bigint | null
}

const blocksOf = ({ via, blocks }: ExecutionSettings): number => (via === 'bundle' ? 1 : blocks)

export function offerOf(plan: Plan, settings: ExecutionSettings): Offer {
  const maxFee = maxFeeOf(plan.block.baseFee, settings.priorityFee, blocksOf(settings))
  return { plan, gasLimit: gasLimitOf(plan), maxFee }
}

export const lastBlockOf = (plan: Plan, settings: ExecutionSettings): number =>
  plan.block.number + blocksOf(settings) - 1

/** What its dearest transaction may cost. */
export const mostExpensive = ({ variants, ...first }: Job): Offer =>
  [first, ...variants].reduce((a, b) => (BigInt(b.gasLimit) * b.maxFee > BigInt(a.gasLimit) * a.maxFee ? b : a))

/** A tip is for a builder: on the other paths the priority fee is all that is paid. */
export const orderOf = (plan: Plan, settings: ExecutionSettings, refundGas: number): Order => ({
  firstBlock: plan.block.number,
  lastBlock: lastBlockOf(plan, settings),
  minimumNet: settings.minimumNet,
  tipShareBps: settings.via === 'bundle' ? settings.tipShareBps : (0n as Bps),
  expects: [],
  refundGas,
  program: plan.program,
})

/** Without a lane there is nothing to sign with: the plan's own id stands for the hash. */
export function signOrder(
  { plan, gasLimit, maxFee }: Offer,
  settings: ExecutionSettings,
  lane: Lane | null,
  data: Hex,
) {
  if (lane === null) return { raw: '0x', hash: plan.id as Hex } satisfies Signed
  const { chainId, executor: to, priorityFee } = settings
  return signTransaction(lane.signer, { chainId, nonce: lane.nonce, to, data, gasLimit, maxFee, priorityFee })
}

/** With what each counts for, and how the chain would tell that it failed alone. */
function countedSteps(plan: Plan, ownerOf: OwnerOf): readonly Foreseen[] {
  const tries = triesIn(plan.program)
  return foreseenSteps(plan, ownerOf).map((step, at) => {
    const [worth, inside] = [plan.worths[at], tries[at]]
    return { ...step, ...(worth && { worth }), ...(inside && { attempt: tryHash(inside) }) }
  })
}

/** Of several steps each is one, in their order. */
const triesIn = (program: readonly Instruction[]): readonly (readonly Instruction[])[] =>
  program.flatMap((one) => (one.op === 'try' ? [one.inside] : one.op === 'flash' ? triesIn(one.inside) : []))

type OwnerOf = (position: string) => Address | null
const variantOf = ({ plan, signed }: Signable, ownerOf: OwnerOf): Variant => ({
  hash: signed.hash,
  tags: planTags(plan),
  shape: plan.shape,
  steps: countedSteps(plan, ownerOf),
  legs: foreseenLegs(plan),
  funding: plan.funding.map(({ source, borrow, fee }) => ({
    source,
    asset: borrow.asset,
    amount: borrow.amount,
    fee,
  })),
  sum: plan.sum,
  gasUnits: plan.gasUnits,
})

export function intentOf(
  job: Job,
  settings: ExecutionSettings,
  { name, nonce }: Pick<Lane, 'name' | 'nonce'>,
  [first, ...variants]: readonly [Signable, ...Signable[]],
  ownerOf: OwnerOf,
): Intent {
  const { plan } = job
  return {
    plan: plan.id,
    strategy: plan.strategy,
    trigger: plan.trigger,
    via: settings.via,
    lane: name,
    nonce,
    block: plan.block.number,
    timestamp: plan.block.timestamp,
    lastBlock: job.lastBlock,
    head: job.head,
    readsWhileDeciding: job.readsWhileDeciding,
    ...variantOf(first, ownerOf),
    variants: variants.map((one) => variantOf(one, ownerOf)),
  }
}
