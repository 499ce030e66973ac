import type { Address, Hex } from '#core/address.ts'
import type { Block, LogFilter } from '#core/block.ts'
import { marketId, type PositionId, positionId } from '#core/book.ts'
import { isKeeperError } from '#core/error.ts'
import type { Plan, SkipReason, Verdict } from '#core/plan.ts'
import type { SceneSource, SceneSpec, Trigger } from '#core/scene.ts'
import type { Input, View, World } from '#core/world.ts'
import type { Execution } from '../execution/execution.ts'
import type { GasModel } from '../execution/gas-model.ts'
import type { Intent } from '../execution/intent.ts'
import { type Head, nextBlock } from '../scene/next-block.ts'
import { plainly } from '../scene/scene.ts'
import { Care, type CareSettings } from './care.ts'
import { type DecideSettings, decide, type Hold } from './decide.ts'
import type { KeeperEvents } from './events.ts'
import type { Mirror } from './mirror.ts'
import { positionsOf, verdictRecord } from './verdict-record.ts'

export type KeeperSettings = {
  readonly decide: DecideSettings
  readonly care: CareSettings
  /** Seconds from one block to the next. */
  readonly blockSeconds: number
  readonly isDryRun: boolean
}

export type KeeperParts = {
  readonly world: World
  /** A fresh one: made again when the chain forks deeper than can be undone. */
  readonly createMirror: () => Mirror
  /** Makers of scenes beside the next block itself; made anew with each mirror. */
  readonly sources: (mirror: Mirror) => readonly SceneSource[]
  readonly execution: Execution
  readonly gas: GasModel
  readonly settings: KeeperSettings
  readonly events: KeeperEvents
  /** The head to begin from. */
  readonly latest: () => Promise<Head>
  /** Reads of a start: many, and not in a hurry. */
  readonly readAll: (hash: Hex) => View
  /** Heads are given as inputs from here on. */
  readonly follow: (from: Head, filters: () => readonly LogFilter[]) => void
  readonly executorLogs: LogFilter
  /** Whether newer inputs wait: what is decided now would be late. */
  readonly isBehind: () => boolean
  /** Requests made to the node so far. */
  readonly requests: () => number
  /** A guard's word against a plan. */
  readonly guard: (plan: Plan) => { readonly reason: SkipReason; readonly detail: string } | null
}

const doubtEvery = 10

type HeadInput = Extract<Input, { kind: 'head' }>

/** The loop: what happens comes in, in one order; verdicts go out. Start is recovery: there is no other kind. */
export class Keeper {
  readonly #parts: KeeperParts
  /** What was last said of each position below the line. */
  #said = new Map<string, string>()
  /** Block in which a position or a pool was last read again because an order reverted. */
  readonly #doubtedAt = new Map<string, number>()
  #mirror: Mirror
  #care: Care
  #sources: readonly SceneSource[]
  #head: Head | null = null
  /** What the newest head brought. */
  #trigger: Trigger = 'stale'

  constructor(parts: KeeperParts) {
    this.#parts = parts
    this.#mirror = parts.createMirror()
    this.#sources = parts.sources(this.#mirror)
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
    const { latest, readAll, world, execution, follow, events, executorLogs } = this.#parts
    const startedNs = world.clock.monotonicNs()
    const head = await latest()
    await this.#mirror.load(readAll(head.hash), events.syncing)
    this.#mirror.books.begin(head.hash, head.block.parentHash)
    this.#head = head
    await this.#care.restore()
    await execution.restore({ ...head, logs: [] })
    follow(head, () => [...this.#mirror.watches(), executorLogs])
    const tookMs = Number((world.clock.monotonicNs() - startedNs) / 1_000_000n)
    const pools = [...this.#mirror.admittedPools()].length
    events.synced({ ...this.#mirror.books.size(), pools, block: head.block.number, tookMs })
    this.#judge('stale')
  }

  /** Lives until the inputs end. */
  async run(): Promise<void> {
    for await (const input of this.#parts.world.inputs) {
      if (input.kind === 'head') await this.#onHead(input)
      else this.#onInput(input)
    }
    await this.idle()
  }

  /** Resolves when what came in so far has been followed to its end. */
  async idle(): Promise<void> {
    await this.#care.settled()
    await this.#parts.execution.settled()
  }

  async #onHead(input: HeadInput): Promise<void> {
    const { execution, events, isBehind } = this.#parts
    if (!(await this.#takeBack(input))) return
    this.#mirror.books.begin(input.hash, input.block.parentHash)
    const change = this.#mirror.fold(input.logs)
    this.#head = { hash: input.hash, block: input.block, gasUsed: input.gasUsed, gasLimit: input.gasLimit }
    execution.onHead(input)
    events.head(input.block, { logs: change.logs, feeds: change.feeds.length, stale: this.#mirror.hasStale() })
    this.#trigger = change.feeds.length > 0 ? 'update-landed' : change.hasParameters ? 'parameter' : 'head'
    if (!isBehind()) this.#judge(this.#trigger)
    this.#care.onHead(this.#head)
  }

  /** Undoes what the new head does not stand on. @returns false where the book had to be read anew instead. */
  async #takeBack({ block, again }: HeadInput): Promise<boolean> {
    const { execution, events } = this.#parts
    const { books } = this.#mirror
    if (books.tip() === block.parentHash) return true
    try {
      const undone = books.rollbackTo(block.parentHash)
      this.#mirror.onUndone(undone)
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
    const { events, world } = this.#parts
    events.undone(hashes.length)
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

  #forget(): void {
    this.#mirror = this.#parts.createMirror()
    this.#sources = this.#parts.sources(this.#mirror)
    this.#care = this.#careFor(this.#mirror)
  }

  /** What comes between heads: scenes of what it announces are judged at once. */
  #onInput(input: Exclude<Input, HeadInput>): void {
    const next = this.#next()
    if (next === null) return
    for (const source of this.#sources) for (const spec of source.onInput(input, next)) this.#judgeAhead(spec)
  }

  #next(): Block | null {
    return this.#head === null ? null : nextBlock(this.#head, this.#parts.settings.blockSeconds)
  }

  /** The next block itself, then what may come with it; nothing is awaited. */
  #judge(trigger: Trigger): void {
    const next = this.#next()
    if (next === null) return
    this.#said = this.#judgeScene(plainly(next, trigger), (plan) => this.#triggerOf(plan))
    for (const source of this.#sources) for (const spec of source.onHead(next)) this.#judgeAhead(spec)
  }

  /** What is below the line only in a scene that may come; what was said of the next block itself is not said again. */
  #judgeAhead(spec: SceneSpec): void {
    for (const [key, words] of this.#judgeScene(spec, () => spec.trigger)) this.#said.set(key, words)
  }

  /** Decides on a scene out of memory, then hands the plans over. @returns what was said of whom. */
  #judgeScene(spec: SceneSpec, triggerOf: (plan: Plan) => Trigger): Map<string, string> {
    const said = new Map<string, string>()
    const head = this.#head
    if (head === null) return said
    const { settings, gas, requests } = this.#parts
    const readsBefore = requests()
    const { plans, skips } = decide(this.#mirror, spec, settings.decide, gas.units, this.#hold)
    const reads = requests() - readsBefore
    for (const plan of [...plans].sort((a, b) => (a.sum.net < b.sum.net ? 1 : -1))) {
      const named = { ...plan, trigger: triggerOf(plan) }
      this.#report(this.#hand(named, head.hash, reads), spec.block, named.trigger, said)
    }
    for (const skip of skips) this.#report(skip, spec.block, spec.trigger, said)
    return said
  }

  /**
   * An order that reverts on the state it was made for was made from a picture that is wrong: what it stood on is read
   * again with the next head. Once in so many blocks, since a fault of another kind is not mended by that.
   */
  onReverts({ block, steps, legs }: Intent): void {
    const parts = [...steps.map(({ position }) => position), ...legs.map(({ pool }) => pool.toLowerCase())]
    const fresh = new Set(
      parts.filter((id) => block - (this.#doubtedAt.get(id) ?? Number.NEGATIVE_INFINITY) >= doubtEvery),
    )
    if (fresh.size === 0) return
    for (const id of fresh) this.#doubtedAt.set(id, block)
    this.#mirror.doubt([...fresh].map(positionId), [...fresh].map(marketId))
  }

  /** To a lane, unless a guard or the lanes say no. */
  #hand(plan: Plan, head: Hex, reads: number): Verdict {
    const { guard, execution, settings } = this.#parts
    const positions = positionsOf({ do: 'act', plan })
    const against = guard(plan)
    if (against !== null) return { do: 'skip', ...against, positions, plan }
    // A dry run leaves the position as it was: the same word every block is no news.
    if (settings.isDryRun && this.#said.get(positions.join()) === wordsOf({ do: 'act', plan }))
      return { do: 'act', plan }
    const reason = execution.submit(plan, head, reads)
    return reason === null ? { do: 'act', plan } : { do: 'skip', reason, detail: '', positions, plan }
  }

  /** What crossed without a feed's update crossed by interest; what had all been below the line before is stale. */
  #triggerOf(plan: Plan): Trigger {
    const known = new Set([...this.#said.keys()].flatMap((key) => key.split(',')))
    if (positionsOf({ do: 'act', plan }).every((position) => known.has(position))) return 'stale'
    return plan.trigger === 'head' ? 'interest' : plan.trigger
  }

  readonly #hold: Hold = (key, position) => {
    if (this.#parts.execution.isInFlight(position)) return { reason: 'in-flight', detail: 'an attempt is open' }
    const until = this.#parts.execution.coolsUntil(position)
    if (until !== null && (this.#head?.block.number ?? 0) + 1 < until) {
      return { reason: 'cool-off', detail: `reverted on the chain: tried again from block ${until}` }
    }
    const kept = this.#care.holds(position)
    if (kept !== null) return kept
    if (!this.#mirror.isStale(key, position)) return null
    return { reason: 'being-reread', detail: 'a log changed what it does not carry' }
  }

  /** Told when it is news: the same word about the same positions is journaled once. */
  #report(verdict: Verdict, block: Block, trigger: Trigger, said: Map<string, string>): void {
    const key = positionsOf(verdict).join()
    said.set(key, wordsOf(verdict))
    if (this.#said.get(key) === wordsOf(verdict)) return
    const { events, world } = this.#parts
    events.verdict(verdict, block.number, trigger)
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
    const { world, execution, events, settings } = this.#parts
    const rejudge = (): void => this.#judge(this.#trigger)
    return new Care({ world, mirror, sources: this.#sources, execution, events, settings: settings.care, rejudge })
  }
}

const wordsOf = (verdict: Verdict): string =>
  verdict.do === 'skip' ? verdict.reason : `act ${verdict.plan.steps.map((step) => step.input).join()}`
