import { describe, expect, it } from 'vitest'
import { KeeperError } from '#core/error.ts'
import { createLeading, leadCommand } from '../../src/engine/leading.ts'
import type { Head } from '../../src/scene/next-block.ts'

const head = (number: number): Head => ({ block: { number } }) as Head

function leadingOf(restore: () => Promise<void>) {
  const lease = { epoch: 1 as number | null }
  const done: string[] = []
  const faults: Error[] = []
  const leading = createLeading({
    lead: { against: () => null, epoch: () => lease.epoch, isFromStart: false, restore: async () => undefined },
    restore: async () => {
      done.push('restore')
      await restore()
    },
    rest: () => done.push('rest'),
    fault: (error) => faults.push(error),
  })
  return { leading, lease, done, faults }
}

describe('taking over', () => {
  it('lets nothing be sent before what the one before left open is taken up', async () => {
    const { leading, done } = leadingOf(async () => undefined)
    await leading.begin(head(1))
    expect([done, leading.against()]).toEqual([['rest'], expect.any(String)])
    leading.onCommand(leadCommand(true))
    expect(leading.against()).not.toBeNull()
    expect(await leading.settle(head(1))).toBe(true)
    expect(leading.against()).toBeNull()
    leading.onCommand(leadCommand(false))
    expect(leading.against()).not.toBeNull()
  })

  it('is of no use where the lease was lost and taken again meanwhile: what was read is of an epoch that is past', async () => {
    const { leading, lease } = leadingOf(async () => {
      lease.epoch = 2
    })
    leading.onCommand(leadCommand(true))
    expect(await leading.settle(head(1))).toBe(false)
    expect([leading.isUp(), leading.against()]).toEqual([false, expect.any(String)])
    // The commands that tell of it come next.
    leading.onCommand(leadCommand(false))
    leading.onCommand(leadCommand(true))
    expect(await leading.settle(head(1))).toBe(true)
  })

  it('that fails is tried again with the next head, and not with everything that comes between', async () => {
    let isFailing = true
    const { leading, done, faults } = leadingOf(async () => {
      if (isFailing) throw new KeeperError('rpc-unreachable', 'the node is away', { retryable: true })
    })
    leading.onCommand(leadCommand(true))
    const first = head(1)
    for (let input = 0; input < 3; input += 1) expect(await leading.settle(first)).toBe(false)
    expect(done.filter((one) => one === 'restore')).toHaveLength(1)
    expect(faults).toHaveLength(1)
    isFailing = false
    expect(await leading.settle(head(2))).toBe(true)
  })
})
