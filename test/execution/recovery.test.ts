import { describe, expect, it } from 'vitest'
import { address, type Hex } from '#core/address.ts'
import { findByNonce } from '../../src/execution/find-by-nonce.ts'
import { execution, executor, planOn } from './rig.ts'

const restoreAt = (number: number) => ({
  hash: `0x${number.toString(16).padStart(64, '0')}` as Hex,
  block: { number, timestamp: number * 12, baseFee: 1n as never, parentHash: '0x' as const },
  logs: [],
})
const standing = (lane: string, positions: readonly string[]) => [{ lane, nonce: 3, positions, block: 90 }]

/** A start after a crash, with the nonces the chain counts by then. */
async function started(count: string, positions: readonly string[], via: 'bundle' | 'public' = 'bundle') {
  const one = execution({ simulates: 'never', via }, 2)
  const [lane] = one.lanes
  one.records.reservation = standing(lane?.name ?? '', positions)
  Object.assign(one.world.answers, { eth_getTransactionCount: count, eth_getBalance: '0xffffffffffffffffff' })
  await one.made.restore(restoreAt(100))
  return one
}

describe('a start with a reservation that nobody gave back', () => {
  it('rests the lane and its positions, and nothing else, until what may have left cannot land', async () => {
    const { made, lanes, sent, head, turn } = await started('0x3', ['a'])
    expect([made.isInFlight('a'), made.isInFlight('b')]).toEqual([true, false])
    expect(made.submit(planOn('b'), '0x', 0)).toBeNull()
    expect(sent[0]?.lane).toBe(lanes[1]?.name)
    await turn()
    expect(made.submit(planOn('c'), '0x', 0)).toBe('lane-busy')
    head(101)
    await turn()
    expect(made.isInFlight('a')).toBe(false)
    expect(made.submit(planOn('a'), '0x', 0)).toBeNull()
  })

  it('counts from the node’s own head where it has some yet to follow', async () => {
    const one = execution({ simulates: 'never' }, 2)
    one.records.reservation = standing(one.lanes[0]?.name ?? '', ['a'])
    const answers = { eth_getTransactionCount: '0x3', eth_getBalance: '0x1', eth_blockNumber: '0x67' }
    Object.assign(one.world.answers, answers)
    await one.made.restore(restoreAt(100))
    one.head(101)
    await one.turn()
    expect(one.made.isInFlight('a')).toBe(true)
    one.head(104)
    await one.turn()
    expect(one.made.isInFlight('a')).toBe(false)
  })

  it('rests nothing where the last end was an orderly one', async () => {
    const { made } = await started('0x3', [])
    expect(made.isInFlight('a')).toBe(false)
    expect(made.submit(planOn('a'), '0x', 0)).toBeNull()
  })

  it('leaves alone what used the nonce by hand', async () => {
    const one = execution({ simulates: 'never' })
    const name = one.lanes[0]?.name ?? ''
    one.records.reservation = standing(name, ['a'])
    const byHand = { hash: '0x77', from: name, to: `0x${'99'.repeat(20)}`, nonce: '0x3', blockNumber: '0x5f' }
    Object.assign(one.world.answers, { eth_getTransactionCount: '0x4', eth_getBalance: '0x1', eth_getLogs: [] })
    Object.assign(one.world.answers, { eth_getBlockByNumber: { transactions: [byHand] } })
    await one.made.restore(restoreAt(100))
    expect(one.records.intent).toBeUndefined()
    expect(one.made.isInFlight('a')).toBe(false)
  })

  it('writes down and settles what reverted, which left no log', async () => {
    const one = execution({ simulates: 'never' })
    const name = one.lanes[0]?.name ?? ''
    one.records.reservation = standing(name, ['a'])
    const ours = { hash: '0x77', from: name, to: executor, nonce: '0x3', blockNumber: '0x5f' }
    const receipt = { status: '0x0', transactionHash: '0x77', blockHash: '0x5f', blockNumber: '0x5f', gasUsed: '0x1' }
    Object.assign(one.world.answers, { eth_getTransactionCount: '0x4', eth_getBalance: '0x1', eth_getLogs: [] })
    Object.assign(one.world.answers, { eth_getBlockByNumber: { transactions: [ours] } })
    one.world.answers.eth_getTransactionReceipt = receipt
    await one.made.restore(restoreAt(100))
    await one.made.settled()
    expect(one.records.intent).toMatchObject([{ hash: '0x77', strategy: 'untold', lane: name, nonce: 3 }])
    expect(one.told).toMatchObject([{ status: 'reverted' }])
    expect(one.landed).toHaveLength(1)
  })

  it('gives reservations back at an orderly end', async () => {
    const { made, head, records } = execution({ simulates: 'never' })
    head(99)
    made.warm([planOn('a')])
    made.release()
    expect(records.reservation?.map(({ positions }) => positions)).toEqual([['a'], []])
  })
})

describe('the transaction that used a nonce', () => {
  const lane = address(`0x${'1a'.repeat(20)}`)
  const where = { lane, nonce: 7, executor, fromBlock: 50, toBlock: 100 }
  const own = (block: number) => ({ hash: '0x1', from: lane, nonce: '0x7', to: executor, blockNumber: `0x${block}` })

  it('is found among the executor’s logs, where several speak of others', async () => {
    const by: Record<string, object> = { '0x1': own(60), '0x2': { ...own(60), hash: '0x2', nonce: '0x6' } }
    const found = await findByNonce(async (method, params) => {
      if (method === 'eth_getLogs') return [{ transactionHash: '0x2' }, { transactionHash: '0x1' }]
      return by[String(params[0])] ?? null
    }, where)
    expect(found?.hash).toBe('0x1')
  })

  it('is found in the block in which the count rose, whichever that is, in few calls', async () => {
    for (let used = 50; used <= 100; used += 1) {
      let calls = 0
      const found = await findByNonce(async (method, params) => {
        calls += 1
        if (method === 'eth_getLogs') return []
        if (method === 'eth_getTransactionCount') return Number(params[1]) >= used ? '0x8' : '0x7'
        return { transactions: Number(params[0]) === used ? [own(used)] : [] }
      }, where)
      expect([used, found?.hash]).toEqual([used, '0x1'])
      expect(calls).toBeLessThanOrEqual(2 + 6)
    }
  })
})
