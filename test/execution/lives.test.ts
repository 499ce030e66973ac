import { describe, expect, it } from 'vitest'
import { createReservations } from '../../src/execution/reservations.ts'
import { execution, planOn } from './rig.ts'

const late = { simulates: 'never' } as const
const held = (): { readonly until: Promise<void>; readonly go: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { until: promise, go: resolve }
}

describe('a reservation on its way to a database', () => {
  it('is waited for: not a byte leaves before', async () => {
    const { made, head, done, world, turn } = execution(late)
    head(99)
    const { until, go } = held()
    world.reserving = until
    made.submit(planOn('a'), '0x', 0)
    expect(done).toEqual([])
    go()
    await until
    await new Promise((resolve) => setTimeout(resolve))
    await turn()
    expect(done.slice(0, 2)).toEqual(['reservation', 'send'])
  })

  it('that comes when its block has passed sends nothing, and says so', async () => {
    const { made, head, sent, told, world, turn } = execution(late)
    head(99)
    const { until, go } = held()
    world.reserving = until
    made.submit(planOn('a'), '0x', 0)
    head(100)
    go()
    await until
    await new Promise((resolve) => setTimeout(resolve))
    await turn()
    expect(sent).toEqual([])
    expect(told).toMatchObject([{ status: 'withheld', detail: expect.stringContaining('too late') }])
  })

  it('behind which the nonce was used by another sends nothing: what was signed cannot land', async () => {
    const { made, head, sent, told, lanes, world, turn } = execution(late)
    head(99)
    const { until, go } = held()
    world.reserving = until
    made.submit(planOn('a'), '0x', 0)
    lanes[0]!.nonce = 1
    go()
    await until
    await new Promise((resolve) => setTimeout(resolve))
    await turn()
    expect(sent).toEqual([])
    expect(told).toMatchObject([{ status: 'withheld', detail: expect.stringContaining('nonce') }])
  })

  it('covers nobody whom the newest one asked for leaves out: that will soon be all that is known', async () => {
    const written: (() => void)[] = []
    const reservations = createReservations(() => new Promise<void>((done) => written.push(done)))
    const lane = { name: 'lane', nonce: 0 } as never
    const first = reservations.reserve(lane, ['a'], 1)
    written[0]?.()
    await first
    expect(reservations.covers(lane, ['a'])).toBe(true)
    const others = Array.from({ length: 256 }, (_, at) => `other ${at}`)
    const second = reservations.reserve(lane, others, 2)
    expect(reservations.covers(lane, ['a'])).toBe(false)
    written[1]?.()
    await second
    expect(reservations.covers(lane, others)).toBe(true)
  })
})

describe('what was begun before another keeper sent', () => {
  it('sends nothing where its reservation comes after, and leaves the lane to what comes then', async () => {
    const { made, head, sent, told, lanes, world, turn } = execution(late)
    head(99)
    const { until, go } = held()
    world.reserving = until
    made.submit(planOn('a'), '0x', 0)
    made.rest()
    lanes[0]!.busyWith = 'of the next life'
    go()
    await turn()
    expect([sent, told]).toEqual([[], []])
    expect(lanes[0]?.busyWith).toBe('of the next life')
  })

  it('sends nothing where it was being written down, or simulated', async () => {
    for (const steps of [0, 1, 2, 3, 4]) {
      const { made, head, sent, told, lanes, turn } = execution({ simulates: 'always' })
      head(99)
      made.submit(planOn('a'), '0x', 0)
      for (let step = 0; step < steps; step += 1) await Promise.resolve()
      if (sent.length > 0) continue
      made.rest()
      lanes[0]!.busyWith = 'of the next life'
      await turn()
      expect([steps, sent, told]).toEqual([steps, [], []])
      expect(lanes[0]?.busyWith).toBe('of the next life')
    }
  })

  it('is written down where its bytes were out already, and ends nothing of the next life', async () => {
    const { made, head, sent, records, lanes, turn } = execution(late)
    head(99)
    made.submit(planOn('a'), '0x', 0)
    expect(sent).toHaveLength(1)
    made.rest()
    lanes[0]!.busyWith = 'of the next life'
    await turn()
    expect(records.intent).toHaveLength(1)
    expect(lanes[0]?.busyWith).toBe('of the next life')
  })
})
