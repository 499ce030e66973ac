import type { Hex } from '#core/address.ts'
import type { Rec } from '#core/plain.ts'
import type { Plan, SkipReason } from '#core/plan.ts'
import type { Instruction } from '#core/program.ts'
import { type Attempt, positionsOf } from './attempts.ts'
import { Blame } from './blame.ts'
import type { ExecutionParts } from './execution-parts.ts'
import type { HeadLike } from './fates.ts'
import { createFollowing, type Following } from './following.ts'
import {
  intentOf,
  type Job,
  lastBlockOf,
  mostExpensive,
  type Offer,
  offerOf,
  orderOf,
  type Signable,
  signOrder,
} from './job.ts'
import { affords, type Lane, readFunds } from './lane.ts'
import { transactionGasLimit } from './sign.ts'
import { simulatesFirst } from './simulates-first.ts'

type Ready = Signable & { readonly lane: Lane; readonly nonce: number; readonly block: number; readonly refund: number }
const tooLate = 'too late: its block had passed before it could be reserved'
const nonceUsed = 'its nonce was used by another before it could be reserved'
type Offers = readonly [Signable, ...Signable[]]
const noLane = { name: 'none', nonce: -1 }

/** Takes plans to the chain and follows them to their fate, which is read from blocks and never from a relay's word. */
export class Execution {
  readonly #parts: ExecutionParts
  readonly #blame = new Blame()
  readonly #running = new Set<Promise<unknown>>()
  /** Encoded and signed ahead, by the program they carry: as long as nonce and fees are the same. */
  #ready = new WeakMap<readonly Instruction[], Ready>()
  #of: Following
  /** Nothing is sent while another keeper leads; until `restore`. */
  #isResting = false
  #headAtNs = 0n

  constructor(parts: ExecutionParts) {
    this.#parts = parts
    this.#of = this.#follow()
  }

  #follow(): Following {
    const of: Following = createFollowing(this.#parts, this.#blame, this.#track, () => this.#of !== of)
    return of
  }

  /** Whether an attempt at it is open: no second one begins before the first has ended. */
  isInFlight(position: string): boolean {
    return this.#of.attempts.holds(position) || this.#of.recovery.holds(position)
  }

  /** Whether an open attempt decided on this head trades with the pool: behind it the pool will be another. */
  isTraded(pool: string, head: Hex): boolean {
    return this.#of.attempts.uses(pool, head)
  }

  /** The block before which a position is left alone, because attempts at it reverted. */
  coolsUntil(position: string): number | null {
    return this.#blame.until(position)
  }

  /** Whether it must be tried by itself: a transaction with it and others reverted. */
  isApart(position: string): boolean {
    return this.#blame.isApart(position, this.#of.fates.headNumber)
  }

  /** Resolves when nothing is being signed, sent or read: for tests and for going down cleanly. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
  }

  /** Nothing more is sent: a later start has nothing to look for. */
  async release(): Promise<void> {
    if (this.#of.unwritten.size > 0) return
    await this.#of.reservations.release().catch(this.#parts.on.fault)
  }

  /** What was signed ahead was under another policy. */
  forgetReady(): void {
    this.#ready = new WeakMap()
  }

  /** Another keeper sends: what is known of attempts is let go, and learned anew by `restore`. */
  rest(): void {
    this.#isResting = true
    this.#of = this.#follow()
    for (const lane of this.#parts.lanes) lane.busyWith = null
  }

  /**
   * Beside the path, after each head: lanes, nonces and positions of what may have to leave in a hurry are made durable,
   * and each is encoded and signed, so that `submit` finds it ready. `near`: others that may have to.
   */
  warm(plans: readonly Plan[], near: readonly string[] = []): void {
    const { settings, on } = this.#parts
    const fit = plans.filter(({ gasUnits }) => gasUnits <= transactionGasLimit)
    const free = this.#free()
    const [first] = free
    if (settings.isDryRun || settings.simulates === 'always' || fit.length + near.length === 0 || first === undefined)
      return
    try {
      for (const lane of free) {
        const all = [...near, ...fit.flatMap(positionsOf)]
        const written = this.#of.reservations.reserve(lane, all, this.#of.fates.headNumber)
        if (written !== null) this.#track(written)
      }
      for (const plan of fit) this.#signed(offerOf(plan, settings), first)
    } catch (error) {
      on.fault(error)
    }
  }

  /**
   * Begins an attempt; nothing is awaited here. Where there is no time to simulate, the bytes have been handed over when
   * it returns. `variants`: other plans for the same, on the same nonce, of which one can land; bundles only.
   * `triggeredNs`: when the trigger arrived, on the monotonic clock. @returns why not, where no lane can take it.
   */
  submit(
    plan: Plan,
    head: Hex,
    readsWhileDeciding: number,
    variants: readonly Plan[] = [],
    triggeredNs: bigint | null = null,
  ): SkipReason | null {
    const { settings } = this.#parts
    if (plan.gasUnits > transactionGasLimit) return 'gas-limit'
    if (plan.before.length > 0 && settings.via !== 'bundle') return 'needs-bundle'
    const others = settings.via === 'bundle' ? variants.filter(({ gasUnits }) => gasUnits <= transactionGasLimit) : []
    const job: Job = {
      ...offerOf(plan, settings),
      variants: others.map((one) => offerOf(one, settings)),
      lastBlock: lastBlockOf(plan, settings),
      ...{ head, readsWhileDeciding, triggeredNs },
    }
    const { gasLimit, maxFee } = mostExpensive(job)
    const free = this.#free()
    const lane = settings.isDryRun ? null : (free.find((one) => affords(one, gasLimit, maxFee)) ?? null)
    if (lane === null && !settings.isDryRun) return free.length === 0 ? 'lane-busy' : 'lane-unfunded'
    this.#of.attempts.claim([plan, ...others], lane)
    const of = this.#of
    // Who waits in a queue may find that another keeper has been sending meanwhile.
    const run = async (): Promise<void> => (of === this.#of ? this.#attempt(job, lane, of) : undefined)
    const isIdle = lane === null || (lane.queue.size === 0 && lane.queue.pending === 0)
    this.#track(isIdle ? run() : lane.queue.add(run, { priority: Number(plan.sum.net / 10n ** 12n) }))
    return null
  }

  #free(): readonly Lane[] {
    if (this.#isResting) return []
    return this.#parts.lanes.filter(
      (lane) => lane.busyWith === null && !this.#of.unwritten.has(lane) && !this.#of.recovery.isDoubtful(lane),
    )
  }

  async #attempt(job: Job, lane: Lane | null, of: Following): Promise<void> {
    const { settings, now } = this.#parts
    try {
      const { variants, ...first } = job
      const offers = [this.#signed(first, lane), ...variants.map((one) => this.#signed(one, lane))] as const
      const sinceHeadMs = Number((now() - this.#headAtNs) / 1_000_000n)
      if (lane === null || simulatesFirst(settings, sinceHeadMs)) return await this.#ask(job, lane, offers, of)
      const { nonce } = lane
      const positions = offers.flatMap(({ plan }) => positionsOf(plan))
      // Mostly it stands already, and nothing is waited for; a database far away must have it before the bytes leave.
      const why = this.#parts.against()
      const written = why === null ? of.reservations.reserve(lane, positions, of.fates.headNumber) : null
      if (written === null) return this.#leave(job, lane, offers, of, why)
      await written
      const isLate = of.fates.headNumber >= job.lastBlock
      const since = isLate ? tooLate : lane.nonce === nonce ? this.#parts.against() : nonceUsed
      if (this.#of === of) this.#leave(job, lane, offers, of, since)
    } catch (error) {
      // Before anything was durable nothing can be out there; after it, only its block decides.
      of.attempts.unclaim(job.plan.id)
      throw error
    }
  }

  /** There is time: written down, simulated, sent. */
  async #ask(job: Job, lane: Lane | null, offers: Offers, of: Following): Promise<void> {
    const { settings, store, on, ownerOf } = this.#parts
    const intent = intentOf(job, settings, lane ?? noLane, offers, ownerOf)
    await store.append('intent', intent as unknown as Rec)
    if (this.#of !== of) return
    const attempt = of.attempts.begin(intent, lane)
    on.intent(intent)
    // The lane's queue orders nonces and no more: a slow node or relay must not hold up the next block's plan.
    this.#track(of.delivery.deliver(attempt, job, offers))
  }

  /** There is none: what is written lies behind the send, but for the reservation, which mostly stands already. */
  #leave(job: Job, lane: Lane, offers: Offers, of: Following, why: string | null): void {
    const { settings } = this.#parts
    const lastsNs = (): bigint | null => (job.triggeredNs === null ? null : this.#parts.now() - job.triggeredNs)
    const answer = why === null ? of.delivery.send(job, lane, offers) : null
    const sentNs = lastsNs()
    const { name, nonce } = lane
    const begun = new Promise<Attempt>((done, failed) => {
      this.#parts.after(() => {
        try {
          const intent = intentOf(job, settings, { name, nonce }, offers, this.#parts.ownerOf)
          const attempt = of.attempts.begin(intent, of === this.#of ? lane : null)
          this.#write(lane, attempt, of)
          done(attempt)
        } catch (error) {
          failed(error)
        }
      })
    })
    this.#track(begun.then((attempt) => of.delivery.follow(attempt, lane, offers, answer, why, sentNs)))
  }

  /** An intent that the journal cannot take now is offered again with each head. */
  #write(lane: Lane, { intent }: Attempt, { unwritten }: Following): void {
    const { store, on } = this.#parts
    const write = async (): Promise<void> => {
      await store.append('intent', intent as unknown as Rec)
      unwritten.delete(lane)
    }
    unwritten.set(lane, write)
    this.#track(write())
    on.intent(intent)
  }

  #signed(offer: Offer, lane: Lane | null): Signable {
    const { settings, gas, encode } = this.#parts
    const { plan, gasLimit, maxFee } = offer
    const refund = gas.refund(plan.shape)
    const ready = this.#ready.get(plan.program)
    const isReady =
      ready !== undefined &&
      [ready.lane === lane, ready.nonce === lane?.nonce, ready.block === plan.block.number].every(Boolean) &&
      [ready.gasLimit === gasLimit, ready.maxFee === maxFee, ready.refund === refund].every(Boolean)
    if (isReady) return { ...offer, data: ready.data, signed: ready.signed }
    const data = encode(orderOf(plan, settings, refund))
    const made = { ...offer, data, signed: signOrder(offer, settings, lane, data) }
    if (lane !== null)
      this.#ready.set(plan.program, { ...made, lane, nonce: lane.nonce, block: plan.block.number, refund })
    return made
  }

  onHead(head: HeadLike): void {
    this.#headAtNs = this.#parts.now()
    for (const write of this.#of.unwritten.values()) this.#track(write())
    this.#of.fates.onHead(head)
    this.#track(this.#of.recovery.onHead(head))
  }

  /** A reorg took these blocks away: what they held is open again. */
  onUndone(hashes: readonly Hex[]): void {
    this.#of.fates.onUndone(hashes)
  }

  /** After a start: lanes take their nonces from the chain, and what the journal leaves open is asked of it. */
  async restore(head: HeadLike): Promise<void> {
    const { lanes, request } = this.#parts
    this.#headAtNs = this.#parts.now()
    this.#of.fates.begin(head.block.number)
    for (const lane of lanes) lane.nonce = Number(await request('eth_getTransactionCount', [lane.address, 'latest']))
    await this.fundLanes()
    await this.#of.recovery.restore(head)
    this.#isResting = false
  }

  /**
   * What each lane can still pay, and the nonce of those at rest: read beside the path, never on it. A nonce that was
   * used without our knowing, by hand or by a bundle that landed reverted, would else block its lane for good.
   */
  async fundLanes(): Promise<void> {
    const { lanes, request, on } = this.#parts
    for (const lane of lanes) {
      const count = await readFunds(lane, request)
      on.funded(lane)
      await this.#of.fates.audit(lane, count)
    }
  }

  readonly #track = (work: Promise<unknown>): void => {
    const guarded = work.catch(this.#parts.on.fault).finally(() => this.#running.delete(guarded))
    this.#running.add(guarded)
  }
}
