import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { KeeperError } from '#core/error.ts'
import { createFramer } from '../../src/chain/framer.ts'
import type { JsonCursor } from '../../src/chain/json-cursor.ts'
import { openRpc } from '../../src/chain/open-rpc.ts'
import { type SocketRpc, socketRpc } from '../../src/chain/socket-rpc.ts'
import { notice, type ScriptedNode, scriptedNode } from './scripted-node.ts'

const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 500) throw new Error('it never came')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
const text = { read: (cursor: JsonCursor) => (cursor.text() ? '' : cursor.slice()) }

describe('a node behind a socket', () => {
  let node: ScriptedNode | undefined
  let rpc: SocketRpc | undefined
  afterEach(async () => {
    rpc?.close()
    await node?.stop()
  })

  it('answers requests and batches in the order asked, and a refusal in its place', async () => {
    node = await scriptedNode(({ method, params }) => (method === 'no' ? new Error('not here') : params))
    rpc = socketRpc(node.url, { batchLimit: 2 })
    expect(await rpc.request('one', [1])).toEqual([1])
    const asks = ['a', 'no', 'b'].map((method) => ({ method, params: [method] }))
    const [a, no, b] = await rpc.batch(asks)
    expect([a, b]).toEqual([['a'], ['b']])
    expect((no as KeeperError).message).toBe('no: not here')
    await expect(rpc.request('no', [])).rejects.toMatchObject({ code: 'rpc-refused', retryable: false })
    expect(rpc.requests()).toBe(5)
  })

  it('has the bytes out before `request` returns', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'plimsoll-ipc-')), 'node.ipc')
    const heard = new Int32Array(new SharedArrayBuffer(4))
    const listens = `const { workerData: [path, heard], parentPort } = require('node:worker_threads')
      require('node:net').createServer((socket) => socket.on('data', (bytes) => Atomics.add(heard, 0, bytes.length)))
        .listen(path, () => parentPort.postMessage(0))`
    const worker = new Worker(listens, { eval: true, workerData: [path, heard] })
    await new Promise((resolve) => worker.once('message', resolve))
    rpc = socketRpc(path)
    await new Promise<void>((opened) => rpc?.watch({ opened, lost: () => undefined }))
    const sent = rpc.request('eth_sendRawTransaction', ['0x02']).catch(() => undefined)
    // This side's loop does not turn any more: what the other hears was written before.
    const deadline = Date.now() + 2_000
    while (Atomics.load(heard, 0) === 0 && Date.now() < deadline);
    expect(Atomics.load(heard, 0)).toBeGreaterThan(0)
    rpc.close()
    await Promise.all([sent, worker.terminate()])
  })

  it('hears notices that come in the same chunk as the answer to the subscription', async () => {
    node = await scriptedNode(({ params }) => {
      queueMicrotask(() => node?.say(notice(String(params[0]), 'first')))
      return params[0]
    })
    rpc = socketRpc(node.url)
    const heard: string[] = []
    const subscription = await rpc.subscribe(['newHeads'], { ...text, take: (value) => heard.push(value) })
    node.say('{ "params" : {"result":"by \\u0065scape" , "subscription":"newHeads"}, "method":"eth_subscription" }')
    await until(() => heard.length === 2)
    expect(heard[0]).toBe('first')
    subscription.cancel()
    node.say(notice('newHeads', 'late'), notice('never', 'stray'))
    await rpc.request('ping', [1])
    expect(heard.length).toBe(2)
    expect(node.asked.map(({ method }) => method)).toContain('eth_unsubscribe')
  })

  it('names what nobody can read, and goes on', async () => {
    node = await scriptedNode(({ params }) => params[0])
    const unread: KeeperError[] = []
    rpc = socketRpc(node.url, { onUnread: (error) => unread.push(error) })
    await rpc.subscribe(['newHeads'], { ...text, take: () => undefined })
    node.say(
      '{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"newHeads","result":"x"',
      'null',
      '[null]',
    )
    await until(() => unread.length === 2)
    expect(unread.map(({ code }) => code)).toEqual(['bad-answer', 'bad-answer'])
    expect(await rpc.request('still', ['here'])).toBe('here')
  })

  it('fails what was asked when the connection breaks, opens another, and asks what came meanwhile there', async () => {
    node = await scriptedNode(({ method, params }) => (method === 'hang' ? undefined : params[0]))
    rpc = socketRpc(node.url)
    const seen: string[] = []
    rpc.watch({ opened: () => seen.push('opened'), lost: (error) => seen.push(error.code) })
    await rpc.request('a', [1])
    const lost = rpc.request('hang', [])
    node.drop()
    await expect(lost).rejects.toMatchObject({ code: 'rpc-unreachable', retryable: true })
    expect(await rpc.request('b', [2])).toBe(2)
    expect(seen).toEqual(['opened', 'rpc-unreachable', 'opened'])
    rpc.reopen('it was silent')
    expect(await rpc.request('c', [3])).toBe(3)
    expect(node.connections()).toBe(3)
  })

  it('gives up on an answer after a time', async () => {
    node = await scriptedNode(() => undefined)
    rpc = socketRpc(node.url, { timeoutMs: 50 })
    await expect(rpc.request('hang', [])).rejects.toThrow(/no answer in 50 ms/)
  })

  it('is named by its host alone when it cannot be reached', async () => {
    rpc = socketRpc('ws://keeper:secret@127.0.0.1:1/v2/key')
    await expect(rpc.request('eth_chainId', [])).rejects.toThrow(
      /^127\.0\.0\.1:1 cannot be reached \((?!.*(secret|key)).*\): check that the node/,
    )
  })
})

describe('a node behind an IPC path', () => {
  it('is spoken to in JSON that ends where it ends, over chunks of any size', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'plimsoll-ipc-')), 'node.ipc')
    const server = createServer((socket) => {
      socket.on('data', (bytes) => {
        const { id } = JSON.parse(String(bytes)) as { id: number }
        const said = JSON.stringify({ jsonrpc: '2.0', id, result: `}]"\\{${'é'.repeat(9)}` })
        for (const byte of Buffer.from(said)) socket.write(Buffer.from([byte]))
      })
    })
    await new Promise<void>((done) => server.listen(path, done))
    for (const url of [path, `ipc:${path}`, `ipc://${path}`]) {
      const rpc = openRpc(url)
      expect(await rpc.request('a', [])).toBe(`}]"\\{${'é'.repeat(9)}`)
      rpc.close()
    }
    server.close()
  })

  it('is cut into the same values wherever its chunks end', () => {
    const values = fc.array(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())))
    fc.assert(
      fc.property(values, fc.array(fc.nat({ max: 400 })), (said, cuts) => {
        const stream = Buffer.from(said.map((one) => JSON.stringify(one)).join('\n'))
        const frame = createFramer()
        const places = [0, ...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length]
        const found = places.slice(1).flatMap((to, at) => frame(stream.subarray(places[at], to)))
        expect(found.map(String)).toEqual(said.map((one) => JSON.stringify(one)))
      }),
      { numRuns: 500 },
    )
  })
})
