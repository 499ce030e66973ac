import type { Address, Hex } from '#core/address.ts'
import type { Log, LogFilter } from '#core/block.ts'
import { type Book, type MarketId, marketId, type Patch } from '#core/book.ts'
import { isKeeperError } from '#core/error.ts'
import { type FeedId, feedId, type Reading } from '#core/feed.ts'
import type { Rec } from '#core/plain.ts'
import type { Read, View } from '#core/world.ts'
import { type Aggregator, nextShown, readingOf, roundShown, withRound, withShown } from '../scene/aggregator.ts'
import { formulas, isTimed } from '../scene/price-formulas.ts'
import { readAggregators } from './read-aggregators.ts'
import { readSenders } from './read-senders.ts'
import { aggregatorsBehind, type Origin, recognise } from './recognise.ts'

/** AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt), by the aggregator, never the proxy. */
const answerUpdated: Hex = '0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f'
/** NewTransmission of OCR2, of OCR1: what tells a report's epoch. */
const transmitted: Hex = '0xc797025feeeaf2cd924c99e9205acb8ec04d5cad21c41ce637a38fb6dee6016a'
const transmittedFirst: Hex = '0xf6a97944f31ea060dfde0566e4167c1a1082551e64b60ecb14d599a9d023d451'
/** SecondaryRoundIdUpdated(uint32 indexed secondaryRoundId) */
const secondaryUpdated: Hex = '0x8d530b9ddc4b318d28fdd4c3a21fcfecece54c1a72a824f262985b99afef009b'

export const feedOwner = 'engine/feeds'
/** Aggregators laid over those of the book: what a pending update would make of them. */
export type Over = ReadonlyMap<Address, Aggregator>

export type PriceBooks = {
  readonly shelf: (owner: string) => Book
  readonly feed: (id: FeedId) => Reading
  readonly apply: (owner: string, patches: readonly Patch[]) => void
}

/** Adapters ask adapters, but not for ever. */
const depthMax = 6
const aggregatorId = (at: Address): MarketId => marketId(`aggregator/${at}`)
const forwarderId = (at: Address): MarketId => marketId(`forwarder/${at}`)
const rateId = (to: Address, data: Hex): FeedId => feedId(`rate/${to}/${data}`)

/**
 * What contracts answer when they are asked for a price: kept current by their aggregators' logs and by the rates they
 * read, out of which any second's answer is computed. All of it lies in the book, undone and replayed like any record.
 */
export class Prices {
  readonly #books: PriceBooks

  constructor(books: PriceBooks) {
    this.#books = books
  }

  /** Learns what stands behind contracts and what these ask in turn; what the book holds stays where it has moved on. */
  async resolve(view: View, contracts: readonly Address[], isCurrent: () => boolean): Promise<void> {
    let open = [...new Set(contracts)]
    const seen = new Set<Address>()
    for (let depth = 0; open.length > 0 && depth < depthMax; depth += 1) {
      for (const contract of open) seen.add(contract)
      const found = await this.#origins(view, open)
      const proxies = [...found].flatMap(([proxy, origin]) =>
        origin.kind === 'proxy' ? [{ proxy, aggregator: origin.aggregator }] : [],
      )
      const states = await readAggregators(view, proxies)
      const isNews = isCurrent()
      for (const [at, { proxy, aggregator }] of proxies.entries()) {
        const state = states[at] ?? null
        if (state === null) found.set(proxy, { kind: 'unknown' })
        else if (isNews || this.aggregator(aggregator) === undefined) this.#putAggregator(aggregator, state)
      }
      for (const [contract, origin] of found) this.#put(marketId(contract), origin)
      await this.#learnForwarders(
        view,
        states.flatMap((state) => state?.transmitters ?? []),
      )
      const parts = [...found.values()].flatMap((origin) => (origin.kind === 'formula' ? origin.parts : []))
      open = [...new Set(parts)].filter((part) => !seen.has(part))
    }
    await this.rereadRates(view, this.rates([...seen]), isCurrent)
  }

  /** Transmitters not met before: who may send through them, where they are forwarders. */
  async #learnForwarders(view: View, transmitters: readonly Address[]): Promise<void> {
    const { market } = this.#books.shelf(feedOwner)
    const fresh = [...new Set(transmitters)].filter((one) => market(forwarderId(one)) === undefined)
    const senders = await readSenders(view, fresh)
    for (const [at, one] of fresh.entries()) this.#put(forwarderId(one), { senders: senders[at] ?? [] })
  }

  /** Whether forwarders pass a sender's call on, each to the next: else anybody could make us see what never lands. */
  passes(path: readonly Address[], sender: Address | null): boolean {
    const { market } = this.#books.shelf(feedOwner)
    return path.every((forwarder, at) => {
      const caller = at === 0 ? sender : (path[at - 1] ?? null)
      const senders = market(forwarderId(forwarder))?.data.senders as readonly Address[] | undefined
      return caller === null || senders?.includes(caller) === true
    })
  }

  /** What is known to be an adapter stays one; a proxy may have got another aggregator. */
  async #origins(view: View, contracts: readonly Address[]): Promise<Map<Address, Origin>> {
    const known = new Map(contracts.flatMap((one) => [[one, this.#origin(one)] as const]))
    const proxies = contracts.filter((one) => known.get(one)?.kind === 'proxy')
    const behind = await aggregatorsBehind(view, proxies)
    const fresh = await recognise(
      view,
      contracts.filter((one) => known.get(one)?.kind !== 'proxy' && known.get(one)?.kind !== 'formula'),
    )
    return new Map(
      contracts.map((one) => {
        const aggregator = behind[proxies.indexOf(one)] ?? null
        const origin = aggregator === null ? known.get(one) : { kind: 'proxy' as const, aggregator }
        return [one, fresh.get(one) ?? origin ?? { kind: 'unknown' }]
      }),
    )
  }

  /** At a second, in the contract's own integers; `null` where it is not known. */
  answer(contract: Address, timestamp: number, over?: Over, depth = 0): Reading {
    const origin = this.#origin(contract)
    if (origin === undefined || origin.kind === 'unknown' || depth > depthMax) return null
    if (origin.kind === 'proxy') {
      const state = over?.get(origin.aggregator) ?? this.aggregator(origin.aggregator)
      return state === undefined ? null : readingOf(roundShown(state, contract, timestamp))
    }
    const parts = origin.parts.map((part) => this.answer(part, timestamp, over, depth + 1))
    const rates = origin.rates.map((data) => this.#books.feed(rateId(contract, data)))
    const all = [...parts, ...rates].flatMap((reading) => reading ?? [])
    if (all.length < parts.length + rates.length) return null
    const values = all.map(({ value }) => value)
    const formula = formulas[origin.name]
    const value = formula(values.slice(0, parts.length), values.slice(parts.length), origin.constants, timestamp)
    return { value, updatedAt: Math.max(...all.slice(0, parts.length).map(({ updatedAt }) => updatedAt)) }
  }

  /** A contract, and all that it asks. */
  *#behind(contract: Address, depth = 0): Iterable<readonly [Address, Origin]> {
    const origin = this.#origin(contract)
    if (origin === undefined || depth > depthMax) return
    yield [contract, origin]
    if (origin.kind === 'formula') for (const part of origin.parts) yield* this.#behind(part, depth + 1)
  }

  isKnown(contract: Address): boolean {
    const all = [...this.#behind(contract)]
    return all.length > 0 && all.every(([, origin]) => origin.kind !== 'unknown')
  }

  aggregatorsOf(contract: Address): readonly Address[] {
    return [...this.#behind(contract)].flatMap(([, origin]) => (origin.kind === 'proxy' ? [origin.aggregator] : []))
  }

  /** Why its answer moves with time alone; `null` where it does not. */
  movesBy(contract: Address): 'cut-off' | 'derived-rate' | null {
    const all = [...this.#behind(contract)]
    const isDual = ([proxy, origin]: readonly [Address, Origin]): boolean =>
      origin.kind === 'proxy' && this.aggregator(origin.aggregator)?.dual?.proxy === proxy
    if (all.some(isDual)) return 'cut-off'
    return all.some(([, origin]) => origin.kind === 'formula' && isTimed(origin.name)) ? 'derived-rate' : null
  }

  /** The next second at which its answer is another, and nothing but time has passed; `null`: never. */
  nextChange(contract: Address, timestamp: number): number | null {
    const seconds = [...this.#behind(contract)].flatMap(([at, origin]) => {
      if (origin.kind === 'formula' && isTimed(origin.name)) {
        const next = this.answer(at, timestamp + 1)
        return next?.value === this.answer(at, timestamp)?.value ? [] : [timestamp + 1]
      }
      const state = origin.kind === 'proxy' ? this.aggregator(origin.aggregator) : undefined
      return state === undefined ? [] : (nextShown(state, at, timestamp) ?? [])
    })
    return seconds.length === 0 ? null : Math.min(...seconds)
  }

  aggregator(at: Address): Aggregator | undefined {
    return this.#books.shelf(feedOwner).market(aggregatorId(at))?.data as Aggregator | undefined
  }

  watches(): readonly LogFilter[] {
    const addresses = [...this.#books.shelf(feedOwner).markets()].flatMap(({ data }) =>
      data.kind === 'proxy' ? [data.aggregator as Address] : [],
    )
    const topics = [[answerUpdated, transmitted, transmittedFirst, secondaryUpdated]]
    return addresses.length === 0 ? [] : [{ addresses: [...new Set(addresses)], topics }]
  }

  /** @returns whether a known aggregator is another by the log. One that is cut short is not Chainlink's, and says nothing. */
  fold(log: Log): boolean {
    try {
      return this.#folded(log)
    } catch (error) {
      if (!isKeeperError(error, 'bad-answer')) throw error
      return false
    }
  }

  #folded(log: Log): boolean {
    const state = log.topicCount < 2 ? undefined : this.aggregator(log.address)
    if (state === undefined) return false
    const topic = log.topic(0)
    if (topic === secondaryUpdated) {
      this.#putAggregator(log.address, withShown(state, Number(log.topic(1))))
    } else if (topic === answerUpdated) {
      const answer = BigInt.asIntN(256, BigInt(log.topic(1)))
      const [id, recordedAt] = [Number(log.topic(2)), Number(log.word(0))]
      this.#putAggregator(log.address, withRound(state, { id, answer, observedAt: 0, recordedAt }))
    } else if (topic === transmitted || topic === transmittedFirst) {
      const isSecond = topic === transmitted
      const answer = BigInt.asIntN(256, log.word(0))
      const [id, observedAt] = [Number(log.topic(1)), isSecond ? Number(log.word(2)) : 0]
      const told = withRound(state, { id, answer, observedAt, recordedAt: log.block.timestamp })
      const epoch = Number(BigInt.asUintN(40, log.word(isSecond ? 7 : 4)))
      this.#putAggregator(log.address, { ...told, epoch })
    } else return false
    return true
  }

  /** What such a call last answered. */
  rate({ to, data }: Read): Reading {
    return this.#books.feed(rateId(to, data))
  }

  /** What moves without an oracle; applied if the book still stands there. @returns whose moved. */
  async rereadRates(view: View, reads: readonly Read[], isCurrent: () => boolean): Promise<readonly Address[]> {
    if (reads.length === 0) return []
    const answers = await view.call(reads)
    const isNews = isCurrent()
    return reads.flatMap(({ to, data }, at) => {
      const answer = answers[at] ?? null
      const value = answer === null || answer.length < 66 ? null : BigInt.asIntN(256, BigInt(answer.slice(0, 66)))
      const before = this.#books.feed(rateId(to, data))
      if (before?.value === value || (before === null && value === null) || (!isNews && before !== null)) return []
      const reading = value === null ? null : { value, updatedAt: view.block.timestamp }
      this.#books.apply(feedOwner, [{ op: 'put-feed', id: rateId(to, data), reading }])
      return [to]
    })
  }

  /** What contracts read that moves without an oracle. */
  rates(contracts: readonly Address[]): readonly Read[] {
    const all = new Map(contracts.flatMap((contract) => [...this.#behind(contract)]))
    return [...all].flatMap(([to, origin]) =>
      origin.kind === 'formula' ? origin.rates.map((data): Read => ({ to, data })) : [],
    )
  }

  /** Whether one stands behind the other. */
  asks(contract: Address, other: Address): boolean {
    return [...this.#behind(contract)].some(([one]) => one === other)
  }

  #origin(contract: Address): Origin | undefined {
    return this.#books.shelf(feedOwner).market(marketId(contract))?.data as Origin | undefined
  }

  /** What its logs have told of its epoch is finer than what it answers. */
  #putAggregator(at: Address, state: Aggregator): void {
    const epoch = Math.max(state.epoch, this.aggregator(at)?.epoch ?? 0)
    this.#put(aggregatorId(at), { ...state, epoch })
  }

  #put(id: MarketId, data: Rec): void {
    this.#books.apply(feedOwner, [{ op: 'put-market', market: { id, epoch: 0, data } }])
  }
}
