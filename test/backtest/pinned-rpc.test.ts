import { describe, expect, it } from 'vitest'
import { pinnedRpc } from '../../src/backtest/pinned-rpc.ts'
import type { Ask, Rpc } from '../../src/chain/rpc.ts'

const asked: Ask[] = []
const node: Rpc = {
  ...{ url: '', requests: () => 0, close: () => undefined },
  request: async (method, params) => {
    asked.push({ method, params })
    return null
  },
  batch: async (asks) => {
    asked.push(...asks)
    return asks.map(() => null)
  },
}
const to = '0x1111111111111111111111111111111111111111'

describe('a node as it was at block 16', () => {
  const rpc = pinnedRpc(node, () => 16)

  it('has that block as its latest', async () => {
    await rpc.request('eth_getCode', [to, 'latest'])
    await rpc.batch([{ method: 'eth_getLogs', params: [{ fromBlock: '0x1' }] }])
    expect(asked.splice(0)).toEqual([
      { method: 'eth_getCode', params: [to, '0x10'] },
      { method: 'eth_getLogs', params: [{ fromBlock: '0x1', toBlock: '0x10' }] },
    ])
  })

  it('refuses what names a later block, however it is asked', async () => {
    const later = /block 17 was asked for while 16 is the newest/
    await expect(rpc.request('eth_call', [{ to, data: '0x' }, '0x11'])).rejects.toThrow(later)
    await expect(rpc.request('eth_getBlockByNumber', ['0x11', false])).rejects.toThrow(later)
    await expect(rpc.batch([{ method: 'eth_getLogs', params: [{ toBlock: '0x11' }] }])).rejects.toThrow(later)
    expect(asked.splice(0)).toEqual([])
  })

  it('takes a slot for no block', async () => {
    await rpc.request('eth_getStorageAt', [to, '0x20', '0x10'])
    expect(asked.splice(0)).toEqual([{ method: 'eth_getStorageAt', params: [to, '0x20', '0x10'] }])
    await expect(rpc.request('eth_getStorageAt', [to, '0x0', '0x11'])).rejects.toThrow('17')
  })
})
