import type { Hex } from '#core/address.ts'
import type { Block, Log } from '#core/block.ts'
import { wei } from '#core/numbers.ts'
import type { Rec } from '#core/plain.ts'
import type { Plan, SkipReason } from '#core/plan.ts'
import type { RawReceipt } from './actuals.ts'
import { type Attempt, createAttempts } from './attempts.ts'
import { CoolDown } from './cool-down.ts'
import type { ExecutionParts } from './execution-parts.ts'
import type { AttemptEvent, Intent } from './intent.ts'
import { intentOf, type Job, jobOf, orderOf, unsigned } from './job.ts'
import { landedUntold } from './landed-untold.ts'
import { affords, type Lane } from './lane.ts'
import { type Signed, signOrder, transactionGasLimit } from './sign.ts'
import { type Simulation, simulate } from './simulate.ts'
import { takeBack } from './take-back.ts'
import { unresolvedIntents } from './unresolved.ts'

/** How the detail begins of what was withheld because a node says that it would revert. */
export const simulationReverts = 'simulation reverts:'

type HeadLike = { readonly hash: Hex; readonly block: Block; readonly logs: readonly Log[] }

/** Takes plans to the chain and follows them to their fate, which is read from blocks and never from a relay's word. */
export class Execution {
  readonly #parts: ExecutionParts
  readonly #attempts = createAttempts()
  readonly #coolDown = new CoolDown()
  readonly #running = new Set<Promise<unknown>>()
  /** Blocks whose logs were looked through: what they hold of ours and did not tell is asked for. */
  readonly #seen = new Set<Hex>()
  #firstNumber = 0
  #headNumber = 0

  constructor(parts: ExecutionParts) {
    this.#parts = parts
  }

  /** Whether an attempt at it is open: no second one begins before the first has ended. */
  isInFlight(position: string): boolean {
    return this.#attempts.holds(position)
  }

  /** The block before which a position is left alone, because attempts at it reverted and cost gas. */
  coolsUntil(position: string): number | null {
    return this.#coolDown.until(position)
  }

  /** Resolves when nothing is being signed, sent or read: for tests and for going down cleanly. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
  }

  /** Begins an attempt; nothing is awaited here. @returns why not, where no lane can take it. */
  submit(plan: Plan, head: Hex, readsWhileDeciding: number): SkipReason | null {
    const { settings, lanes } = this.#parts
    if (plan.before.length > 0 && settings.via !== 'bundle') return 'needs-bundle'
    if (plan.gasUnits > transactionGasLimit) return 'gas-limit'
    const job = jobOf(plan, head, readsWhileDeciding, settings)
    const free = lanes.filter((lane) => lane.busyWith === null)
    const lane = settings.isDryRun ? null : (free.find((one) => affords(one, job.gasLimit, job.maxFee)) ?? null)
    if (lane === null && !settings.isDryRun) return free.length === 0 ? 'lane-busy' : 'lane-unfunded'
    this.#attempts.claim(plan, lane)
    const run = (): Promise<void> => this.#attempt(job, lane)
    this.#track(lane === null ? run() : lane.queue.add(run, { priority: Number(plan.sum.net / 10n ** 12n) }))
    return null
  }

  async #attempt(job: Job, lane: Lane | null): Promise<void> {
    const { settings, store, on, ownerOf, gas } = this.#parts
    try {
      const data = this.#parts.encode(orderOf(job, settings, gas.refund(job.plan.shape)))
      const signed = lane === null ? unsigned(job.plan) : await this.#sign(job, lane, data)
      const intent = intentOf(job, settings, lane, signed, ownerOf)
      await store.append('intent', intent as unknown as Rec)
      const attempt = this.#attempts.begin(intent, lane)
      on.intent(intent)
      // The lane's queue orders nonces and no more: a slow node or relay must not hold up the next block's plan.
      this.#track(this.#deliver(attempt, job, data, signed))
    } catch (error) {
      // Before the intent was durable nothing can be out there; after it, only its block decides.
      this.#attempts.unclaim(job.plan.id)
      throw error
    }
  }

  async #deliver(attempt: Attempt, job: Job, data: Hex, signed: Signed): Promise<void> {
    const { settings, gas, against } = this.#parts
    const { lane, intent } = attempt
    if (lane === null) return this.#end(attempt, 'withheld', 'dry run: nothing is sent', null)
    const simulation = settings.simulates && job.plan.before.length === 0 ? await this.#simulate(job, lane, data) : null
    if (simulation?.status === 'success') gas.learn(job.plan.shape, simulation.gasUsed)
    // Its block may have passed meanwhile, and another attempt may have begun: what ended stays unsent.
    if (attempt.ended !== null) return
    const why =
      simulation?.status === 'reverts'
        ? `${simulationReverts} ${simulation.data.slice(0, 138)}`
        : this.#headNumber >= intent.lastBlock
          ? 'too late: its block had passed before it could be sent'
          : against()
    if (why === null) await this.#send(attempt, signed, job.plan.before)
    else await this.#end(attempt, 'withheld', why, null)
  }

  async #send(attempt: Attempt, signed: Signed, before: readonly Hex[]): Promise<void> {
    const { intent } = attempt
    const block = intent.via === 'bundle' ? intent.block : intent.lastBlock
    const { via, lane, nonce } = intent
    const answer = await this.#parts.send({ via, transactions: [{ ...signed, block, before }], lane, nonce })
    if (attempt.ended !== null) return
    if (answer.accepted) await this.#tell(attempt, 'sent', answer.answer)
    // Only clear words of refusal end an attempt here; all else waits for the block it was meant for.
    else await this.#end(attempt, 'refused', answer.answer, null)
  }

  #sign({ gasLimit, maxFee }: Job, lane: Lane, data: Hex): Promise<Signed> {
    const { chainId, executor, priorityFee } = this.#parts.settings
    return signOrder({ lane, chainId, to: executor, data, gasLimit, maxFee, priorityFee })
  }

  #simulate({ plan, gasLimit, maxFee }: Job, lane: Lane, data: Hex): Promise<Simulation> {
    const { executor, priorityFee } = this.#parts.settings
    return simulate(
      this.#parts.request,
      { from: lane.address, to: executor, data, gasLimit, maxFee, priorityFee },
      plan.block,
    )
  }

  /** Reads the fate of open attempts from a block's own logs: no call to the node for a bundle. */
  onHead(head: HeadLike): void {
    this.#headNumber = head.block.number
    this.#seen.add(head.hash)
    for (const old of this.#seen) if (this.#seen.size > 256) this.#seen.delete(old)
    for (const attempt of this.#attempts.unsettled()) this.#track(this.#settle(attempt))
    for (const log of head.logs) {
      const attempt = this.#parts.isExecuted(log) ? this.#attempts.byHash(log.transactionHash) : undefined
      if (attempt === undefined || attempt.ended === 'included') continue
      this.#track(this.#land(attempt, 'included', head.hash))
    }
    for (const attempt of this.#attempts.open()) {
      const { via, lastBlock } = attempt.intent
      if (via !== 'bundle') this.#track(this.#look(attempt, head))
      else if (head.block.number >= lastBlock)
        this.#track(this.#end(attempt, 'dropped', 'not in the block it was meant for', null))
    }
    for (const attempt of this.#attempts.takeFinal(head.block.number - this.#parts.settings.finalityBlocks)) {
      this.#track(this.#tell(attempt, 'final', 'too deep to be reorganised away'))
    }
  }

  /** A reorg took these blocks away: what they held is open again. */
  onUndone(hashes: readonly Hex[]): void {
    for (const hash of hashes) {
      for (const attempt of this.#attempts.includedIn(hash)) {
        this.#attempts.reopen(attempt)
        this.#track(this.#tell(attempt, 'unwound', `block ${hash} was reorganised away`))
      }
    }
  }

  /** A private or public transaction can land reverted, which no log tells. */
  async #look(attempt: Attempt, head: HeadLike): Promise<void> {
    const receipt = (await this.#parts.request('eth_getTransactionReceipt', [attempt.intent.hash])) as RawReceipt | null
    if (attempt.ended !== null) return
    if (receipt !== null) {
      // One that succeeded is told by its own log, with the block that holds it; a node may have left that out.
      if (receipt.status === '0x1' && !this.#isPast(receipt)) return
      return this.#land(attempt, fateOf(receipt), receipt.blockHash as Hex)
    }
    const { via, lastBlock } = attempt.intent
    // A public transaction stays in the mempool: its nonce is reserved until the chain has used it.
    const isGone = via === 'private' ? head.block.number >= lastBlock : await this.#isNonceUsed(attempt)
    if (attempt.ended !== null) return
    if (isGone) {
      if (via === 'public' && attempt.lane !== null)
        attempt.lane.nonce = Math.max(attempt.lane.nonce, attempt.intent.nonce + 1)
      await this.#end(attempt, 'dropped', 'never mined', null)
      return
    }
    const taken = via === 'public' ? await takeBack(this.#parts, attempt, head.block) : null
    if (taken !== null && attempt.ended === null) await this.#tell(attempt, 'sent', taken)
  }

  /** A nonce used by none of what is known to have landed: by one that was given up then. */
  async #audit(lane: Lane, count: number): Promise<void> {
    for (const { attempt, receipt } of await landedUntold(this.#attempts, lane, count, this.#parts.request))
      if (this.#isPast(receipt)) await this.#land(attempt, fateOf(receipt), receipt.blockHash as Hex)
  }

  /** In a block whose logs were looked through, or before there were any: nothing more will tell of it. */
  #isPast({ blockHash, blockNumber }: RawReceipt): boolean {
    return this.#seen.has(blockHash as Hex) || Number(blockNumber) <= this.#firstNumber
  }

  async #isNonceUsed({ intent }: Attempt): Promise<boolean> {
    return Number(await this.#parts.request('eth_getTransactionCount', [intent.lane, 'latest'])) > intent.nonce
  }

  /** Ends at once in memory; its receipt and its fate follow into the journal, with a later head where a read fails. */
  #land(attempt: Attempt, status: 'included' | 'reverted', blockHash: Hex): Promise<void> {
    this.#attempts.end(attempt, status, blockHash)
    const positions = attempt.intent.steps.map((step) => step.position)
    if (status === 'reverted') this.#coolDown.reverted(positions, this.#headNumber)
    else this.#coolDown.forget(positions)
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
      if (receipt === null || receipt.blockHash !== includedIn) return
      if (ended === 'included') this.#parts.gas.learn(intent.shape, Number(receipt.gasUsed))
      const told = (): Promise<void> => this.#tell(attempt, ended, `in block ${Number(receipt.blockNumber)}`)
      await this.#parts.on.landed(intent, receipt, told)
      attempt.landedAt = Number(receipt.blockNumber)
      isDone = true
    } finally {
      if (!isDone && attempt.includedIn === includedIn) attempt.isSettled = false
    }
  }

  /** Ends at once in memory, so that nothing is begun on stale knowledge; the journal follows. */
  #end(attempt: Attempt, status: AttemptEvent['status'], detail: string, blockHash: Hex | null): Promise<void> {
    this.#attempts.end(attempt, status, blockHash)
    return this.#tell(attempt, status, detail)
  }

  async #tell({ intent }: Attempt, status: AttemptEvent['status'], detail: string): Promise<void> {
    const event: AttemptEvent = { plan: intent.plan, status, block: intent.block, detail }
    this.#parts.on.attempt(event, intent)
    await this.#parts.store.append('attempt', event)
  }

  /**
   * After a start: what the journal says may still be out there is asked of the chain. Lanes take their nonces from
   * the chain; an attempt whose block has not come yet keeps its nonce and its positions.
   */
  async restore(head: HeadLike): Promise<void> {
    const { lanes, request } = this.#parts
    this.#headNumber = head.block.number
    this.#firstNumber = head.block.number
    for (const lane of lanes) lane.nonce = Number(await request('eth_getTransactionCount', [lane.address, 'latest']))
    await this.fundLanes()
    const { open, landed } = await unresolvedIntents(this.#parts.store)
    const begin = (intent: Intent): Attempt =>
      this.#attempts.begin(intent, lanes.find((lane) => lane.name === intent.lane) ?? null)
    for (const intent of landed) await this.#recall(begin(intent), head.block.number)
    for (const intent of open) await this.#reconcile(begin(intent), head.block.number)
  }

  /** Landed before the keeper went away: still there, or reorganised away meanwhile. */
  async #recall(attempt: Attempt, headNumber: number): Promise<void> {
    const receipt = (await this.#parts.request('eth_getTransactionReceipt', [attempt.intent.hash])) as RawReceipt | null
    if (receipt === null) {
      await this.#tell(attempt, 'unwound', 'reorganised away while the keeper was not there')
      return this.#reconcile(attempt, headNumber)
    }
    this.#attempts.end(attempt, receipt.status === '0x1' ? 'included' : 'reverted', receipt.blockHash as Hex)
    attempt.landedAt = Number(receipt.blockNumber)
    attempt.isSettled = true
  }

  async #reconcile(attempt: Attempt, headNumber: number): Promise<void> {
    const { intent } = attempt
    const receipt = (await this.#parts.request('eth_getTransactionReceipt', [intent.hash])) as RawReceipt | null
    if (receipt !== null) return this.#land(attempt, fateOf(receipt), receipt.blockHash as Hex)
    const isPast =
      intent.nonce < 0 || (intent.via === 'public' ? await this.#isNonceUsed(attempt) : headNumber >= intent.lastBlock)
    if (isPast) await this.#end(attempt, 'dropped', 'its block had passed when the keeper came back', null)
  }

  /**
   * What each lane can still pay, and the nonce of those at rest: read beside the path, never on it. A nonce that was
   * used without our knowing, by hand or by a bundle that landed reverted, would else block its lane for good.
   */
  async fundLanes(): Promise<void> {
    const { lanes, request, on } = this.#parts
    for (const lane of lanes) {
      const { nonce, busyWith } = lane
      lane.balance = wei(BigInt((await request('eth_getBalance', [lane.address, 'latest'])) as string))
      const count = Number(await request('eth_getTransactionCount', [lane.address, 'latest']))
      if (busyWith === null && lane.busyWith === null && lane.nonce === nonce) lane.nonce = Math.max(nonce, count)
      on.funded(lane)
      await this.#audit(lane, count)
    }
  }

  #track(work: Promise<unknown>): void {
    const guarded = work.catch(this.#parts.on.fault).finally(() => this.#running.delete(guarded))
    this.#running.add(guarded)
  }
}

const fateOf = ({ status }: RawReceipt): 'included' | 'reverted' => (status === '0x1' ? 'included' : 'reverted')
