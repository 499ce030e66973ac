import type { Book, Market, Position } from '#core/book.ts'
import { toText } from '#core/plain.ts'

/** What two books differ in, in words; empty where they are equal. Fields of `later` are not looked at. */
export function differences(said: Book, is: Book, later: readonly string[]): readonly string[] {
  return [
    ...differing('market', byId(said.markets()), byId(is.markets()), later),
    ...differing('position', byId(said.positions()), byId(is.positions()), later),
  ]
}

/** A copy that stays as it is when the book beneath changes. */
export function materialized(book: Book): Book {
  const [markets, positions] = [[...book.markets()], [...book.positions()]]
  return {
    market: (id) => markets.find((one) => one.id === id),
    markets: () => markets,
    position: (id) => positions.find((one) => one.id === id),
    positions: () => positions,
    positionsOf: (market) => positions.filter((one) => one.market === market),
  }
}

export const sizeOf = (book: Book): number => byId(book.markets()).size + byId(book.positions()).size

const byId = <Item extends Market | Position>(items: Iterable<Item>): ReadonlyMap<string, Item> =>
  new Map([...items].map((item) => [item.id, item]))

function differing(
  what: string,
  said: ReadonlyMap<string, Market | Position>,
  is: ReadonlyMap<string, Market | Position>,
  later: readonly string[],
): readonly string[] {
  const ids = new Set([...said.keys(), ...is.keys()])
  return [...ids].flatMap((id) => {
    const [one, other] = [said.get(id), is.get(id)]
    if (one === undefined) return [`${what} ${id} is in the chain's book and not in ours`]
    if (other === undefined) return [`${what} ${id} is in our book and not in the chain's`]
    const fields = unequal(fieldsOf(one), fieldsOf(other), later)
    return fields.length === 0 ? [] : [`${what} ${id}: ${fields.slice(0, 4).join('; ')}`]
  })
}

/** A market's epoch counts changes: two books that came to the same by other ways may count differently. */
const fieldsOf = (item: Market | Position): object =>
  'owner' in item ? { home: item.market, owner: item.owner, ...item.data } : item.data

/** Paths of the fields that differ, with both values. */
function unequal(said: unknown, is: unknown, later: readonly string[], path = ''): readonly string[] {
  if (Object.is(said, is)) return []
  if (!isBranch(said) || !isBranch(is))
    return toText(said) === toText(is) ? [] : [`${path} ${shown(said)}, is ${shown(is)}`]
  const keys = new Set([...Object.keys(said), ...Object.keys(is)])
  return [...keys].flatMap((key) =>
    later.includes(key) ? [] : unequal(said[key], is[key], later, path === '' ? key : `${path}.${key}`),
  )
}

const isBranch = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object'
const shown = (value: unknown): string => (value === undefined ? 'nothing' : toText(value).slice(0, 90))
