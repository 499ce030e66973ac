import { describe, expect, it } from 'vitest'
import { overlay } from '../../src/book/overlay.ts'
import { createShelf } from '../../src/book/shelf.ts'
import type { Log } from '../../src/core/block.ts'
import { type Dirty, marketId, positionId } from '../../src/core/book.ts'
import { KeeperError } from '../../src/core/error.ts'
import type { Scene } from '../../src/core/scene.ts'
import type { Strategy } from '../../src/core/strategy.ts'
import type { View } from '../../src/core/world.ts'
import { createFaults } from '../../src/engine/faults.ts'
import { stubStrategy } from '../quote/stub.ts'

const [market, a, b] = [marketId('m'), positionId('a'), positionId('b')]
const fail = (): never => {
  throw new RangeError('Division by zero')
}
const logIn = (parentHash: string): Log => ({ block: { number: 1, parentHash } }) as never

function given(hostile: Partial<Strategy>) {
  const shelf = createShelf()
  const faults = createFaults(() => shelf)
  const { module } = stubStrategy([])
  const isolated = faults.isolated({ key: 'k', name: 'stub', module: { ...module, ...hostile } }).module
  return { shelf, faults, isolated, why: (id = a) => faults.of('k', id, market) }
}
const view = {} as View
const all: Dirty = { markets: [market], positions: [a, b] }

describe('a strategy’s fault stays its own', () => {
  for (const member of ['fold', 'feeds', 'watches', 'assets'] as const)
    it(`in ${member}: all its positions are held by name until it is read anew`, () => {
      const { shelf, faults, isolated, why } = given({ [member]: fail })
      const ask = (): unknown => (member === 'fold' ? isolated.fold(shelf, logIn('0x1')) : isolated[member](shelf))
      expect(() => ask()).not.toThrow()
      expect(why()).toMatch(new RegExp(`^k could not be followed \\(${member}: Division by zero\\)`))
      expect([faults.broken(), faults.takeNews().length, faults.takeNews().length]).toEqual([['k'], 1, 0])
      faults.mend('k', '0xaa')
      expect([why(), faults.broken()]).toEqual([null, []])
      // Read anew in a block that is gone.
      faults.onUndone(['0xaa'], '0x')
      expect(faults.broken()).toEqual(['k'])
    })

  it('in what feeds it said before: they stand', () => {
    let isBroken = false
    const feeds = [{ id: 'f' }] as never
    const { shelf, isolated } = given({ feeds: () => (isBroken ? fail() : feeds) })
    isolated.feeds(shelf)
    isBroken = true
    expect(isolated.feeds(shelf)).toBe(feeds)
  })

  it('while it is broken logs are kept for later, but for those of blocks that are gone', () => {
    const { shelf, faults, isolated } = given({ fold: fail })
    isolated.fold(shelf, logIn('0x1'))
    const logs = ['0x2', '0x3', '0x4'].map(logIn)
    for (const log of logs) isolated.fold(shelf, log)
    faults.onUndone(['0x4'], '0x3')
    expect(faults.mend('k', null)).toEqual(logs.slice(0, 1))
  })

  it('in refresh: only what cannot be read alone is held, and asked for half as often each time', async () => {
    const asked: number[] = []
    const { shelf, faults, isolated, why } = given({
      refresh: async (_view, _book, { markets, positions }) => {
        asked.push(markets.length + positions.length)
        return positions.includes(a) ? fail() : [...positions].map((id) => ({ op: 'drop-position' as const, id }))
      },
    })
    expect(await isolated.refresh(view, shelf, all)).toEqual([{ op: 'drop-position', id: b }])
    expect(asked).toEqual([3, 2, 1, 1, 1])
    expect([why(), why(b)]).toEqual(['k a: Division by zero', null])
    const due = [1, 2, 3, 4, 5, 6, 7, 8].map((block) => faults.due(block).length)
    expect(due).toEqual([1, 1, 0, 1, 0, 0, 0, 1])
  })

  it('in refresh: what the node did is told as it was, and what could be read again is held no more', async () => {
    let error: Error | null = new KeeperError('rpc-unreachable', 'gone', { retryable: true })
    const refresh = async () => {
      if (error !== null) throw error
      return []
    }
    const { shelf, isolated, why } = given({ refresh })
    await expect(isolated.refresh(view, shelf, all)).rejects.toThrow('gone')
    expect(why()).toBeNull()
    error = new KeeperError('bad-answer', 'no honest answer')
    await isolated.refresh(view, shelf, { markets: [], positions: [a] })
    expect(why()).toBe('k a: no honest answer')
    error = null
    await isolated.refresh(view, shelf, { markets: [], positions: [a] })
    expect(why()).toBeNull()
  })

  it('in nextChange: that position is held, and nothing comes for it', () => {
    const { isolated, why } = given({ nextChange: fail })
    const position = { id: a, market, owner: null, data: {} }
    expect(isolated.nextChange({} as Scene, position)).toBeNull()
    expect([why(), why(b)]).toEqual(['k a: Division by zero', null])
  })

  it('on what may come fails there, and holds nothing', async () => {
    const { shelf, isolated, why } = given({ fold: fail, refresh: fail })
    const other = overlay(shelf, [{ op: 'drop-position', id: a }])
    expect(() => isolated.fold(other, logIn('0x1'))).toThrow(KeeperError)
    await expect(isolated.refresh(view, other, all)).rejects.toThrow()
    expect(why()).toBeNull()
  })
})
