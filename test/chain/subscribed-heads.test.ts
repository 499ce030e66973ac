import { keccak256 } from 'ethers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Address, address, type Hex } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'
import { mayHold } from '../../src/chain/bloom.ts'
import type { HeadEvent } from '../../src/chain/heads.ts'
import { type SocketRpc, socketRpc } from '../../src/chain/socket-rpc.ts'
import { SubscribedHeads } from '../../src/chain/subscribed-heads.ts'
import { notice, type ScriptedNode, scriptedNode } from './scripted-node.ts'

const word = (n: number | string): Hex => `0x${String(n).padStart(64, '0')}`
const [watched, other] = [address(`0x${'a1'.repeat(20)}`), address(`0x${'b2'.repeat(20)}`)]
const topic = word('e')
type RawLog = ReturnType<typeof logOf>

/** Bits as the yellow paper sets them, by another way than `mayHold` reads them. */
function bloomOf(names: readonly Hex[]): Hex {
  const bytes = new Uint8Array(256)
  for (const name of names) {
    const hash = Buffer.from(keccak256(name).slice(2), 'hex')
    for (const pair of [0, 2, 4]) {
      const bit = ((hash[pair]! << 8) | hash[pair + 1]!) & 0x7ff
      bytes[255 - (bit >> 3)]! |= 1 << (bit & 7)
    }
  }
  return `0x${Buffer.from(bytes).toString('hex')}`
}
const headerOf = (number: number, fork = 0, logs: readonly RawLog[] = [], parentFork = fork) => ({
  number: `0x${number.toString(16)}`,
  hash: word(number * 10 + fork),
  parentHash: word((number - 1) * 10 + parentFork),
  ...{ timestamp: '0x1', baseFeePerGas: '0x7', gasUsed: '0x0', gasLimit: '0x1' },
  logsBloom: bloomOf(logs.flatMap((log) => [log.address, ...log.topics])),
})
const logOf = (number: number, logIndex: number, by: Address = watched, fork = 0) => ({
  ...{ address: by, topics: [topic], data: word(logIndex), blockNumber: `0x${number.toString(16)}` },
  ...{ blockHash: word(number * 10 + fork), transactionHash: word(77), transactionIndex: '0x0' },
  ...{ logIndex: `0x${logIndex.toString(16)}`, removed: false },
})

describe('heads that a node tells', () => {
  let node: ScriptedNode
  let rpc: SocketRpc
  let heads: SubscribedHeads
  /** What the node has. */
  let chain: ReturnType<typeof headerOf>[]
  let logs: RawLog[]
  let filters: LogFilter[]
  const given: (HeadEvent & { again: boolean })[] = []
  const faults: string[] = []
  const unsupported: string[] = []
  let isSubscribable = true

  beforeEach(async () => {
    chain = [headerOf(1)]
    logs = []
    filters = [{ addresses: [watched], topics: [topic] }]
    isSubscribable = true
    for (const list of [given, faults, unsupported]) list.length = 0
    node = await scriptedNode(({ method, params }) => {
      const [first, second] = params as [string, { addresses: string }]
      if (method === 'eth_subscribe')
        return isSubscribable ? `${first}${JSON.stringify(second ?? '').length}` : new Error('no such method')
      if (method === 'eth_getBlockByNumber')
        return first === 'latest' ? chain.at(-1) : (chain.find(({ number }) => number === first) ?? null)
      if (method === 'eth_getBlockByHash') return chain.find(({ hash }) => hash === first) ?? null
      const { blockHash, address: addresses = [] } = params[0] as { blockHash: string; address?: string[] }
      return logs.filter((log) => log.blockHash === blockHash && addresses.includes(log.address))
    })
    rpc = socketRpc(node.url)
  })
  afterEach(async () => {
    heads?.stop()
    rpc.close()
    await node.stop()
  })
  const follow = async (silentMs = 60_000): Promise<void> => {
    heads = new SubscribedHeads({
      ...{ rpc, filters: () => filters, from: { hash: word(10), number: 1 }, depth: 8, silentMs },
      give: (head, taken) => {
        given.push(head)
        setImmediate(taken)
      },
      onAhead: () => undefined,
      onFault: (error) => faults.push(error.message),
      onUnsupported: (error) => unsupported.push(error.message),
      onBroken: (error) => faults.push(`broken: ${error}`),
    })
    if (isSubscribable) await quiet('eth_getBlockByNumber', 1)
  }
  const asked = (method: string): number => node.asked.filter((one) => one.method === method).length
  /** Until a method was asked so often, and some more turns of the loop have passed. */
  const quiet = async (method = '', least = 0): Promise<void> => {
    for (let tries = 0; tries < 500 && asked(method) < least; tries += 1)
      await new Promise((turn) => setTimeout(turn, 2))
    await new Promise((turn) => setTimeout(turn, 40))
  }
  const logName = (): string =>
    `logs${JSON.stringify(node.asked.findLast(({ params }) => params[0] === 'logs')?.params[1]).length}`
  const head = (raw: object): object => notice('newHeads2', raw)
  const log = (raw: object): object => notice(logName(), raw)
  const said = (): readonly string[] =>
    given.map(
      ({ block, logs: own, again }) =>
        `${block.number}${again ? ' again' : ''}: ${own.map((one) => one.logIndex).join()}`,
    )

  it('are given with the logs that came before them, or behind them, and nothing is asked for what was complete', async () => {
    await follow()
    const [before, behind] = [[logOf(2, 0), logOf(2, 1)], [logOf(3, 4)]]
    logs = [...before, ...behind]
    node.say(...before.map(log), head(headerOf(2, 0, before)))
    await quiet('eth_getLogs', 1)
    node.say(head(headerOf(3, 0, behind)), ...behind.map(log))
    await quiet('eth_getLogs', 2)
    expect(said()).toEqual(['2: 0,1', '3: 4'])
    expect(given[0]?.logs[1]?.word(0)).toBe(1n)
    expect(given[0]?.logs[1]?.block.number).toBe(2)
    expect(faults).toEqual([])
  })

  it('cost no question where the bloom has no room for what is watched', async () => {
    await follow()
    const before = rpc.requests()
    for (let number = 2; number < 12; number += 1) node.say(head(headerOf(number, 0, [logOf(number, 0, other)])))
    await quiet()
    expect(given.map(({ block }) => block.number)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(rpc.requests()).toBe(before)
  })

  it('wait for their first log where the bloom has room for one, and are given with it before any answer', async () => {
    await follow()
    const late = logOf(2, 3)
    logs = [late]
    node.mute('eth_getLogs')
    node.say(head(headerOf(2, 0, [late])))
    await quiet('eth_getLogs', 1)
    expect(said()).toEqual([])
    node.say(log(late))
    await quiet()
    expect(said()).toEqual(['2: 3'])
  })

  it("are given with the node's answer where nothing is pushed", async () => {
    await follow()
    logs = [logOf(2, 5)]
    node.say(head(headerOf(2, 0, logs)))
    await quiet('eth_getLogs', 1)
    expect(said()).toEqual(['2: 5'])
    expect(asked('eth_getLogs')).toBe(1)
  })

  it('are given again, and those upon them, where a log came late or was never pushed', async () => {
    await follow()
    logs = [logOf(2, 0), logOf(2, 1), logOf(2, 2)]
    node.mute('eth_getLogs')
    node.say(log(logs[0]!), head(headerOf(2, 0, logs)), head(headerOf(3)))
    await quiet()
    node.say(log(logs[1]!))
    await quiet()
    expect(said()).toEqual(['2: 0', '3: ', '2 again: 0,1', '3 again: '])
    node.unmute()
    await quiet()
    expect(said().slice(4)).toEqual(['2 again: 0,1,2', '3 again: '])
  })

  it('are asked for their logs always once a bloom was seen to lie', async () => {
    await follow()
    logs = [logOf(2, 0), logOf(3, 0)]
    node.say(head(headerOf(2)))
    await quiet()
    node.say(log(logs[0]!))
    await quiet()
    node.say(head(headerOf(3)))
    await quiet('eth_getLogs', 2)
    expect(said()).toEqual(['2: ', '2 again: 0', '3: 0'])
  })

  it('do not take a log that the node takes back', async () => {
    await follow()
    node.say(log({ ...logOf(2, 0), removed: true }), head(headerOf(2)))
    await quiet()
    expect(said()).toEqual(['2: '])
  })

  it('of a gap are asked for, one by one', async () => {
    await follow()
    chain = [1, 2, 3, 4].map((number) => headerOf(number))
    node.say(head(headerOf(4)))
    await quiet('eth_getBlockByNumber', 3)
    expect(said()).toEqual(['2: ', '3: ', '4: '])
  })

  it('of another branch are given from the fork on', async () => {
    await follow()
    for (const number of [2, 3, 4]) node.say(head(headerOf(number)))
    await quiet()
    chain = [headerOf(1), headerOf(2), headerOf(3, 1, [], 0), headerOf(4, 1)]
    logs = [logOf(4, 9, watched, 1)]
    node.say(log(logs[0]!), head(headerOf(4, 1, logs)))
    await quiet('eth_getBlockByHash', 1)
    expect(given.map(({ hash }) => hash)).toEqual([20, 30, 40, 31, 41].map(word))
    expect(said().at(-1)).toBe('4: 9')
  })

  it('bring the logs of what came to be watched, from the block on in which it came', async () => {
    await follow()
    node.say(head(headerOf(2)))
    await quiet()
    filters = [...filters, { addresses: [other], topics: [topic] }]
    node.say(head(headerOf(3)))
    await quiet('eth_unsubscribe', 1)
    logs = [logOf(4, 0, other), logOf(4, 1)]
    node.say(...logs.map(log), head(headerOf(4, 0, logs)))
    await quiet()
    expect(said()).toEqual(['2: ', '3: ', '4: 0,1'])
    const methods = node.asked.map(({ method, params }) => `${method} ${params[0]}`)
    const renewed = methods.lastIndexOf('eth_subscribe logs')
    expect(methods.findIndex((one) => one.startsWith('eth_unsubscribe'))).toBeGreaterThan(renewed)
  })

  it('go on after the connection broke, with what was missed', async () => {
    await follow()
    chain = [1, 2, 3].map((number) => headerOf(number))
    node.drop()
    await quiet('eth_subscribe', 4)
    node.say(head(headerOf(4)))
    await quiet()
    expect(said()).toEqual(['2: ', '3: ', '4: '])
    expect(faults.length).toBe(1)
  })

  it('regression 11: a WebSocket that falls silent is opened anew, and the gap is made up for', async () => {
    await follow(1_000)
    chain = [1, 2, 3].map((number) => headerOf(number))
    // Its pings are answered all the while: nothing but the missing blocks tells.
    for (let tries = 0; tries < 1_000 && given.length < 2; tries += 1) await new Promise((turn) => setTimeout(turn, 10))
    expect(said()).toEqual(['2: ', '3: '])
    expect(node.connections()).toBeGreaterThanOrEqual(2)
    expect(faults[0]).toMatch(/kept silent: it told of no block for \d\.\d s/)
  })

  it('of a chain that rests are no fault', async () => {
    await follow(400)
    await quiet('eth_subscribe', 6)
    expect(node.connections()).toBeGreaterThanOrEqual(2)
    expect(faults).toEqual([])
  })

  it('cannot be had of a node without subscriptions, and that is said', async () => {
    isSubscribable = false
    await follow()
    await quiet('eth_subscribe', 1)
    expect(unsupported).toEqual(['eth_subscribe: no such method'])
  })
})

it('a bloom has room for whatever was put into it', () => {
  const names = Array.from({ length: 40 }, (_, at) => word(at + 1_000))
  const bloom = bloomOf(names)
  for (const name of names) expect(mayHold(bloom, [{ addresses: 'any', topics: [name] }])).toBe(true)
  expect(mayHold(bloomOf([]), [{ addresses: 'any', topics: [names[0]!] }])).toBe(false)
  expect(mayHold(undefined, [])).toBe(true)
})
