import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createHeap } from '../../src/calendar/heap.ts'

it('gives what was put in by its second, whatever comes between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(50), { nil: null }), { maxLength: 200 }), (steps) => {
      const heap = createHeap<{ at: number }>()
      const model: number[] = []
      for (const step of steps) {
        if (step !== null) {
          heap.push({ at: step })
          model.push(step)
          model.sort((a, b) => a - b)
        } else expect(heap.pop()?.at).toBe(model.shift())
        expect(heap.peek()?.at).toBe(model[0])
        expect(heap.size()).toBe(model.length)
      }
    }),
  )
})
