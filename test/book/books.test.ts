import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { type Book, marketId, type Patch, positionId } from '#core/book.ts'
import { feedId } from '#core/feed.ts'
import { type Books, createBooks } from '../../src/book/books.ts'
import { overlay } from '../../src/book/overlay.ts'

const market = (n: number, value: number): Patch => ({
  op: 'put-market',
  market: { id: marketId(`m${n}`), epoch: 0, data: { value } },
})
const position = (n: number, home: number, value: number): Patch => ({
  op: 'put-position',
  position: { id: positionId(`p${n}`), market: marketId(`m${home}`), owner: null, data: { value } },
})
const small = fc.nat(4)
const patches = fc.oneof(
  fc.tuple(small, fc.nat()).map(([n, value]) => market(n, value)),
  fc.tuple(small, small, fc.nat()).map(([n, home, value]) => position(n, home, value)),
  small.map((n): Patch => ({ op: 'drop-position', id: positionId(`p${n}`) })),
  fc
    .tuple(small, fc.nat())
    .map(
      ([n, value]): Patch => ({ op: 'put-feed', id: feedId(`f${n}`), reading: { value: BigInt(value), updatedAt: 0 } }),
    ),
)
const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const allMarkets = [0, 1, 2, 3, 4].map((n) => market(n, 0))

function snapshot(books: Books): unknown {
  const shelf = books.shelf('a')
  return {
    markets: [...shelf.markets()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    homes: [0, 1, 2, 3, 4].map((n) => [...shelf.positionsOf(marketId(`m${n}`))].map((p) => p.id).sort()),
    positions: [...shelf.positions()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    feeds: [0, 1, 2, 3, 4].map((n) => String(books.feed(feedId(`f${n}`))?.value)),
  }
}

describe('books', () => {
  it('rolling back leaves what the blocks undone had never touched', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(patches, { maxLength: 12 }), { minLength: 1, maxLength: 8 }),
        fc.nat(7),
        (blocks, keep) => {
          const books = createBooks(64)
          books.begin(hash(1), hash(0))
          books.apply('a', allMarkets)
          const states = [snapshot(books)]
          blocks.forEach((changes, n) => {
            books.begin(hash(n + 2), hash(n + 1))
            books.apply('a', changes)
            states.push(snapshot(books))
          })
          const to = Math.min(keep, blocks.length)
          expect(books.rollbackTo(hash(to + 1))).toHaveLength(blocks.length - to)
          expect(snapshot(books)).toEqual(states[to])
        },
      ),
    )
  })

  it('tell what a module’s records were before any block, and leave them as they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(patches, { maxLength: 12 }), { minLength: 1, maxLength: 8 }),
        fc.nat(7),
        (blocks, which) => {
          const books = createBooks(64)
          books.begin(hash(1), hash(0))
          books.apply('a', allMarkets)
          const seen = (of: Pick<Book, 'markets' | 'positions'>): unknown =>
            [...of.markets(), ...of.positions()].map((one) => JSON.stringify(one)).sort()
          const states = blocks.map((changes, n) => {
            const before = seen(books.shelf('a'))
            books.begin(hash(n + 2), hash(n + 1))
            books.apply('a', changes)
            return before
          })
          const at = which % blocks.length
          const now = seen(books.shelf('a'))
          expect(seen(overlay(books.shelf('a'), books.before('a', hash(at + 2)) ?? []))).toEqual(states[at])
          expect([seen(books.shelf('a')), books.before('a', hash(99))]).toEqual([now, null])
        },
      ),
    )
  })

  it('refuses a block that does not follow, and a depth it no longer has', () => {
    const books = createBooks(2)
    for (let n = 1; n <= 5; n += 1) books.begin(hash(n), hash(n - 1))
    expect(() => books.begin(hash(9), hash(7))).toThrow(/roll back/)
    expect(() => books.rollbackTo(hash(1))).toThrow(/deeper/)
    expect(books.rollbackTo(hash(3))).toEqual([hash(5), hash(4)])
  })

  it('refuses a position whose market is not there', () => {
    expect(() => createBooks(1).apply('a', [position(0, 0, 1)])).toThrow(/not in the book/)
  })

  it('an overlay shows its patches and leaves the book beneath alone', () => {
    const books = createBooks(1)
    books.apply('a', [...allMarkets, position(1, 1, 1), position(2, 1, 2)])
    const over = overlay(books.shelf('a'), [
      position(1, 2, 9),
      { op: 'drop-position', id: positionId('p2') },
      position(3, 1, 3),
    ])
    expect([...over.positionsOf(marketId('m1'))].map((p) => p.id)).toEqual(['p3'])
    expect([...over.positionsOf(marketId('m2'))].map((p) => p.data)).toEqual([{ value: 9 }])
    expect(books.shelf('a').position(positionId('p2'))?.data).toEqual({ value: 2 })
  })
})
