import type { Hex } from '#core/address.ts'
import { whomIn } from '#core/plan.ts'
import type { World } from '#core/world.ts'
import type { Attempt } from './attempts.ts'
import type { Blame } from './blame.ts'
import type { ExecutionParts } from './execution-parts.ts'
import type { Fates } from './fates.ts'
import type { Job, Signable } from './job.ts'
import type { Lane } from './lane.ts'
import { type Simulation, simulate } from './simulate.ts'

/** How the detail begins of what was withheld because a node says that it would revert. */
export const simulationReverts = 'simulation reverts:'

type Offers = readonly Signable[]
type Answer = Awaited<ReturnType<World['send']>>

/** From signed bytes to what a relay or node said of them: its word, never the fate. */
export class Delivery {
  readonly #parts: ExecutionParts
  readonly #fates: Fates
  readonly #blame: Blame

  constructor(parts: ExecutionParts, fates: Fates, blame: Blame) {
    this.#parts = parts
    this.#fates = fates
    this.#blame = blame
  }

  /** Hands the bytes over before it returns. Each offer is a bundle of its own, behind what must come before it. */
  send(job: Job, { name, nonce }: Pick<Lane, 'name' | 'nonce'>, offers: Offers): Promise<Answer> {
    const { via } = this.#parts.settings
    const block = via === 'bundle' ? job.plan.block.number : job.lastBlock
    const transactions = offers.map(({ plan, signed }) => ({ ...signed, block, before: plan.before }))
    return this.#parts.send({ via, transactions, lane: name, nonce })
  }

  /** Simulated where a node is asked, and sent unless something speaks against it by then. */
  async deliver(attempt: Attempt, job: Job, offers: Offers): Promise<void> {
    const { settings, against, now } = this.#parts
    const { lane, intent } = attempt
    if (lane === null) return this.#fates.end(attempt, 'withheld', 'dry run: nothing is sent', null)
    const { good, reverted } =
      settings.simulates === 'never' ? { good: offers, reverted: null } : await this.#tried(lane, offers)
    // Its block may have passed meanwhile, another attempt may have begun, or another keeper: what ended stays unsent.
    if (attempt.ended !== null || this.#fates.isOver()) return
    const why =
      good.length === 0
        ? `${simulationReverts} ${reverted}`
        : this.#fates.headNumber >= intent.lastBlock
          ? 'too late: its block had passed before it could be sent'
          : against()
    if (good.length === 0) this.#blame.refused(intent, this.#fates.headNumber)
    if (why !== null) return this.#fates.end(attempt, 'withheld', why, null)
    const answer = this.send(job, { name: intent.lane, nonce: intent.nonce }, good)
    await this.#answered(attempt, await answer, job.triggeredNs === null ? null : now() - job.triggeredNs)
  }

  /** Of what has left already. A bundle that would revert is not included and costs nothing; but not again at once. */
  async follow(
    attempt: Attempt,
    lane: Lane,
    offers: Offers,
    answer: Promise<Answer> | null,
    why: string | null,
    triggerToSendNs: bigint | null,
  ): Promise<void> {
    if (answer === null) return this.#fates.end(attempt, 'withheld', why ?? '', null)
    const isTried = this.#parts.settings.simulates !== 'never'
    const beside = isTried ? this.#tried(lane, offers) : null
    await this.#answered(attempt, await answer, triggerToSendNs)
    const tried = await beside
    if (tried === null || tried.good.length > 0 || attempt.ended === 'included') return
    this.#blame.reverted(attempt.intent, this.#fates.headNumber)
    await this.#fates.tell(attempt.intent, 'sent', `${simulationReverts} ${tried.reverted}; it had left already`)
  }

  async #answered(attempt: Attempt, answer: Answer, triggerToSendNs: bigint | null): Promise<void> {
    if (attempt.ended !== null) return
    const more = triggerToSendNs === null ? {} : { triggerToSendNs }
    if (answer.accepted) await this.#fates.tell(attempt.intent, 'sent', answer.answer, more)
    // Only clear words of refusal end an attempt here; all else waits for the block it was meant for.
    else await this.#fates.end(attempt, 'refused', answer.answer, null)
  }

  /** Those that a node does not say would revert; and what it says of the first, where none is left. */
  async #tried(lane: Lane, offers: Offers): Promise<{ readonly good: Offers; readonly reverted: string | null }> {
    const found = await Promise.all(offers.map((offer) => this.#simulate(lane, offer)))
    for (const [at, { plan }] of offers.entries()) {
      const simulation = found[at]
      if (simulation?.status === 'success')
        this.#parts.gas.measured(plan.shape, whomIn(plan.steps), plan.block.number, simulation.gasUsed)
    }
    const good = offers.filter((_, at) => found[at]?.status !== 'reverts')
    const first = found.find((one): one is Simulation & { data: Hex } => one.status === 'reverts')
    return { good, reverted: first?.data.slice(0, 138) ?? null }
  }

  #simulate(lane: Lane, { plan, gasLimit, maxFee, data }: Signable): Promise<Simulation> {
    const { executor, priorityFee } = this.#parts.settings
    const call = { from: lane.address, to: executor, data, gasLimit, maxFee, priorityFee }
    return simulate(this.#parts.request, call, plan.block, plan.before)
  }
}
