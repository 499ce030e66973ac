import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from '#core/address.ts'
import type { Block, Log, LogFilter } from '#core/block.ts'
import type { KeeperError } from '#core/error.ts'
import { blockLogs } from './block-logs.ts'
import { mayHold } from './bloom.ts'
import { type HeadEvent, headOf, passes } from './heads.ts'
import { matches } from './match.ts'
import { mergeFilters } from './merge-filters.ts'
import type { PushedLogs } from './pushed-logs.ts'
import type { Rpc } from './rpc.ts'
import type { RawBlock } from './view.ts'

export type GivenOptions = {
  readonly rpc: Rpc
  /** Asked anew for every block: what is watched grows. */
  readonly filters: () => readonly LogFilter[]
  readonly from: { readonly hash: Hex; readonly number: number }
  readonly depth: number
  /** `taken`: to be told when the reader has done with it; `again`: given before, with other logs. */
  readonly give: (head: HeadEvent & { readonly again: boolean }, taken: () => void) => void
  readonly onFault: (error: KeeperError) => void
  /** What nobody expected. */
  readonly onBroken: (error: unknown) => void
  /** What is watched is not what it was. */
  readonly onFilters: () => void
}
type Filters = { readonly all: readonly LogFilter[]; readonly text: string }
type Asked = Filters & { readonly logs: Promise<readonly Log[]> }
/** A block that was given. `event` is `null` of the block the reader began at. */
type Given = {
  readonly hash: Hex
  readonly number: number
  readonly bloom: string | undefined
  event: HeadEvent | null
  /** The filters its logs were asked for by, to be compared with what was pushed. */
  askedBy: string | null
  isComplete: boolean
}

const firstWaitMs = 100
const longestWaitMs = 5_000

/**
 * The blocks given so far, and whether their logs were all. That is asked beside the path, after a head was taken, and
 * only where its bloom has room for what is watched by then: an idle block costs nothing. Where they were not all, the
 * head and those that stand on it are given again.
 */
export class GivenHeads {
  readonly #options: GivenOptions
  readonly #pushed: PushedLogs
  #given: Given[]
  #filters: Filters
  #isStopped = false
  /** Some chains leave blooms empty: one log that a bloom had no room for, and none is believed any more. */
  #trustsBlooms = true

  constructor(options: GivenOptions, pushed: PushedLogs) {
    this.#options = options
    this.#pushed = pushed
    this.#given = [{ ...options.from, bloom: undefined, event: null, askedBy: null, isComplete: true }]
    this.#filters = this.#current()
  }

  stop(): void {
    this.#isStopped = true
  }

  watched(): readonly LogFilter[] {
    return this.#filters.all
  }

  /** Oldest first. */
  all(): readonly { readonly hash: Hex; readonly number: number }[] {
    return this.#given
  }

  has(hash: string): boolean {
    return this.#find(hash) !== undefined
  }

  mayHold(bloom: string | undefined): boolean {
    return !this.#trustsBlooms || mayHold(bloom, this.#filters.all)
  }

  /** The node's own answer, by what is watched now. */
  ask(hash: Hex, block: Block): Asked {
    const filters = this.#current()
    return { ...filters, logs: blockLogs(this.#options.rpc, hash, block, filters.all) }
  }

  /** With what was pushed; `asked`: what it is to be compared with, where that is on its way already. */
  givePushed(raw: RawBlock, asked: Asked | null = null): void {
    const { hash, block } = headOf(raw, [])
    const given = this.#give(raw, this.#pushed.within(hash, block), null)
    if (asked !== null) this.#complete(given, block, asked)
  }

  /** With the node's answer. */
  giveAnswer(raw: RawBlock, logs: readonly Log[], { text }: Filters): void {
    this.#give(raw, logs, text)
  }

  /** Logs of blocks that were given already. */
  addLate(hashes: readonly Hex[]): void {
    for (const hash of hashes) {
      const given = this.#find(hash)
      if (given?.event == null) continue
      if (!mayHold(given.bloom, this.#filters.all)) this.#trustsBlooms = false
      if (given.isComplete) continue
      const known = new Set(given.event.logs.map(({ logIndex }) => logIndex))
      const late = this.#pushed.within(hash, given.event.block).filter(({ logIndex }) => !known.has(logIndex))
      if (late.length > 0) this.#giveAgain(given, [...given.event.logs, ...late])
    }
  }

  #give(raw: RawBlock, logs: readonly Log[], askedBy: string | null): Given {
    const event = headOf(raw, logs)
    const { hash, block } = event
    const isComplete = askedBy !== null
    const given: Given = { hash, number: block.number, bloom: raw.logsBloom, event, askedBy, isComplete }
    this.#given = [...this.#given.filter((one) => one.number < block.number), given].slice(-this.#options.depth - 1)
    this.#options.give({ ...event, again: false }, () => this.#onTaken(given))
    return given
  }

  /** The book is as it is after the block: what it watches now is what the block's logs must have. */
  #onTaken(given: Given): void {
    if (this.#isStopped) return
    const filters = this.#current()
    if (filters.text !== this.#filters.text) {
      this.#filters = filters
      this.#options.onFilters()
    }
    const { event, hash } = given
    if (event === null || given.askedBy === filters.text || !this.#isCurrent(given) || !this.mayHold(given.bloom))
      return
    this.#complete(given, event.block, this.ask(hash, event.block))
  }

  /** Compares what was given with the node's answer, however long that takes. */
  #complete(given: Given, block: Block, { all, text, logs }: Asked): void {
    given.askedBy = text
    const run = async (): Promise<void> => {
      let asked = logs
      for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
        try {
          return this.#compare(given, await asked, { all, text })
        } catch (error) {
          if (!passes(error)) throw error
          if (!this.#isCurrent(given)) return
          this.#options.onFault(error)
          await sleep(waitMs)
          if (!this.#isCurrent(given)) return
          asked = blockLogs(this.#options.rpc, given.hash, block, all)
        }
      }
    }
    run().catch(this.#options.onBroken)
  }

  #compare(given: Given, answer: readonly Log[], { all, text }: Filters): void {
    if (!this.#isCurrent(given) || given.event === null || given.askedBy !== text) return
    given.isComplete = true
    const beside = given.event.logs.filter((log) => !all.some((filter) => matches(filter, log)))
    const known = new Map(given.event.logs.map((log) => [log.logIndex, log]))
    const isSame =
      answer.length + beside.length === known.size && answer.every((log) => isEqual(known.get(log.logIndex), log))
    if (!isSame) this.#giveAgain(given, [...answer, ...beside])
  }

  /** With these logs, and all that stand on it as they were: the reader undoes and folds anew. */
  #giveAgain(given: Given, logs: readonly Log[]): void {
    if (given.event === null) return
    given.event = { ...given.event, logs: [...logs].sort((a, b) => a.logIndex - b.logIndex) }
    for (const one of this.#given.slice(this.#given.indexOf(given)))
      if (one.event !== null) this.#options.give({ ...one.event, again: true }, () => this.#onTaken(one))
  }

  #isCurrent(given: Given): boolean {
    return !this.#isStopped && this.#find(given.hash) === given
  }

  #find(hash: string): Given | undefined {
    return this.#given.findLast((one) => one.hash === hash)
  }

  #current(): Filters {
    const all = mergeFilters(this.#options.filters())
    return { all, text: JSON.stringify(all) }
  }
}

const isEqual = (a: Log | undefined, b: Log): boolean =>
  a !== undefined &&
  a.address === b.address &&
  a.topicCount === b.topicCount &&
  a.data() === b.data() &&
  Array.from({ length: a.topicCount }, (_, at) => at).every((at) => a.topic(at) === b.topic(at))
