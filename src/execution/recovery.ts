import type { Address, Hex } from '#core/address.ts'
import { wei } from '#core/numbers.ts'
import type { RawReceipt } from './actuals.ts'
import type { Attempt, Attempts } from './attempts.ts'
import type { ExecutionParts } from './execution-parts.ts'
import type { Fates, HeadLike } from './fates.ts'
import { findByNonce } from './find-by-nonce.ts'
import type { Intent } from './intent.ts'
import { fateOf, hashIn, receiptOf } from './landed-untold.ts'
import type { Lane } from './lane.ts'
import { type Reservation, standingReservations } from './reservations.ts'
import { takeBack } from './take-back.ts'
import { unresolvedIntents } from './unresolved.ts'

/** A nonce that a former run may have used without a word, until the last block in which that could land. */
type Doubt = { readonly lane: Lane; readonly reservation: Reservation; readonly lastBlock: number; isAsked: boolean }

/**
 * After a start: what the journal says may still be out there is asked of the chain. An attempt whose block has not come
 * yet keeps its nonce and its positions; so does a reservation under which something may have left unwritten.
 */
export class Recovery {
  readonly #parts: ExecutionParts
  readonly #attempts: Attempts
  readonly #fates: Fates
  #doubts: Doubt[] = []

  constructor(parts: ExecutionParts, attempts: Attempts, fates: Fates) {
    this.#parts = parts
    this.#attempts = attempts
    this.#fates = fates
  }

  /** Whether something may have left for it that nobody wrote down. */
  holds(position: string): boolean {
    return this.#doubts.some(({ reservation }) => reservation.positions.includes(position))
  }

  isDoubtful(lane: Lane): boolean {
    return this.#doubts.some((doubt) => doubt.lane === lane)
  }

  async restore(head: HeadLike): Promise<void> {
    const { lanes, store, settings } = this.#parts
    const headNumber = head.block.number
    const { open, landed, hashes } = await unresolvedIntents(store)
    const begin = (intent: Intent): Attempt =>
      this.#attempts.begin(intent, lanes.find((lane) => lane.name === intent.lane) ?? null)
    for (const intent of landed) await this.#recall(begin(intent), headNumber)
    for (const intent of open) await this.#reconcile(begin(intent), headNumber)
    const blocks = settings.via === 'bundle' ? 1 : settings.blocks
    this.#doubts = []
    for (const reservation of await standingReservations(store)) {
      const lane = lanes.find(({ name }) => name === reservation.lane)
      if (lane === undefined) continue
      const lastBlock = (await this.#newest(headNumber)) + blocks
      const doubt = { lane, reservation, lastBlock, isAsked: false }
      // Used already: by what is in the journal, or by what left last of all.
      if (await this.#fates.isNonceUsed(reservation)) await this.#tellOf(doubt, await this.#newest(headNumber), hashes)
      else this.#doubts.push(doubt)
    }
  }

  /** Asks again once nothing of before the start can land any more. */
  async onHead(head: HeadLike): Promise<void> {
    for (const doubt of this.#doubts.filter(({ lastBlock, isAsked }) => !isAsked && head.block.number >= lastBlock)) {
      doubt.isAsked = true
      try {
        if (!(await this.#isResolved(doubt, head))) continue
        this.#doubts = this.#doubts.filter((one) => one !== doubt)
        this.#parts.on.freed()
      } finally {
        doubt.isAsked = false
      }
    }
  }

  /** The node's own: whoever takes over may have heads yet to follow, and the one before had not. */
  async #newest(headNumber: number): Promise<number> {
    return Math.max(headNumber, Number(await this.#parts.request('eth_blockNumber', [])))
  }

  async #isResolved(doubt: Doubt, head: HeadLike): Promise<boolean> {
    const { lane, reservation, lastBlock } = doubt
    const { settings, request } = this.#parts
    const { nonce } = reservation
    if (await this.#fates.isNonceUsed(reservation)) {
      await this.#tellOf(doubt, await this.#newest(head.block.number), new Set())
      lane.nonce = Math.max(lane.nonce, nonce + 1)
      return true
    }
    // In the mempool it may lie for long: an empty one takes its place, as of any that is late.
    const isWaiting =
      settings.via === 'public' && Number(await request('eth_getTransactionCount', [lane.address, 'pending'])) > nonce
    if (isWaiting && !this.#fates.isOver()) await takeBack(this.#parts, lane, { nonce, lastBlock }, head.block)
    return !isWaiting
  }

  /** Writes down what left without a word, and what became of it; nothing where the journal has it. */
  async #tellOf({ lane, reservation }: Doubt, toBlock: number, known: ReadonlySet<string>): Promise<void> {
    const { request, settings, store, on } = this.#parts
    const { nonce, block: fromBlock, positions } = reservation
    const where = { lane: lane.address, nonce, executor: settings.executor, fromBlock, toBlock }
    const found = await findByNonce(request, where)
    const isOurs = (found?.to ?? '').toLowerCase() === settings.executor
    if (found === null || !isOurs || this.#fates.isOver()) return
    if (known.has(found.hash) || this.#attempts.byHash(found.hash) !== undefined) return
    const intent = untold(found.hash, Number(found.blockNumber), reservation, settings.via)
    await store.append('intent', { ...intent, reserved: positions } as never)
    on.intent(intent)
    const receipt = (await request('eth_getTransactionReceipt', [found.hash])) as RawReceipt | null
    const attempt = this.#attempts.begin(intent, lane)
    if (receipt !== null) await this.#fates.land(attempt, fateOf(receipt), found.hash, receipt.blockHash as Hex)
  }

  /** Landed before the keeper went away: still there, or reorganised away meanwhile. */
  async #recall(attempt: Attempt, headNumber: number): Promise<void> {
    const receipt = await receiptOf(attempt.intent, this.#parts.request)
    if (receipt === null) {
      await this.#fates.tell(attempt.intent, 'unwound', 'reorganised away while the keeper was not there')
      return this.#reconcile(attempt, headNumber)
    }
    this.#attempts.end(attempt, fateOf(receipt), receipt.blockHash as Hex)
    this.#attempts.landed(attempt, hashIn(receipt))
    attempt.landedAt = Number(receipt.blockNumber)
    attempt.isSettled = true
  }

  async #reconcile(attempt: Attempt, headNumber: number): Promise<void> {
    const { intent } = attempt
    const receipt = await receiptOf(intent, this.#parts.request)
    if (receipt !== null) return this.#fates.land(attempt, fateOf(receipt), hashIn(receipt), receipt.blockHash as Hex)
    const isPast =
      intent.nonce < 0 ||
      (intent.via === 'public' ? await this.#fates.isNonceUsed(intent) : headNumber >= intent.lastBlock)
    if (isPast) await this.#fates.end(attempt, 'dropped', 'its block had passed when the keeper came back', null)
  }
}

const none = wei(0n)
/** What is known of a transaction that was sent and not written down: that it is ours. Its receipt has the rest. */
const untold = (hash: Hex, block: number, { lane, nonce }: Reservation, via: Intent['via']): Intent => ({
  plan: `untold ${hash}`,
  strategy: 'untold',
  trigger: 'stale',
  tags: [],
  shape: 'untold',
  via,
  lane: lane as Address,
  nonce,
  hash,
  block,
  timestamp: 0,
  lastBlock: block,
  head: '0x',
  steps: [],
  legs: [],
  funding: [],
  sum: { swapOut: none, rewards: none, repay: none, flashFee: none, gas: none, dataFee: none, tip: none, net: none },
  gasUnits: 0,
  readsWhileDeciding: 0,
  variants: [],
})
