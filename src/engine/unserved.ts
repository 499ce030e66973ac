import type { Address, Asset } from '#core/address.ts'
import type { Book, Market, MarketId, Position } from '#core/book.ts'
import type { Flow } from '#core/opportunity.ts'
import type { Sides, Strategy } from '#core/strategy.ts'
import type { Mirror } from './mirror.ts'
import type { Module } from './modules.ts'
import { createTally, type Tally } from './tally.ts'
import { type Ways, waysOf } from './ways.ts'

/** `no-exit`: no path of admitted pools and exits joins it with wrapped native. `no-lender`: nobody lends it. */
export type Lack = 'no-exit' | 'no-lender'

/** A token of one deployment that is on the chain and cannot be traded, or not borrowed. */
export type Unserved = {
  readonly token: Address
  readonly lack: Lack
  /** Those that name it. */
  readonly markets: readonly MarketId[]
  /** Positions that owe it or would hand it over. */
  readonly positions: number
  /** Of these, the ones nothing can be done about: every pair of their debts and collateral lacks something. */
  readonly stuck: number
  /** What the stuck ones owe, in units, as stored. */
  readonly owed: readonly Flow[]
}
/** Of one deployment. A position that lacks both is counted under both. */
export type Survey = {
  readonly key: string
  readonly strategy: string
  readonly tokens: readonly Unserved[]
  readonly stuck: Readonly<Record<Lack, number>>
}

/**
 * What every strategy would have to be paid in or hand over, and cannot. Out of memory alone; rests after so many
 * positions, so that it can run beside the path: the book may then move on in between, and the counts are as good as that.
 */
export function* survey(mirror: Mirror, wrapped: Address, restAfter: number): Generator<void, readonly Survey[]> {
  const ways = waysOf(mirror, wrapped)
  const found: Survey[] = []
  let since = 0
  for (const one of mirror.modules.strategies) {
    const book = mirror.books.shelf(one.key)
    const marketsOf = namedBy(one.module, book)
    const tally = createTally([...marketsOf.keys()].filter((token) => !ways.out.has(token)))
    if (canLack(one.module, marketsOf, ways))
      for (const position of book.positions()) {
        count(tally, sidesOf(one.module, book, position), ways, wrapped)
        since += 1
        if (since % restAfter === 0) yield
      }
    found.push(surveyOf(one, tally, marketsOf))
  }
  return found
}

/** All of it at once: at a start, where nothing waits. */
export function surveyNow(mirror: Mirror, wrapped: Address): readonly Survey[] {
  const running = survey(mirror, wrapped, Number.POSITIVE_INFINITY)
  for (;;) {
    const { done, value } = running.next()
    if (done === true) return value
  }
}

const surveyOf = ({ key, name }: Module<Strategy>, tally: Tally, marketsOf: ReturnType<typeof namedBy>): Survey => ({
  key,
  strategy: name,
  tokens: tally.rows().map((row) => ({ ...row, markets: marketsOf.get(row.token) ?? [] })),
  stuck: tally.stuck(),
})

/** Which markets name a token: those whose book alone would. */
function namedBy(module: Strategy, book: Book): ReadonlyMap<Address, readonly MarketId[]> {
  const found = new Map<Address, MarketId[]>(module.assets(book).map((token) => [token, []]))
  for (const market of book.markets())
    for (const token of module.assets(withOnly(market))) found.set(token, [...(found.get(token) ?? []), market.id])
  return found
}

const withOnly = (market: Market): Book => ({
  market: (id) => (id === market.id ? market : undefined),
  markets: () => [market],
  position: () => undefined,
  positions: () => [],
  positionsOf: () => [],
})

/** Positions are looked through only where a token lacks something. */
const canLack = (module: Strategy, marketsOf: ReadonlyMap<Address, unknown>, { out, into, isLent }: Ways): boolean =>
  [...marketsOf.keys()].some(
    (token) => !out.has(token) || (module.sides !== undefined && (!into.has(token) || !isLent(token))),
  )

function sidesOf(module: Strategy, book: Book, position: Position): Sides | null {
  if (module.sides !== undefined) return module.sides(book, position)
  const home = book.market(position.market)
  return home === undefined ? null : { owes: [], gets: module.assets(withOnly(home)), capital: 'none' }
}

function count(tally: Tally, sides: Sides | null, { out, into, isLent }: Ways, wrapped: Address): void {
  if (sides === null) return
  const tokenOf = (asset: Asset): Address => (asset === 'native' ? wrapped : asset)
  const gets = sides.gets.map(tokenOf)
  const pays = sides.capital === 'none' ? [] : sides.owes.map(({ asset }) => tokenOf(asset))
  // Only a single step pays itself in its callback; that it may is enough here.
  const isFunded = (token: Address): boolean => sides.capital !== 'before' || isLent(token)
  const isServed = (paid: Address, got: Address): boolean =>
    isFunded(paid) && out.has(got) && (paid === got || into.has(paid))
  const shut = [
    ...gets.filter((token) => !out.has(token)).map((token) => ({ token, lack: 'no-exit' as const })),
    ...pays
      .filter((token) => !into.has(token) && gets.some((got) => got !== token))
      .map((token) => ({ token, lack: 'no-exit' as const })),
    ...pays.filter((token) => !isFunded(token)).map((token) => ({ token, lack: 'no-lender' as const })),
  ]
  if (shut.length === 0) return
  const isOpen =
    sides.capital === 'none'
      ? gets.some((got) => out.has(got))
      : pays.some((paid) => gets.some((got) => isServed(paid, got)))
  tally.add(shut, isOpen ? null : sides.owes)
}
