import { describe, expect, it } from 'vitest'
import { createBacklog } from '../../src/observe/backlog.ts'

function given(places: number) {
  const scheduled: (() => void)[] = []
  const done: string[] = []
  const dropped: number[] = []
  const backlog = createBacklog(
    places,
    (count) => dropped.push(count),
    (work) => scheduled.push(work),
  )
  const later = (name: string): void => backlog.later(() => done.push(name))
  const surely = (name: string): void => backlog.surely(() => done.push(name))
  return { backlog, later, surely, done, dropped, turn: () => scheduled.splice(0).map((work) => work()).length }
}

describe('what waits until the bytes are out', () => {
  it('is done in its turn, what must be written before what is only told', () => {
    const { later, surely, done, turn } = given(4)
    later('a')
    surely('intent')
    later('b')
    expect(done).toEqual([])
    expect(turn()).toBe(1)
    expect(done).toEqual(['intent', 'a', 'b'])
    expect(turn()).toBe(0)
  })

  it('gives up and counts what does not fit, never an intent, and goes round', () => {
    const { later, surely, done, dropped, turn } = given(2)
    for (const name of ['a', 'b', 'c', 'd']) later(name)
    for (const name of ['1', '2', '3', '4']) surely(name)
    turn()
    expect(done).toEqual(['1', '2', '3', '4', 'a', 'b'])
    expect(dropped).toEqual([2])
    for (const name of ['e', 'f']) later(name)
    turn()
    later('g')
    turn()
    expect(done.slice(6)).toEqual(['e', 'f', 'g'])
    expect(dropped).toEqual([2])
  })

  it('does what comes behind one that throws, and lets the fault be seen', () => {
    const { backlog, later, done, turn } = given(4)
    backlog.surely(() => {
      throw new Error('a fault')
    })
    later('a')
    expect(() => turn()).toThrow('a fault')
    expect(done).toEqual(['a'])
  })
})
