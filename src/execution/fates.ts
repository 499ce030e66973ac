import type { Hex } from '#core/address.ts'
import type { Block, Log } from '#core/block.ts'
import type { RawReceipt } from './actuals.ts'
import type { Attempt, Attempts } from './attempts.ts'
import type { Blame } from './blame.ts'
import type { ExecutionParts } from './execution-parts.ts'
import { type AttemptEvent, hashesOf, type Intent, positionsIn } from './intent.ts'
import { fateOf, hashIn, landedUntold, receiptOf } from './landed-untold.ts'
import type { Lane } from './lane.ts'
import { takeBack } from './take-back.ts'

export type HeadLike = { readonly hash: Hex; readonly block: Block; readonly logs: readonly Log[] }
/** Behind everything that may earn. */
const maintenance = { priority: Number.MIN_SAFE_INTEGER }

type Given = {
  readonly parts: ExecutionParts
  readonly attempts: Attempts
  readonly blame: Blame
  readonly track: (work: Promise<unknown>) => void
  /** Another following has taken its place. */
  readonly isOver: () => boolean
}

/** What becomes of what was sent: read from blocks and receipts, never from a relay's word. */
export class Fates {
  readonly #given: Given
  readonly #parts: ExecutionParts
  readonly #attempts: Attempts
  /** Blocks whose logs were looked through: what they hold of ours and did not tell is asked for. */
  readonly #seen = new Set<Hex>()
  #firstNumber = 0
  headNumber = 0

  constructor(given: Given) {
    this.#given = given
    this.#parts = given.parts
    this.#attempts = given.attempts
  }

  begin(headNumber: number): void {
    this.headNumber = headNumber
    this.#firstNumber = headNumber
  }

  /** Reads the fate of open attempts from a block's own logs: no call to the node for a bundle. */
  onHead(head: HeadLike): void {
    const { track } = this.#given
    this.headNumber = head.block.number
    this.#seen.add(head.hash)
    for (const old of this.#seen) if (this.#seen.size > 256) this.#seen.delete(old)
    for (const attempt of this.#attempts.unsettled()) track(this.#settle(attempt))
    for (const log of head.logs) {
      const attempt = this.#parts.isExecuted(log) ? this.#attempts.byHash(log.transactionHash) : undefined
      if (attempt === undefined || attempt.ended === 'included') continue
      track(this.land(attempt, 'included', log.transactionHash, head.hash))
    }
    for (const attempt of this.#attempts.open()) {
      const { via, lastBlock } = attempt.intent
      if (via !== 'bundle') track(this.#look(attempt, head))
      else if (head.block.number >= lastBlock)
        track(this.end(attempt, 'dropped', 'not in the block it was meant for', null))
    }
    for (const attempt of this.#attempts.takeFinal(head.block.number - this.#parts.settings.finalityBlocks)) {
      track(this.tell(attempt.intent, 'final', 'too deep to be reorganised away'))
    }
  }

  /** A reorg took these blocks away: what they held is open again. */
  onUndone(hashes: readonly Hex[]): void {
    for (const hash of hashes) {
      for (const attempt of this.#attempts.includedIn(hash)) {
        this.#attempts.reopen(attempt)
        this.#given.track(this.tell(attempt.intent, 'unwound', `block ${hash} was reorganised away`))
      }
    }
  }

  /** A private or public transaction can land reverted, which no log tells. */
  async #look(attempt: Attempt, head: HeadLike): Promise<void> {
    const receipt = await receiptOf(attempt.intent, this.#parts.request)
    if (attempt.ended !== null || this.isOver()) return
    if (receipt !== null) {
      // One that succeeded is told by its own log, with the block that holds it; a node may have left that out.
      if (receipt.status === '0x1' && !this.#isPast(receipt)) return
      return this.land(attempt, fateOf(receipt), hashIn(receipt), receipt.blockHash as Hex)
    }
    const { via, lastBlock } = attempt.intent
    // A public transaction stays in the mempool: its nonce is reserved until the chain has used it.
    const isGone = via === 'private' ? head.block.number >= lastBlock : await this.isNonceUsed(attempt.intent)
    if (attempt.ended !== null || this.isOver()) return
    if (isGone) {
      if (via === 'public' && attempt.lane !== null)
        attempt.lane.nonce = Math.max(attempt.lane.nonce, attempt.intent.nonce + 1)
      await this.end(attempt, 'dropped', 'never mined', null)
      return
    }
    const { lane, intent } = attempt
    const taken =
      via === 'public' && lane !== null
        ? await lane.queue.add(() => takeBack(this.#parts, lane, intent, head.block), maintenance)
        : null
    if (taken !== null && attempt.ended === null) await this.tell(intent, 'sent', taken)
  }

  /** A nonce used by none of what is known to have landed: by one that was given up then. */
  async audit(lane: Lane, count: number): Promise<void> {
    for (const { attempt, receipt } of await landedUntold(this.#attempts, lane, count, this.#parts.request))
      if (this.#isPast(receipt)) await this.land(attempt, fateOf(receipt), hashIn(receipt), receipt.blockHash as Hex)
  }

  /** In a block whose logs were looked through, or before there were any: nothing more will tell of it. */
  #isPast({ blockHash, blockNumber }: RawReceipt): boolean {
    return this.#seen.has(blockHash as Hex) || Number(blockNumber) <= this.#firstNumber
  }

  isOver(): boolean {
    return this.#given.isOver()
  }

  async isNonceUsed({ lane, nonce }: Pick<Intent, 'lane' | 'nonce'>): Promise<boolean> {
    return Number(await this.#parts.request('eth_getTransactionCount', [lane, 'latest'])) > nonce
  }

  /** Ends at once in memory; its receipt and its fate follow into the journal, with a later head where a read fails. */
  async land(attempt: Attempt, status: 'included' | 'reverted', hash: Hex, blockHash: Hex): Promise<void> {
    if (this.isOver()) return
    const { blame } = this.#given
    this.#attempts.end(attempt, status, blockHash)
    this.#attempts.landed(attempt, hash)
    if (status === 'reverted') blame.reverted(attempt.intent, this.headNumber)
    else blame.landed(positionsIn(attempt.intent))
    return this.#settle(attempt)
  }

  async #settle(attempt: Attempt): Promise<void> {
    const { intent, ended, includedIn } = attempt
    if (attempt.isSettled || ended === null) return
    attempt.isSettled = true
    let isDone = false
    try {
      const receipt = (await this.#parts.request('eth_getTransactionReceipt', [intent.hash])) as RawReceipt | null
      // Not there, or elsewhere: a reorg whose head is on its way.
      if (receipt === null || receipt.blockHash !== includedIn || this.isOver()) return
      if (ended === 'included')
        this.#parts.gas.learn(intent.shape, Number(receipt.gasUsed) - Number(receipt.gasUsedForL1 ?? 0))
      const which = hashesOf(intent).length > 1 ? `, by ${intent.hash}` : ''
      const told = (): Promise<void> => this.tell(intent, ended, `in block ${Number(receipt.blockNumber)}${which}`)
      await this.#parts.on.landed(intent, receipt, told)
      attempt.landedAt = Number(receipt.blockNumber)
      isDone = true
    } finally {
      if (!isDone && attempt.includedIn === includedIn) attempt.isSettled = false
    }
  }

  /** Ends at once in memory, so that nothing is begun on stale knowledge; the journal follows. */
  async end(attempt: Attempt, status: AttemptEvent['status'], detail: string, blockHash: Hex | null): Promise<void> {
    if (this.isOver()) return
    this.#attempts.end(attempt, status, blockHash)
    return this.tell(attempt.intent, status, detail)
  }

  async tell(
    intent: Intent,
    status: AttemptEvent['status'],
    detail: string,
    more: Pick<AttemptEvent, 'triggerToSendNs'> = {},
  ): Promise<void> {
    if (this.isOver()) return
    const event: AttemptEvent = { plan: intent.plan, status, block: intent.block, detail, ...more }
    this.#parts.on.attempt(event, intent)
    await this.#parts.store.append('attempt', event)
  }
}
