import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Wallet } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { followPending } from '../../src/chain/pending.ts'
import { type SocketRpc, socketRpc } from '../../src/chain/socket-rpc.ts'
import { notice, scriptedNode } from './scripted-node.ts'

/** Everybody's: the first of anvil's accounts. */
const wallet = new Wallet('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80')
const base = { to: wallet.address, gasLimit: 21_000n, chainId: 31_337n, value: 1n }
const dear = 10n ** 11n

describe('transactions on their way', () => {
  let anvil: ChildProcess
  let rpc: SocketRpc
  beforeAll(async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'plimsoll-pending-')), 'node.ipc')
    anvil = spawn('node_modules/.bin/anvil', ['--port', '0', '--no-mining', '--silent', '--ipc', path])
    for (let tries = 0; tries < 200; tries += 1) {
      rpc = socketRpc(path)
      if (
        await rpc
          .request('eth_chainId', [])
          .then(() => true)
          .catch(() => false)
      )
        break
      rpc.close()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })
  afterAll(() => {
    rpc.close()
    anvil.kill()
  })

  it('are given as they were signed, of every kind', async () => {
    const taken: Hex[] = []
    const end = followPending({ rpc, take: (raw) => taken.push(raw), onFault: () => undefined })
    await rpc.request('eth_chainId', [])
    await new Promise((resolve) => setTimeout(resolve, 100))
    const fees = { maxFeePerGas: dear, maxPriorityFeePerGas: 1n }
    const signed = await Promise.all([
      wallet.signTransaction({ ...base, type: 0, nonce: 0, gasPrice: dear }),
      wallet.signTransaction({ ...base, type: 1, nonce: 1, gasPrice: dear, accessList: [] }),
      wallet.signTransaction({ ...base, type: 2, nonce: 2, ...fees, data: '0xb1dc65a4', gasLimit: 90_000n }),
    ])
    const before = rpc.requests()
    for (const raw of signed) await rpc.request('eth_sendRawTransaction', [raw])
    for (let tries = 0; tries < 200 && taken.length < 3; tries += 1) await new Promise((turn) => setTimeout(turn, 10))
    expect(taken).toEqual(signed)
    // None was asked for: the node gave them whole.
    expect(rpc.requests() - before).toBe(3)
    end()
  })

  it('are asked for by their hash where the node gives no more, once each', async () => {
    const raws: Record<string, string> = { '0x01': '0x02aa', '0x02': '0x02bb' }
    const node = await scriptedNode(({ method, params }) => {
      if (method === 'eth_getRawTransactionByHash') return raws[String(params[0])] ?? null
      return params.length > 1 ? new Error('too many arguments') : 'pending'
    })
    const own = socketRpc(node.url)
    const taken: Hex[] = []
    const end = followPending({ rpc: own, take: (raw) => taken.push(raw), onFault: () => undefined })
    for (let tries = 0; tries < 200 && node.asked.length < 2; tries += 1)
      await new Promise((turn) => setTimeout(turn, 5))
    await new Promise((turn) => setTimeout(turn, 30))
    node.say(...['0x01', '0x02', '0x01', '0x03'].map((hash) => notice('pending', hash)))
    for (let tries = 0; tries < 200 && taken.length < 2; tries += 1) await new Promise((turn) => setTimeout(turn, 5))
    expect(taken).toEqual(['0x02aa', '0x02bb'])
    expect(node.asked.filter(({ method }) => method === 'eth_getRawTransactionByHash').length).toBe(3)
    end()
    own.close()
    await node.stop()
  })
})
