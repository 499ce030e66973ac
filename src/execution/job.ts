import type { Address, Hex } from '#core/address.ts'
import type { Bps, Wei } from '#core/numbers.ts'
import type { Plan } from '#core/plan.ts'
import type { Order } from '#core/program.ts'
import { foreseenLegs, foreseenSteps, type Intent, type Via } from './intent.ts'
import type { Lane } from './lane.ts'
import { gasLimitOf, maxFeeOf } from './sign.ts'
import { type Signed, signTransaction } from './sign-transaction.ts'
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
  readonly simulates: boolean
}

/** A plan on its way to be sent. */
export type Job = {
  readonly plan: Plan
  /** Hash of the head it was decided on. */
  readonly head: Hex
  readonly readsWhileDeciding: number
  readonly lastBlock: number
  readonly gasLimit: number
  readonly maxFee: Wei
}

export function jobOf(plan: Plan, head: Hex, readsWhileDeciding: number, settings: ExecutionSettings): Job {
  const blocks = settings.via === 'bundle' ? 1 : settings.blocks
  return {
    plan,
    head,
    readsWhileDeciding,
    lastBlock: plan.block.number + blocks - 1,
    gasLimit: gasLimitOf(plan),
    maxFee: maxFeeOf(plan.block.baseFee, settings.priorityFee, blocks),
  }
}

/** A tip is for a builder: on the other paths the priority fee is all that is paid. */
export const orderOf = ({ plan, lastBlock }: Job, settings: ExecutionSettings, refundGas: number): Order => ({
  firstBlock: plan.block.number,
  lastBlock,
  minimumNet: settings.minimumNet,
  tipShareBps: settings.via === 'bundle' ? settings.tipShareBps : (0n as Bps),
  expects: [],
  refundGas,
  program: plan.program,
})

/** Without a lane there is nothing to sign with: the plan's own id stands for the hash. */
export function signOrder(job: Job, settings: ExecutionSettings, lane: Lane | null, data: Hex): Signed {
  if (lane === null) return { raw: '0x', hash: job.plan.id as Hex }
  const { chainId, executor: to, priorityFee } = settings
  const { gasLimit, maxFee } = job
  return signTransaction(lane.signer, { chainId, nonce: lane.nonce, to, data, gasLimit, maxFee, priorityFee })
}

export function intentOf(
  job: Job,
  settings: ExecutionSettings,
  lane: Lane | null,
  signed: Signed,
  ownerOf: (position: string) => Address | null,
): Intent {
  const { plan } = job
  return {
    plan: plan.id,
    strategy: plan.strategy,
    trigger: plan.trigger,
    tags: planTags(plan),
    shape: plan.shape,
    via: settings.via,
    lane: lane?.name ?? 'none',
    nonce: lane?.nonce ?? -1,
    hash: signed.hash,
    block: plan.block.number,
    timestamp: plan.block.timestamp,
    lastBlock: job.lastBlock,
    head: job.head,
    steps: foreseenSteps(plan, ownerOf),
    legs: foreseenLegs(plan),
    funding: plan.funding.map(({ source, borrow, fee }) => ({
      source,
      asset: borrow.asset,
      amount: borrow.amount,
      fee,
    })),
    sum: plan.sum,
    gasUnits: plan.gasUnits,
    readsWhileDeciding: job.readsWhileDeciding,
  }
}
