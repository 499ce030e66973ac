import type { Address, Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { PositionId } from '#core/book.ts'
import { isKeeperError } from '#core/error.ts'
import type { Plan, Verdict } from '#core/plan.ts'
import type { SceneSource, SceneSpec, Trigger } from '#core/scene.ts'
import type { Input, View } from '#core/world.ts'
import { type Intent, positionsIn } from '../execution/intent.ts'
import { type Head, nextBlock } from '../scene/next-block.ts'
import { plainly } from '../scene/scene.ts'
import { Care } from './care.ts'
import { decide, type Hold } from './decide.ts'
import { createDoubts } from './doubts.ts'
import { holdBy } from './hold-by.ts'
import type { KeeperParts } from './keeper-parts.ts'
import type { Mirror } from './mirror.ts'
import { createRehearsal, type Rehearsal } from './rehearsal.ts'
import { createTold } from './told.ts'
import { createTriggers, type Triggers } from './triggers.ts'
import { positionsOf, verdictRecord } from './verdict-record.ts'

type HeadInput = Extract<Input, { kind: 'head' }>

/** The loop: what happens comes in, in one order; verdicts go out. Start is recovery: there is no other kind. */
export class Keeper {
  readonly #parts: KeeperParts
  readonly #told = createTold()
  readonly #doubt = createDoubts()
  #mirror: Mirror
  #care: Care
  #sources: readonly SceneSource[]
  #head: Head | null = null
  #triggers: Triggers
  #rehearsal: Rehearsal

  constructor(parts: KeeperParts) {
    this.#parts = parts
    this.#mirror = parts.createMirror()
    this.#sources = parts.sources(this.#mirror)
    this.#triggers = createTriggers(this.#mirror, this.#sources)
    this.#rehearsal = createRehearsal(this.#mirror)
    this.#care = this.#careFor(this.#mirror)
  }

  mirror(): Mirror {
    return this.#mirror
  }

  head(): Head | null {
    return this.#head
  }

  executor(): Address {
    return this.#parts.settings.decide.executor
  }

  /** Reads the chain, settles what a former run left open, and begins to follow. */
  async start(): Promise<void> {
    const { latest, readAll, world, execution, follow, events, executorLogs, rivals } = this.#parts
    const startedNs = world.clock.monotonicNs()
    const head = await latest()
    const view = readAll(head.hash)
    await this.#load(view)
    this.#mirror.books.begin(head.hash, head.block.parentHash)
    this.#head = head
    this.#care.look()
    await this.#care.restore()
    await this.#parts.registry.begin(view)
    await execution.restore({ ...head, logs: [] })
    await rivals.restore()
    follow(head, () => [...this.#mirror.watches(), executorLogs, ...rivals.watches()])
    const tookMs = Number((world.clock.monotonicNs() - startedNs) / 1_000_000n)
    const pools = [...this.#mirror.admittedPools()].length
    events.synced({ ...this.#mirror.books.size(), pools, block: head.block.number, tookMs })
    this.#judge(world.clock.monotonicNs())
  }

  /** From the book as it was kept, else all of it from the chain. */
  async #load(view: View): Promise<void> {
    const kept = await this.#parts.bookFile.resume(view)
    if (kept === null) await this.#mirror.load(view, this.#parts.events.syncing)
    else this.#forget(kept)
  }

  /** Lives until the inputs end. */
  async run(): Promise<void> {
    for await (const input of this.#parts.world.inputs) {
      if (input.kind === 'head') await this.#onHead(input)
      else this.#onInput(input)
    }
    await this.idle()
    if (this.#head !== null) await this.#parts.bookFile.close(this.#mirror, this.#head)
    this.#parts.execution.release()
  }

  /** Resolves when what came in so far has been followed to its end. */
  async idle(): Promise<void> {
    await this.#care.settled()
    await this.#parts.execution.settled()
    await this.#parts.rivals.settled()
  }

  async #onHead(input: HeadInput): Promise<void> {
    const { execution, events, isBehind } = this.#parts
    if (!(await this.#takeBack(input))) return
    this.#mirror.books.begin(input.hash, input.block.parentHash)
    this.#triggers.onHead()
    const change = this.#mirror.fold(input.logs)
    this.#parts.registry.fold(input.logs)
    this.#head = { hash: input.hash, block: input.block, gasUsed: input.gasUsed, gasLimit: input.gasLimit }
    execution.onHead(input)
    if (!isBehind()) this.#judge(input.atNs)
    // Told behind the path: nothing that is logged or counted comes before the bytes.
    events.head(input.block, { logs: change.logs, feeds: change.feeds.length, stale: this.#mirror.hasStale() })
    this.#care.onHead(this.#head)
    this.#parts.rivals.onHead(input)
  }

  /** Undoes what the new head does not stand on. @returns false where the book had to be read anew instead. */
  async #takeBack({ block, again }: HeadInput): Promise<boolean> {
    const { execution, events } = this.#parts
    const { books } = this.#mirror
    if (books.tip() === block.parentHash) return true
    try {
      const undone = books.rollbackTo(block.parentHash)
      this.#mirror.onUndone(undone)
      this.#parts.registry.doubt()
      // Only our picture was wrong: what landed in these blocks stands.
      if (again === true) return true
      execution.onUndone(undone)
      this.#tellUndone(undone)
      return true
    } catch (error) {
      if (!isKeeperError(error, 'not-found')) throw error
      events.fault(error)
      // Whether what they held is on the new branch too, the chain is asked when all is read anew.
      execution.onUndone(books.hashes())
      this.#tellUndone(books.hashes().toReversed())
      await this.idle()
      this.#forget()
      await this.#startAnew()
      return false
    }
  }

  /** What the journal says of these blocks, newest first, is of a chain that is no more. */
  #tellUndone(hashes: readonly Hex[]): void {
    const { events, world, rivals } = this.#parts
    events.undone(hashes.length)
    rivals.onUndone(hashes)
    const to = this.#head?.block.number ?? 0
    world.store.append('undone', { from: to - hashes.length + 1, to, hashes }).catch(events.fault)
  }

  /** Where the node fails meanwhile, nothing is judged until a later head finds it well: the book has no tip till then. */
  async #startAnew(): Promise<void> {
    this.#head = null
    try {
      await this.start()
    } catch (error) {
      if (!isKeeperError(error) || !(error.retryable || error.code === 'rpc-refused')) throw error
      this.#parts.events.fault(error)
      this.#head = null
      this.#forget()
    }
  }

  #forget(instead = this.#parts.createMirror()): void {
    this.#mirror = instead
    this.#sources = this.#parts.sources(this.#mirror)
    this.#triggers = createTriggers(this.#mirror, this.#sources)
    this.#rehearsal = createRehearsal(this.#mirror)
    this.#care = this.#careFor(this.#mirror)
  }

  /** What comes between heads: scenes of what it announces are judged at once. */
  #onInput(input: Exclude<Input, HeadInput>): void {
    const next = this.#next()
    if (next === null) return
    for (const source of this.#sources)
      for (const spec of source.onInput(input, next)) this.#judgeScene(spec, input.atNs)
  }

  #next(): Block | null {
    return this.#head === null ? null : nextBlock(this.#head, this.#parts.settings.blockSeconds)
  }

  /** The next block itself, then what may come with it; nothing is awaited. `atNs`: when what called for it arrived. */
  #judge(atNs: bigint): void {
    const next = this.#next()
    const head = this.#head?.block
    if (next === null || head === undefined) return
    this.#told.begin()
    this.#parts.rivals.judged(next.number)
    this.#judgeScene(plainly(next, 'head'), atNs, (plan) => this.#triggers.of(plan, head, next))
    this.#triggers.onJudged(this.#told.positions())
    for (const source of this.#sources) for (const spec of source.onHead(next)) this.#judgeScene(spec, atNs)
  }

  /** Decides on a scene out of memory and hands the plans over; only then is anything told. */
  #judgeScene(spec: SceneSpec, atNs: bigint, triggerOf: (plan: Plan) => Trigger = () => spec.trigger): void {
    const head = this.#head
    if (head === null) return
    const { settings, gas, requests, execution } = this.#parts
    const readsBefore = requests()
    const beganNs = this.#parts.world.clock.monotonicNs()
    const isTraded = (pool: string): boolean => execution.isTraded(pool, head.hash)
    const attempted = { isTraded, isApart: (position: string): boolean => execution.isApart(position) }
    const { plans, skips } = decide(this.#mirror, spec, settings.decide, gas.units, this.#hold, attempted)
    const reads = requests() - readsBefore
    const decidedNs = this.#parts.world.clock.monotonicNs()
    const handed = [...plans]
      .sort((a, b) => (a.sum.net < b.sum.net ? 1 : -1))
      .map((plan) => {
        const named = { ...plan, trigger: triggerOf(plan) }
        return { verdict: this.#hand(named, head.hash, reads, atNs), trigger: named.trigger }
      })
    const tookNs = this.#parts.world.clock.monotonicNs() - atNs
    const took = { waitNs: beganNs - atNs, decideNs: decidedNs - beganNs, handNs: tookNs + atNs - decidedNs }
    this.#parts.events.judged?.(spec, [...handed.map(({ verdict }) => verdict), ...skips], took)
    for (const { verdict, trigger } of handed) this.#report(verdict, spec.block, trigger, tookNs)
    for (const skip of skips) this.#report(skip, spec.block, spec.trigger, tookNs)
    // What was planned beside bad data is planned without it, in the same block: its market is halted by now.
    if (handed.some(({ verdict }) => isSpoilt(verdict))) this.#judgeScene(spec, atNs, triggerOf)
  }

  /** Beside the path: what the next fall of a price would bring is decided, encoded and signed, and not sent. */
  #rehearse(): void {
    const { settings, gas, execution } = this.#parts
    const next = this.#next()
    if (next === null) return
    const played = this.#rehearsal(next, this.#told.positions(), this.#hold, (spec, hold) =>
      decide(this.#mirror, spec, settings.decide, gas.units, hold),
    )
    execution.warm(played.plans, played.near)
  }

  onReverts(intent: Intent): void {
    this.#doubt(this.#mirror, intent)
    // Who shared its fate may be served without it, in the same block where there is time.
    if (positionsIn(intent).some((position) => this.#parts.execution.isApart(position))) this.#care.again()
  }

  /** To a lane, unless a guard or the lanes say no. */
  #hand(plan: Plan, head: Hex, reads: number, atNs: bigint): Verdict {
    const { guard, execution, settings } = this.#parts
    const positions = positionsOf({ do: 'act', plan })
    const against = guard(plan)
    if (against !== null) return { do: 'skip', ...against, positions, plan }
    // A dry run leaves the position as it was: the same word every block is no news.
    if (settings.isDryRun && this.#told.has({ do: 'act', plan })) return { do: 'act', plan }
    const reason = execution.submit(plan, head, reads, [], atNs)
    return reason === null ? { do: 'act', plan } : { do: 'skip', reason, detail: '', positions, plan }
  }

  readonly #hold: Hold = holdBy(() => ({
    ...{ mirror: this.#mirror, care: this.#care, head: this.#head },
    ...{ execution: this.#parts.execution, halts: this.#parts.halts },
  }))

  /** Told when it is news: the same word about the same positions is journaled once. */
  #report(verdict: Verdict, block: Block, trigger: Trigger, tookNs: bigint): void {
    this.#parts.rivals.heard(verdict, block.number)
    if (!this.#told.say(verdict)) return
    const { events, world } = this.#parts
    events.verdict(verdict, block.number, trigger, tookNs)
    world.store.append('verdict', verdictRecord(verdict, block.number, trigger, this.ownerOf)).catch(events.fault)
  }

  readonly ownerOf = (position: string): Address | null => {
    for (const { key } of this.#mirror.modules.strategies) {
      const found = this.#mirror.books.shelf(key).position(position as PositionId)
      if (found !== undefined) return found.owner
    }
    return null
  }

  #careFor(mirror: Mirror): Care {
    const { world, execution, events, settings, registry, readAll } = this.#parts
    const rejudge = (): void => this.#judge(world.clock.monotonicNs())
    const rehearse = (): void => this.#rehearse()
    const keep = (head: Head): void => this.#parts.bookFile.keep(mirror, head)
    const beside = { rejudge, rehearse, keep, registry, readAll }
    const {
      care,
      decide: { wrapped },
    } = settings
    return new Care({ world, mirror, sources: this.#sources, execution, events, settings: care, wrapped, ...beside })
  }
}

/** A plan of several refused for one of them; behind a transaction that is not mined nothing is halted. */
const isSpoilt = (verdict: Verdict): boolean =>
  verdict.do === 'skip' &&
  verdict.reason === 'too-good' &&
  verdict.plan !== null &&
  verdict.plan.steps.length > 1 &&
  verdict.plan.before.length === 0
