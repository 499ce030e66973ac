import type { Address, Hex } from '#core/address.ts'
import type { PositionId } from '#core/book.ts'
import { isKeeperError } from '#core/error.ts'
import type { SkipReason } from '#core/plan.ts'
import type { SceneSource } from '#core/scene.ts'
import type { View, World } from '#core/world.ts'
import type { Execution } from '../execution/execution.ts'
import type { Head } from '../scene/next-block.ts'
import { type Drift, driftOf, sample } from './drift.ts'
import type { KeeperEvents } from './events.ts'
import { createLookout, type Lookout } from './lookout.ts'
import type { Measuring } from './measuring.ts'
import type { Mirror } from './mirror.ts'
import { createReadAnew, type ReadAnew } from './read-anew.ts'
import type { Registry } from './registry.ts'

export type CareSettings = {
  /** Every so many blocks, so many positions of each strategy are compared with the protocol's own view. */
  readonly driftEveryBlocks: number
  readonly driftSample: number
}
export type CareParts = {
  readonly world: World
  readonly mirror: Mirror
  readonly sources: readonly SceneSource[]
  readonly execution: Execution
  readonly events: KeeperEvents
  readonly settings: CareSettings
  readonly wrapped: Address
  /** Somebody is told what is not served. */
  readonly isLive: boolean
  readonly registry: Registry
  readonly measuring: Measuring
  readonly readAll: (hash: Hex) => View
  /** Judge again: what was stale has been read. */
  readonly rejudge: () => void
  /** Walk the path for what may come next, so that nothing on it is cold and plans lie ready. */
  readonly rehearse: () => void
  /** Put the book away, where that is due. */
  readonly keep: (head: Head) => void
}

/** With one head, at most. */
const measuredRounds = 3

/** About half a millisecond. */
const tendedLines = 2 ** 16

/**
 * Everything that waits for the network, beside the path and never on it: what logs do not carry is read again, what is
 * new in the book gets its feeds and exits, samples are compared with the chain, lanes' balances are looked at. One
 * round at a time, always for the newest head.
 */
export class Care {
  readonly #parts: CareParts
  readonly #lookout: Lookout
  readonly #readAnew: ReadAnew
  readonly #quarantine = new Map<PositionId, string>()
  /** Differed once, and were read again since: to be compared anew. */
  readonly #suspects = new Map<PositionId, string>()
  #head: Head | null = null
  #round: Promise<void> | null = null
  #isWanted = false
  #isAgain = false

  constructor(parts: CareParts) {
    this.#parts = parts
    const { mirror, wrapped, events, settings, readAll, isLive } = parts
    this.#readAnew = createReadAnew(mirror, readAll)
    this.#lookout = createLookout(mirror, wrapped, () => settings.driftEveryBlocks, isLive ? events.unserved : null)
  }

  holds(position: PositionId): { readonly reason: SkipReason; readonly detail: string } | null {
    const why = this.#quarantine.get(position)
    return why === undefined ? null : { reason: 'quarantined', detail: why }
  }

  /** Tells what is on the chain and not served. */
  look(): void {
    this.#lookout.look()
  }

  async restore(): Promise<void> {
    for await (const record of this.#parts.world.store.read('quarantine', 0)) {
      const position = record.position as PositionId
      if (record.isHeld === true) this.#quarantine.set(position, String(record.why))
      else this.#quarantine.delete(position)
    }
  }

  onHead(head: Head): void {
    this.#head = head
    this.#isWanted = true
    this.#round ??= this.#rounds().finally(() => {
      this.#round = null
    })
  }

  /** Judge once more on this head, whatever was read: somebody else may be to blame than was thought. */
  again(): void {
    this.#isAgain = true
    if (this.#head !== null) this.onHead(this.#head)
  }

  async settled(): Promise<void> {
    while (this.#round !== null) await this.#round
    await this.#readAnew.settled()
    if (this.#round !== null) await this.settled()
  }

  async #rounds(): Promise<void> {
    while (this.#isWanted && this.#head !== null) {
      this.#isWanted = false
      try {
        await this.#oneRound(this.#head)
      } catch (error) {
        this.#parts.events.fault(error instanceof Error ? error : new Error(String(error)))
        // What stayed stale is read with the next head; a fault of our own must be seen.
        if (!isKeeperError(error)) throw error
      }
    }
  }

  async #oneRound(head: Head): Promise<void> {
    const { world, mirror, execution, events, rejudge } = this.#parts
    const orTold = unlessRefused(events.fault)
    mirror.tend(tendedLines)
    for (const error of mirror.faults.takeNews()) events.fault(error)
    for (const { key, dirty } of mirror.faults.due(head.block.number)) mirror.markStale(key, dirty)
    this.#readAnew.go(head, () => this.again())
    const view = world.at(head.hash)
    const isCurrent = (): boolean => mirror.books.tip() === head.hash
    const isStale = mirror.hasStale()
    const read = isStale ? await orTold(mirror.reread(view, isCurrent), 0) : 0
    if (read === null) {
      this.#isWanted = true
      return
    }
    const hasFeeds = await orTold(mirror.rereadFeeds(view, isCurrent), false)
    const hasExits = await orTold(mirror.rereadTimed(view, isCurrent), false)
    const hasGrown = await orTold(mirror.grow(view, events.syncing, isCurrent), false)
    const hasLeave = await orTold(this.#parts.registry.care(view, isCurrent), false)
    let hasScenes = false
    for (const source of this.#parts.sources)
      if (source.care !== undefined && (await orTold(source.care(view, isCurrent), false))) hasScenes = true
    if (isStale) events.reread(read)
    const isAgain = this.#isAgain
    this.#isAgain = false
    if ([isAgain, isStale, hasFeeds, hasExits, hasGrown, hasLeave, hasScenes].includes(true) && isCurrent()) rejudge()
    // With other gas another plan may be the best: it is measured too.
    for (let round = 0; round < measuredRounds && (await this.#parts.measuring.go(isCurrent)); round += 1) rejudge()
    if (isCurrent()) this.#parts.rehearse()
    if (isCurrent() && head.block.number % this.#parts.settings.driftEveryBlocks === 0)
      await orTold(this.#compare(view, head.block.number, isCurrent), undefined)
    if (isCurrent()) await orTold(this.#lookout.go(view, isCurrent), undefined)
    if (isCurrent()) this.#parts.keep(head)
    await execution.fundLanes()
  }

  async #compare(view: View, block: number, isCurrent: () => boolean): Promise<void> {
    const { mirror, world, settings } = this.#parts
    for (const { key } of mirror.modules.strategies) {
      // The book has moved on while another was compared: what differs from the view now is no drift.
      if (!isCurrent() || mirror.hasStale()) return
      const book = mirror.books.shelf(key)
      const again = [...this.#suspects.keys(), ...this.#quarantine.keys()].flatMap((id) => book.position(id) ?? [])
      const drawn = [...again, ...sample(book, settings.driftSample, world.random)]
      const drifts = await driftOf(mirror, view, key, [...new Map(drawn.map((one) => [one.id, one])).values()])
      const differing = new Set(drifts.map((drift) => drift.position))
      for (const drift of drifts) await this.#onDrift(drift, block)
      for (const { id } of again) if (!differing.has(id)) await this.#release(id, block)
    }
    await mirror.reloadFeeds(view, isCurrent)
  }

  /** First mended by reading it again; what still differs then is not understood, and not acted on. */
  async #onDrift(drift: Drift, block: number): Promise<void> {
    const { mirror, events, world } = this.#parts
    const { key, position } = drift
    events.drift(drift)
    const market = mirror.books.shelf(key).position(position)?.market
    if (!this.#suspects.has(position)) {
      this.#suspects.set(position, key)
      mirror.markStale(key, { markets: market === undefined ? [] : [market], positions: [position] })
      this.#isWanted = true
      return
    }
    if (this.#quarantine.has(position)) return
    const why = differenceOf(drift)
    this.#quarantine.set(position, why)
    events.quarantined(drift)
    await world.store.append('quarantine', { position, isHeld: true, why, block })
  }

  async #release(position: PositionId, block: number): Promise<void> {
    this.#suspects.delete(position)
    if (!this.#quarantine.delete(position)) return
    this.#parts.events.released(position)
    await this.#parts.world.store.append('quarantine', { position, isHeld: false, why: 'agrees again', block })
  }
}

/** What a node refuses of one thing is told, and the rest of the round done; where it does not answer at all, nothing is. */
const unlessRefused =
  (told: (error: Error) => void) =>
  async <Answer>(work: Promise<Answer>, otherwise: Answer): Promise<Answer> => {
    try {
      return await work
    } catch (error) {
      if (!isKeeperError(error) || error.retryable) throw error
      told(error)
      return otherwise
    }
  }

function differenceOf({ ours, theirs }: Drift): string {
  const names = Object.keys(theirs).filter((name) => ours[name] !== theirs[name])
  return names.map((name) => `${name}: ours ${ours[name]}, the protocol's ${theirs[name]}`).join('; ')
}
