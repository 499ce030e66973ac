import { describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import type { Plan } from '#core/plan.ts'
import { execution, planOn } from './rig.ts'

/** One transaction for several positions. */
const together = (...positions: readonly string[]): Plan => ({
  ...planOn(positions.join()),
  steps: positions.flatMap((position) => planOn(position).steps),
})

describe('after a transaction for several reverted', () => {
  /** Sent late: a node says beside it what reverts. */
  function late() {
    const given = execution()
    const { made, head, seconds, turn, world } = given
    const send = async (plan: Plan, block: number, reverts: boolean): Promise<void> => {
      world.reverts = () => reverts
      head(block)
      seconds((block - 99) * 12 + 9)
      expect(made.submit(plan, '0x', 0)).toBeNull()
      await turn()
      head(block + 1)
      await turn()
    }
    head(99)
    return { ...given, send }
  }

  it('none of them rests; each comes alone until the one is found that reverts alone, and only it is left', async () => {
    const { made, send, head, turn } = late()
    const states = () => ['bad', 'a', 'b'].map((one) => [made.isApart(one), made.coolsUntil(one) !== null])
    await send(together('a', 'bad', 'b'), 99, true)
    expect(states()).toEqual([
      [true, false],
      [true, false],
      [true, false],
    ])
    await send(planOn('bad'), 101, true)
    expect(states()).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ])
    // The guilty one comes alone for ever; what may have been a moved price is forgotten.
    await send(together('a', 'b'), 110, true)
    head(111 + 15)
    await turn()
    expect(states().map(([isApart]) => isApart)).toEqual([true, true, true])
    head(111 + 16)
    await turn()
    expect(states().map(([isApart]) => isApart)).toEqual([true, false, false])
  })

  it('one that lands alone is no longer under suspicion, and the others still are', async () => {
    const { made, send, world, sent, head, turn } = late()
    await send(together('a', 'bad'), 99, true)
    world.reverts = () => false
    head(101)
    made.submit(planOn('a'), '0x', 0)
    await turn()
    const hash = sent.at(-1)?.transactions[0]?.hash as Hex
    const blockHash = `0x${(102).toString(16).padStart(64, '0')}`
    world.answers.eth_getTransactionReceipt = { status: '0x1', blockHash, blockNumber: '0x66', gasUsed: '0x1' }
    head(102, [hash])
    await turn()
    expect([made.isApart('a'), made.isApart('bad')]).toEqual([false, true])
  })

  it('early in a slot as well: what a node refuses together leaves each to be asked alone', async () => {
    const { made, head, seconds, world, turn, told } = execution()
    head(99)
    seconds(3)
    world.reverts = () => true
    made.submit(together('a', 'bad'), '0x', 0)
    await turn()
    expect(told).toMatchObject([{ status: 'withheld' }])
    expect([made.isApart('a'), made.isApart('bad'), made.coolsUntil('a')]).toEqual([true, true, null])
    made.submit(planOn('bad'), '0x', 0)
    await turn()
    expect([made.isApart('a'), made.isApart('bad')]).toEqual([false, true])
    expect([made.coolsUntil('a'), made.coolsUntil('bad')]).toEqual([null, 99 + 2])
  })
})
