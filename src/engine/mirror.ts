import type { Address, Hex } from '#core/address.ts'
import type { Log, LogFilter } from '#core/block.ts'
import type { Book, Dirty, Folded, Market, MarketId, Patch, PositionId } from '#core/book.ts'
import type { DataFees } from '#core/data-fees.ts'
import type { Feed, FeedId } from '#core/feed.ts'
import type { Scene, SceneSpec } from '#core/scene.ts'
import type { View } from '#core/world.ts'
import type { Books } from '../book/books.ts'
import { overlay } from '../book/overlay.ts'
import { matches } from '../chain/match.ts'
import type { Picked } from '../opportunity/scan.ts'
import { createScreen, type Nearest, type Screen } from '../opportunity/screen.ts'
import { patchesOf, sceneAt } from '../scene/scene.ts'
import { type Changes, noChanges, noteIn } from './changes.ts'
import { type DataFeeSource, noDataFees } from './data-fees.ts'
import { createFaults, type Faults } from './faults.ts'
import { FeedKeeper } from './feeds.ts'
import { type ModuleWords, moduleWords } from './module-words.ts'
import type { Module, Modules } from './modules.ts'
import { freshMost, type PoolParts, Pools, type Progress } from './pools.ts'
import { createReadAt, type ReadAt } from './read-at.ts'
import { createStale } from './stale.ts'
import { createStillness, type Stillness } from './stillness.ts'

/** What strategies, venues and lenders have in common: records kept by logs, and reads where logs do not suffice. */
type Recorded = {
  readonly isTimed?: true
  watches(book: Book): readonly LogFilter[]
  fold(book: Book, log: Log): Folded
  refresh(view: View, book: Book, dirty: Dirty): Promise<readonly Patch[]>
}

/** What a block's logs changed. */
export type Change = { readonly feeds: readonly FeedId[]; readonly logs: number }

/** The chain as the keeper holds it in memory: every record and feed at one block, and what is stale among them. */
export class Mirror {
  readonly books: Books
  readonly modules: Modules
  readonly faults: Faults
  readonly stillness: Stillness
  readonly #feeds: FeedKeeper
  readonly #stale = createStale()
  readonly #pools: Pools
  readonly #extraTokens: readonly Address[]
  readonly #readAt: ReadAt
  readonly #screens: ReadonlyMap<string, Screen>
  readonly #readDataFees: DataFeeSource
  readonly #words: ModuleWords
  #tokens = new Set<Address>()
  #dataFees: DataFees | null = null
  #changes: Changes = noChanges()

  constructor(
    books: Books,
    modules: Modules,
    extraTokens: readonly Address[],
    blockSeconds: number,
    readDataFees: DataFeeSource = noDataFees,
    stillSeconds = 0,
  ) {
    this.#readDataFees = readDataFees
    this.books = books
    this.#readAt = createReadAt(books.depth)
    const adopt: PoolParts['adopt'] = (key, patches, isCurrent) => this.#adopt(key, patches, isCurrent)
    this.#pools = new Pools({ books, venues: modules.venues, blockSeconds, adopt })
    this.faults = createFaults((key) => books.shelf(key))
    this.modules = { ...modules, strategies: modules.strategies.map(this.faults.isolated) }
    this.#screens = new Map(
      this.modules.strategies.map(({ key, module }) => [key, createScreen(module, books.shelf(key))] as const),
    )
    this.#feeds = new FeedKeeper(books)
    this.#extraTokens = extraTokens
    this.stillness = createStillness(this, stillSeconds)
    this.#words = moduleWords(books, this.modules.strategies, this.#recorded())
  }

  /** Reads everything anew at the view's block. */
  async load(view: View, progress: Progress): Promise<void> {
    for (const { key, name, module } of this.modules.strategies) {
      for await (const patches of module.bootstrap(view)) {
        this.books.apply(key, patches)
        progress(`positions of ${name}`, this.books.size().positions)
      }
    }
    await this.grow(view, progress)
  }

  /** Feeds, pools and lenders for what has come into the book since; nothing is read where nothing is new. */
  async grow(view: View, progress: Progress, isCurrent = () => true): Promise<boolean> {
    this.#dataFees = await this.#readDataFees(view)
    const feeds = this.#feeds.unknown(this.allFeeds())
    if (feeds.length > 0) await this.#loadFeeds(view, feeds, isCurrent)
    const tokens = new Set([...this.#extraTokens, ...this.#words.assets()])
    const fresh = [...tokens].filter((token) => !this.#tokens.has(token))
    if (fresh.length === 0) return feeds.length > 0
    const known = this.#tokens.size === 0 ? tokens : new Set([...this.#tokens, ...fresh.slice(0, freshMost)])
    this.#pools.settle(await this.#find(view, known, progress, isCurrent))
    // Only now: what a failed read has left out is looked for again.
    this.#tokens = known
    return true
  }

  /**
   * Looks again for ways between these tokens, the hubs and wrapped native, and for who lends them: what was not there
   * when they were new may have come since. @returns whether a pool has.
   */
  async seek(view: View, tokens: readonly Address[], isCurrent: () => boolean): Promise<boolean> {
    const before = [...this.#pools.admitted()].length
    await this.#find(view, new Set([...this.#extraTokens, ...tokens]), () => undefined, isCurrent, true)
    return [...this.#pools.admitted()].length > before
  }

  async #find(...given: Parameters<Pools['find']>): Promise<readonly Address[]> {
    const { found, fresh } = await this.#pools.find(...given)
    const [view, , progress, isCurrent] = given
    this.#readAt.found(this.books.tip())
    for (const { key, name, module } of this.modules.flash) {
      const lent = this.#adopt(key, await module.discover(view, fresh), isCurrent())
      progress(`lenders of ${name}`, lent.length)
    }
    return found
  }

  /** Puts in what is new; where the book has moved on since it was read, it is stale until read again. */
  #adopt(key: string, patches: readonly Patch[], isCurrent: boolean): readonly Market[] {
    const known = this.books.shelf(key)
    const found = patches.flatMap((patch) => (patch.op === 'put-market' ? [patch] : []))
    const fresh = found.filter(({ market }) => known.market(market.id) === undefined)
    this.books.apply(key, fresh)
    if (!isCurrent) this.markStale(key, { markets: fresh.map(({ market }) => market.id), positions: [] })
    return found.map(({ market }) => market)
  }

  /** After a reorg what was found or read in the blocks undone must be found and read again. */
  onUndone(hashes: readonly Hex[]): void {
    this.faults.onUndone(hashes, this.books.tip())
    const { reread, hasFound } = this.#readAt.undone(hashes)
    for (const { key, dirty } of reread) this.markStale(key, dirty)
    if (!hasFound) return
    this.#tokens = this.#pools.forget()
    this.#feeds.doubt()
  }

  /** A log may have been missed: these positions, their markets, these pools and every feed are read again. */
  doubt(positions: readonly PositionId[], pools: readonly MarketId[]): void {
    for (const { key } of this.modules.strategies) {
      const found = positions.flatMap((id) => this.books.shelf(key).position(id) ?? [])
      this.markStale(key, { markets: found.map(({ market }) => market), positions: found.map(({ id }) => id) })
    }
    for (const { key } of this.modules.venues)
      this.markStale(key, { markets: pools.filter((id) => this.books.shelf(key).market(id)), positions: [] })
    this.#feeds.doubt()
  }

  watches(): readonly LogFilter[] {
    return [...this.#recorded().flatMap(({ key }) => this.#words.watches(key)), ...this.#feeds.watches()]
  }

  /** Applies a block's logs in order; what they do not carry becomes stale. */
  fold(logs: readonly Log[]): Change {
    const feeds = new Set<FeedId>()
    for (const module of this.#recorded()) this.foldInto(module, logs)
    for (const log of logs) for (const feed of this.#feeds.fold(log)) feeds.add(feed)
    for (const feed of feeds) this.#changes.landed.add(feed)
    return { feeds: [...feeds], logs: logs.length }
  }

  /** One module's part of these logs, in order. */
  foldInto({ key, module }: Module<Recorded>, logs: readonly Log[]): void {
    const book = this.books.shelf(key)
    const filters = logs.length === 0 ? [] : this.#words.watches(key)
    for (const log of logs) {
      if (!filters.some((filter) => matches(filter, log))) continue
      const { patches, dirty } = module.fold(book, log)
      this.books.apply(key, patches)
      this.markStale(key, dirty)
      noteIn(this.#changes, this.modules, key, patches, dirty)
    }
  }

  /** Since `beginChanges` was last called. */
  changes(): Changes {
    return this.#changes
  }

  beginChanges(): void {
    this.#changes = noChanges()
  }

  markStale(key: string, dirty: Dirty): void {
    this.#stale.mark(key, dirty)
  }

  hasStale(): boolean {
    return this.#stale.any()
  }

  /** While a market of a strategy is stale, so is every position of that strategy. */
  isStale(key: string, position: PositionId): boolean {
    return this.#stale.hasPosition(key, position)
  }

  isMarketStale(key: string, id: MarketId): boolean {
    return this.#stale.hasMarket(key, id)
  }

  /**
   * Reads what is stale at the view's block, and applies it if the book still stands there: else it stays stale and is
   * read again. @returns how many positions were read, or `null` where the book had moved on.
   */
  async reread(view: View, isCurrent: () => boolean): Promise<number | null> {
    const wanted = this.#stale.wanted()
    const read = await Promise.all(
      wanted.map(async ({ key, dirty }) => {
        const { module } = this.#recorded().find((one) => one.key === key) ?? {}
        if (module === undefined) return { key, patches: [] }
        return { key, patches: await module.refresh(this.#pools.seenBy(module, view), this.books.shelf(key), dirty) }
      }),
    )
    if (!isCurrent()) return null
    for (const { key, dirty } of wanted) this.#stale.settle(key, dirty)
    for (const { key, dirty } of wanted) noteIn(this.#changes, this.modules, key, [], dirty)
    this.#readAt.reread(this.books.tip(), wanted)
    for (const { key, patches } of read) this.books.apply(key, patches)
    return wanted.reduce((sum, { dirty }) => sum + dirty.positions.length, 0)
  }

  /** Feeds that no log carries, read at the view's block. @returns whether one changed. */
  async rereadFeeds(view: View, isCurrent: () => boolean): Promise<boolean> {
    const changed = this.#feeds.needsReads() ? await this.#feeds.reread(view, isCurrent) : []
    for (const feed of changed) this.#changes.derived.add(feed)
    return changed.length > 0
  }

  /** Pools that time moves, read for the next block. @returns whether one changed. */
  rereadTimed(view: View, isCurrent: () => boolean): Promise<boolean> {
    return this.#pools.rereadTimed(view, isCurrent)
  }

  /** Every proxy's aggregator is asked for again: a phase change leaves no log. */
  async reloadFeeds(view: View, isCurrent: () => boolean): Promise<void> {
    if (isCurrent()) await this.#loadFeeds(view, this.allFeeds(), isCurrent)
  }

  async #loadFeeds(view: View, feeds: readonly Feed[], isCurrent: () => boolean): Promise<void> {
    await this.#feeds.load(view, feeds, isCurrent)
    this.#readAt.found(this.books.tip())
  }

  /** The scene as a module sees it. */
  sceneOf(key: string, spec: SceneSpec): Scene {
    return sceneAt(spec, key, this.books.shelf(key), this.#feeds.at(spec.block), overlay)
  }

  /** A module's records as they are in the scene. */
  bookOf(key: string, { patches }: SceneSpec): Book {
    return overlay(this.books.shelf(key), patchesOf(patches, key))
  }

  /** Who may be below the line in a scene of a strategy. */
  candidates(key: string, scene: Scene): Picked {
    return this.#screens.get(key)?.pick(scene) ?? new Map()
  }

  /** For people, beside the path, in slices: who is nearest to the line in a scene of a strategy. */
  nearest(key: string, scene: Scene, count: number): Generator<void, Nearest> {
    return (this.#screens.get(key) as Screen).nearest(scene, count)
  }

  /** Off the hot path: the screens' indices follow the prices, so many lines at a time. @returns whether more is left. */
  tend(lines: number): boolean {
    return [...this.#screens.values()].map((screen) => screen.tend(lines)).includes(true)
  }

  /** Pools that answered one exact quote as their own arithmetic says. */
  admittedPools(): ReturnType<Pools['admitted']> {
    return this.#pools.admitted()
  }

  /** What the chain takes beside gas, as last read: with every head. */
  dataFees(): DataFees | null {
    return this.#dataFees
  }

  feeds(): FeedKeeper {
    return this.#feeds
  }

  /** Every strategy's, as it says them now. */
  allFeeds(): readonly Feed[] {
    return this.#words.feeds()
  }

  #recorded(): readonly Module<Recorded>[] {
    return [...this.modules.strategies, ...this.modules.venues, ...this.modules.flash]
  }
}
