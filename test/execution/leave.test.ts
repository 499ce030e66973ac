import { Transaction } from 'ethers'
import { describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { simulatesFirst } from '../../src/execution/simulates-first.ts'
import { execution, planOn } from './rig.ts'

const late = { simulates: 'never' } as const
const raw = `0x02${'aa'.repeat(60)}` as Hex

describe('where there is no time to simulate', () => {
  it('the bytes have been handed over when submit returns, and only the reservation was written before', async () => {
    const { made, head, done, turn, records } = execution(late)
    head(99)
    expect(made.submit(planOn('a'), '0x', 0)).toBeNull()
    expect(done).toEqual(['reservation', 'send'])
    await turn()
    expect(done.slice(2)).toEqual(['intent', 'attempt'])
    expect(records.reservation).toMatchObject([{ nonce: 0, positions: ['a'], block: 99 }])
  })

  it('what was warmed leaves without a word to the journal, re-signed or not', async () => {
    const { made, head, done, sent, turn } = execution(late)
    head(99)
    const plan = planOn('a')
    made.warm([plan, planOn('b')])
    expect(done).toEqual(['reservation'])
    made.warm([plan, planOn('b')])
    expect(done).toEqual(['reservation'])
    made.submit({ ...plan, gasUnits: plan.gasUnits + 1 }, '0x', 0)
    expect(done).toEqual(['reservation', 'send'])
    await turn()
    expect(Transaction.from(sent[0]?.transactions[0]?.raw ?? '').gasLimit).toBe(850_002n)
  })

  it('nothing leaves without a durable reservation: the lane and the position are free again', async () => {
    const { made, head, sent, faults, world, turn } = execution(late)
    head(99)
    world.failing.add('reservation')
    made.submit(planOn('a'), '0x', 0)
    await turn()
    expect(sent).toEqual([])
    expect(String(faults[0])).toMatch(/no room for reservation/)
    world.failing.clear()
    expect(made.isInFlight('a')).toBe(false)
    made.submit(planOn('a'), '0x', 0)
    expect(sent).toHaveLength(1)
  })

  it('an intent that the journal does not take is offered again with each head; its lane takes nothing till then', async () => {
    const { made, head, sent, faults, records, world, turn } = execution(late)
    head(99)
    world.failing.add('intent')
    made.submit(planOn('a'), '0x', 0)
    await turn()
    head(100)
    await turn()
    expect([sent.length, faults.length, records.intent]).toEqual([1, 2, undefined])
    expect(made.submit(planOn('b'), '0x', 0)).toBe('lane-busy')
    world.failing.clear()
    head(101)
    await turn()
    expect(records.intent).toHaveLength(1)
    expect(made.submit(planOn('b'), '0x', 0)).toBeNull()
  })

  it('a kill switch holds it back', async () => {
    const { made, head, done, told, world, turn } = execution(late)
    head(99)
    world.against = 'killed'
    made.submit(planOn('a'), '0x', 0)
    await turn()
    expect(done).not.toContain('send')
    expect(told).toMatchObject([{ status: 'withheld', detail: 'killed' }])
  })

  it('how long it took from the trigger is kept with the first word of it', async () => {
    const { made, head, told, world, turn } = execution(late)
    head(99)
    world.now = 5_000n
    made.submit(planOn('a'), '0x', 0, [], 1_000n)
    world.now = 9_999n
    await turn()
    expect(told).toMatchObject([{ status: 'sent', triggerToSendNs: 4_000n }])
  })

  it('a lane in use by maintenance is waited for, and no longer', async () => {
    const { made, head, lanes, sent, turn } = execution(late)
    head(99)
    let release = (): void => undefined
    void lanes[0]?.queue.add(() => new Promise<void>((done) => (release = done)))
    made.submit(planOn('a'), '0x', 0)
    expect(sent).toEqual([])
    release()
    await new Promise(setImmediate)
    await turn()
    expect(sent).toHaveLength(1)
  })
})

describe('the rule of simulating', () => {
  const rule = { simulates: 'auto', blockSeconds: 12, lateMs: 4_000 } as const

  it('is first while there is time, by the policy, the length of a block and the time since the head', () => {
    expect(simulatesFirst(rule, 0)).toBe(true)
    expect(simulatesFirst(rule, 7_999)).toBe(true)
    expect(simulatesFirst(rule, 8_000)).toBe(false)
    expect(simulatesFirst({ ...rule, blockSeconds: 1.9, lateMs: 0 }, 0)).toBe(false)
    expect(simulatesFirst({ ...rule, simulates: 'always' }, 11_999)).toBe(true)
    expect(simulatesFirst({ ...rule, simulates: 'never' }, 0)).toBe(false)
  })

  it('early in a slot, what would revert does not leave', async () => {
    const { made, head, done, sent, told, world, seconds, turn } = execution()
    head(99)
    seconds(3)
    world.reverts = () => true
    made.submit(planOn('a'), '0x', 0)
    await turn()
    expect(done.slice(0, 2)).toEqual(['intent', 'eth_simulateV1'])
    expect(sent).toEqual([])
    expect(told).toMatchObject([{ status: 'withheld', detail: 'simulation reverts: 0xdead' }])
    expect(made.coolsUntil('a')).toBeNull()
  })

  it('late, it leaves first; a revert seen beside lets it lapse, and cools the position down', async () => {
    const { made, head, done, told, world, seconds, turn } = execution()
    head(99)
    seconds(9)
    world.reverts = () => true
    made.submit(planOn('a'), '0x', 0)
    expect(done).toEqual(['reservation', 'send'])
    await turn()
    expect(done).toContain('eth_simulateV1')
    expect(told.map(({ status, detail }) => `${status} ${detail}`)).toEqual([
      'sent heard',
      'sent simulation reverts: 0xdead; it had left already',
    ])
    expect(made.coolsUntil('a')).toBe(99 + 2)
  })
})

describe('several transactions on one nonce', () => {
  const smaller = { gasUnits: 300_000, shape: 'smaller' }

  it('leave together, each behind its own update, and the journal knows which of them landed', async () => {
    const { made, head, sent, landed, told, records, world, turn } = execution(late)
    head(99)
    made.submit(planOn('a', { before: [raw] }), '0x', 0, [planOn('a', smaller)])
    await turn()
    const [first, second] = sent[0]?.transactions ?? []
    expect(sent).toHaveLength(1)
    expect([first?.before, second?.before]).toEqual([[raw], []])
    const parsed = [first, second].map((one) => Transaction.from(one?.raw ?? ''))
    expect(parsed.map(({ nonce }) => nonce)).toEqual([0, 0])
    expect(first?.hash).not.toBe(second?.hash)
    expect(records.intent).toMatchObject([{ hash: first?.hash, variants: [{ hash: second?.hash, shape: 'smaller' }] }])
    const blockHash = `0x${(100).toString(16).padStart(64, '0')}`
    const receipt = { status: '0x1', blockHash, blockNumber: '0x64', gasUsed: '0x1', transactionHash: second?.hash }
    world.answers.eth_getTransactionReceipt = receipt
    head(100, [second?.hash as Hex])
    await turn()
    expect(landed).toMatchObject([{ hash: second?.hash, shape: 'smaller', plan: 'plan a' }])
    expect(told.at(-1)).toMatchObject({ status: 'included', detail: `in block 100, by ${second?.hash}` })
  })

  it('are held together: no second attempt at a position of any of them', async () => {
    const { made, head, turn } = execution(late, 2)
    head(99)
    made.submit(planOn('a'), '0x', 0, [planOn('b', smaller)])
    await turn()
    expect([made.isInFlight('a'), made.isInFlight('b'), made.isInFlight('c')]).toEqual([true, true, false])
    head(100)
    await turn()
    expect([made.isInFlight('a'), made.isInFlight('b')]).toEqual([false, false])
  })

  it('are simulated each, and those that would revert stay behind', async () => {
    const { made, head, sent, turn, world } = execution()
    head(99)
    world.reverts = (gas) => gas > 600_000
    made.submit(planOn('a'), '0x', 0, [planOn('a', smaller)])
    await turn()
    const left = sent[0]?.transactions.map((one) => Number(Transaction.from(one.raw).gasLimit))
    expect(left).toEqual([550_000])
  })

  it('what must come behind another transaction leaves as a bundle or not at all', () => {
    const { made, head } = execution({ via: 'public' })
    head(99)
    expect(made.submit(planOn('a', { before: [raw] }), '0x', 0)).toBe('needs-bundle')
  })
})
