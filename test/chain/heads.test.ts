import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { freePort } from '../../sandbox/free-port.ts'
import { followHeads, type HeadEvent } from '../../src/chain/heads.ts'
import { httpRpc, type Rpc } from '../../src/chain/rpc.ts'

describe('following heads', () => {
  let node: ChildProcess
  let rpc: Rpc
  const mine = (blocks: number): Promise<unknown> => rpc.request('anvil_mine', [`0x${blocks.toString(16)}`])
  const start = async (): Promise<{ hash: Hex; number: number }> => {
    const block = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { hash: Hex; number: string }
    return { hash: block.hash, number: Number(block.number) }
  }
  /** Follows until `count` heads came. */
  const collect = async (
    from: { hash: Hex; number: number },
    count: number,
    act: () => Promise<void>,
    faults: string[] = [],
  ): Promise<HeadEvent[]> => {
    const stop = new AbortController()
    const heads: HeadEvent[] = []
    const acted = act()
    for await (const head of followHeads({
      rpc,
      filters: () => [{ addresses: 'any', topics: [] }],
      from,
      pollMs: 10,
      depth: 64,
      signal: stop.signal,
      onFault: (e) => faults.push(e.code),
    })) {
      heads.push(head)
      if (heads.length === count) stop.abort()
    }
    await acted
    return heads
  }

  beforeAll(async () => {
    const port = await freePort()
    node = spawn('node_modules/.bin/anvil', ['--port', String(port), '--no-mining', '--silent'])
    rpc = httpRpc(`http://127.0.0.1:${port}`)
    for (let tries = 0; tries < 100; tries += 1) {
      if (
        await rpc.request('eth_chainId', []).then(
          () => true,
          () => false,
        )
      )
        break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })
  afterAll(() => node.kill())

  it('tells how many newer ones are known, so that none of a gap but the last is decided upon', async () => {
    const from = await start()
    await mine(5)
    const stop = new AbortController()
    const told: number[] = []
    const options = {
      rpc,
      filters: () => [],
      from,
      pollMs: 10,
      depth: 64,
      signal: stop.signal,
      onFault: () => undefined,
    }
    for await (const { block } of followHeads({ ...options, onAhead: (count) => told.push(count) }))
      if (block.number === from.number + 5) stop.abort()
    expect(told).toEqual([4, 3, 2, 1, 0])
  })

  it('gives every block in order, those of a gap too', async () => {
    const from = await start()
    const heads = await collect(from, 30, async () => void (await mine(30)))
    expect(heads.map((head) => head.block.number)).toEqual(Array.from({ length: 30 }, (_, n) => from.number + 1 + n))
    expect(heads.map((head) => head.block.parentHash)).toEqual([
      from.hash,
      ...heads.slice(0, -1).map(({ hash }) => hash),
    ])
  })

  it('gives the new branch from the fork on after a reorg', async () => {
    await mine(10)
    const from = await start()
    const heads = await collect(from, 7, async () => {
      await mine(5)
      await new Promise((resolve) => setTimeout(resolve, 200))
      // The last three are replaced by empty ones, then one more comes.
      await rpc.request('anvil_reorg', [3, []])
      await rpc.request('evm_setNextBlockTimestamp', [Math.floor(Date.now() / 1000) + 100_000])
      await mine(1)
      await new Promise((resolve) => setTimeout(resolve, 100))
    })
    const forked = heads.findIndex((head, at) => at > 0 && head.block.parentHash !== heads[at - 1]?.hash)
    expect(forked).toBe(5)
    expect(heads[forked]?.block.parentHash).toBe(heads[1]?.hash)
  })

  it('an outage makes heads late, and none is lost', async () => {
    const from = await start()
    const working = rpc
    let broken = true
    rpc = {
      ...working,
      request: (method, params) =>
        broken ? httpRpc('http://127.0.0.1:1').request(method, params) : working.request(method, params),
    }
    const faults: string[] = []
    const heads = await collect(
      from,
      3,
      async () => {
        await working.request('anvil_mine', ['0x3'])
        await new Promise((resolve) => setTimeout(resolve, 80))
        broken = false
      },
      faults,
    )
    rpc = working
    expect(heads.map((head) => head.block.number - from.number)).toEqual([1, 2, 3])
    expect(faults).toContain('rpc-unreachable')
  })
})
