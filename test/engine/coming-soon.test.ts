import { expect, it } from 'vitest'
import type { Block } from '#core/block.ts'
import type { Position } from '#core/book.ts'
import type { Scene } from '#core/scene.ts'
import { comingSoon } from '../../src/engine/coming-soon.ts'
import type { Mirror } from '../../src/engine/mirror.ts'

const next = { number: 2, timestamp: 1_000 } as Block
const position = (id: string): Position => ({ id, market: 'one' }) as unknown as Position

/** Stands in for a book: who is below the line now, and who within the day, by strategy; all cross after a minute. */
function mirrorOf(below: Record<string, readonly string[]>, later: Record<string, readonly string[]>) {
  const asked: string[] = []
  const module = {
    nextChange: ({ block }: Scene, { id }: Position) => {
      asked.push(id)
      return { atSecond: block.timestamp + 60 }
    },
  }
  const mirror = {
    modules: { strategies: Object.keys(later).map((key) => ({ key, module })) },
    sceneOf: () => ({ block: next }),
    candidates: (key: string, { block }: Scene) =>
      new Map([['one', (block === next ? below : later)[key]?.map(position) ?? []]]),
  }
  return { mirror: mirror as unknown as Mirror, asked }
}

it('counts whom time brings below the line, not who is there, though the same owner is below it elsewhere', () => {
  const { mirror, asked } = mirrorOf({ a: ['x', 'y'] }, { a: ['x', 'y', 'z'], b: ['x'] })
  expect(comingSoon(mirror, next)).toEqual({ hour: 2, day: 2, nextSeconds: 60 })
  expect(asked).toEqual(['z', 'x'])
})
