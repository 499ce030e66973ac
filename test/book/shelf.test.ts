import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Address } from '#core/address.ts'
import { type MarketId, marketId, type Position, type PositionId, positionId } from '#core/book.ts'
import type { Row } from '#core/packed.ts'
import type { Rec } from '#core/plain.ts'
import { createShelf, type Shelf, type ShelfPatch } from '../../src/book/shelf.ts'
import { address, plain } from './support/plain.ts'

const homes = [0, 1, 2].map((n) => marketId(`m${n}`))
/** Few ids, so that they meet again: with the owner in them, with another, with none, of plain words, of any letters. */
const ids = fc.oneof(
  fc.nat(12).map((n) => `0x${'a'.repeat(40)}/0x${n.toString(16).padStart(40, '0')}`),
  fc.nat(6).map((n) => `0x${n.toString(16).padStart(40, 'b')}`),
  fc.nat(4).map((n) => `vault-${n}`),
  fc.constantFrom('', '日本', '0xABC', `\u0000${'x'.repeat(300)}`, `0x${'A'.repeat(40)}`),
)
const position = fc
  .tuple(ids, fc.nat(2), fc.oneof(fc.constant(null), fc.constant('own'), address, fc.constant('Somebody')), plain)
  .map(
    ([id, home, owner, value]): Position => ({
      id: positionId(id),
      market: homes[home] as MarketId,
      owner: (owner === 'own' ? (/0x[0-9a-f]{40}$/.exec(id)?.[0] ?? null) : owner) as Address | null,
      data: { value } as Rec,
    }),
  )
const patches = fc.oneof(
  { weight: 3, arbitrary: position.map((one): ShelfPatch => ({ op: 'put-position', position: one })) },
  { weight: 1, arbitrary: ids.map((id): ShelfPatch => ({ op: 'drop-position', id: positionId(id) })) },
)

const shelfWithHomes = (): Shelf => {
  const shelf = createShelf()
  for (const id of homes) shelf.apply({ op: 'put-market', market: { id, epoch: 0, data: {} } })
  return shelf
}

/** What a listener makes of what it is told: rows and what lies there. */
function followed(shelf: Shelf): ReadonlyMap<Row, PositionId> {
  const known = new Map<Row, PositionId>()
  let asked = positionId('')
  shelf.listen({
    // The kind goes by the data, so that it changes with it.
    kindOf: ({ id, data }) => {
      asked = id
      return typeof data.value === 'bigint' ? 2 : data.value === null ? 1 : 0
    },
    put: (row) => known.set(row, asked),
    left: (row) => known.delete(row),
    market: () => undefined,
  })
  return known
}

function expectSame(shelf: Shelf, model: ReadonlyMap<PositionId, Position>): void {
  const all = new Map([...shelf.positions()].map((one) => [one.id, one]))
  expect(all).toEqual(model)
  expect(shelf.size().positions).toBe(model.size)
  for (const [id, one] of model) expect(shelf.position(id)).toEqual(one)
  for (const home of homes) {
    const there = [...shelf.positionsOf(home)].map(({ id }) => id).sort()
    expect(there).toEqual([...model.values()].flatMap(({ id, market }) => (market === home ? [id] : [])).sort())
  }
}

describe('a shelf', () => {
  it('is what a map of plain records would be, and every patch is undone by its inverse', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(patches, fc.nat(3)), { maxLength: 60 }), (steps) => {
        const shelf = shelfWithHomes()
        const rows = followed(shelf)
        const model = new Map<PositionId, Position>()
        const undo: ShelfPatch[] = []
        for (const [patch, kind] of steps) {
          undo.push(shelf.apply(patch))
          if (patch.op === 'drop-position') model.delete(patch.id)
          if (patch.op !== 'put-position') continue
          model.set(patch.position.id, patch.position)
          // A screen may sort it among others of its kind at any time, which changes nothing.
          const row = shelf.rowOf(patch.position.id) as Row
          const sorted = shelf.sort(row, kind)
          ;(rows as Map<Row, PositionId>).delete(row)
          ;(rows as Map<Row, PositionId>).set(sorted, patch.position.id)
        }
        expectSame(shelf, model)
        expect(new Set(rows.values())).toEqual(new Set(model.keys()))
        for (const [row, id] of rows) expect(shelf.positionAt(row)?.id).toBe(id)
        for (const patch of undo.reverse()) shelf.apply(patch)
        expectSame(shelf, new Map())
      }),
      { numRuns: 300 },
    )
  })

  it('draws every position about as often', () => {
    const shelf = shelfWithHomes()
    const count = 50
    for (let n = 0; n < count; n += 1) {
      const id = positionId(`0x${n.toString(16).padStart(40, '0')}`)
      shelf.apply({ op: 'put-position', position: { id, market: homes[0] as MarketId, owner: null, data: {} } })
    }
    const drawn = new Map<PositionId, number>()
    for (let number = 0; number < 10_000; number += 1) {
      const one = shelf.draw(number)
      if (one !== null) drawn.set(one.id, (drawn.get(one.id) ?? 0) + 1)
    }
    expect(drawn.size).toBe(count)
    expect(Math.max(...drawn.values()) - Math.min(...drawn.values())).toBeLessThanOrEqual(1)
  })

  it('keeps many, through growth and holes', () => {
    const shelf = shelfWithHomes()
    const idOf = (n: number): PositionId => positionId(`p/0x${(n * 7919).toString(16).padStart(40, '0')}`)
    const put = (n: number, value: bigint): void => {
      const one = { id: idOf(n), market: homes[n % 3] as MarketId, owner: null, data: { value } }
      shelf.apply({ op: 'put-position', position: one })
    }
    for (let n = 0; n < 20_000; n += 1) put(n, BigInt(n) ** 3n)
    for (let n = 0; n < 20_000; n += 3) shelf.apply({ op: 'drop-position', id: idOf(n) })
    for (let n = 0; n < 20_000; n += 2) put(n, BigInt(n) ** 9n)
    for (let n = 0; n < 20_000; n += 1) {
      const wanted = n % 2 === 0 ? BigInt(n) ** 9n : n % 3 === 0 ? undefined : BigInt(n) ** 3n
      expect(shelf.position(idOf(n))?.data.value).toBe(wanted)
    }
  })
})
