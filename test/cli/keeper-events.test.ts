import { expect, it } from 'vitest'
import { keeperEvents } from '../../src/cli/keeper-events.ts'
import type { Observe } from '../../src/observe/observe.ts'
import { aPlan } from '../builders/plan.ts'

it('a verdict is timed from what called for it, not from the head told last', () => {
  const told: number[] = []
  const observe = { verdict: ({ seconds }: { seconds: number }) => told.push(seconds) } as unknown as Observe
  const events = keeperEvents({ observe, now: Date.now })
  events.verdict({ do: 'act', plan: aPlan() }, 101, 'head', 2_500_000n)
  expect(told).toEqual([0.0025])
})
