import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { hasMulticall } from '../../src/chain/multicall.ts'
import { httpRpc } from '../../src/chain/rpc.ts'
import { blockOf, type RawBlock, viewOf } from '../../src/chain/view.ts'

const token = new Interface([
  'function balanceOf(address) view returns (uint256)',
  'function decimals() view returns (uint8)',
])

describe('many reads', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ borrowers: 'none' })
  })
  afterAll(() => sandbox.stop())

  it('answer the same through Multicall3 as one by one, reverts and empty answers too, in fewer requests', async () => {
    const rpc = httpRpc(sandbox.rpcUrl)
    const raw = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
    const { tokens, weth } = sandbox.addresses
    const calls = Object.values(tokens).flatMap(({ address }) => [
      { to: address, data: token.encodeFunctionData('decimals') as Hex },
      { to: address, data: token.encodeFunctionData('balanceOf', [weth]) as Hex },
      { to: address, data: '0xdeadbeef' as Hex },
      { to: sandbox.accounts.sink.address, data: '0xdeadbeef' as Hex },
    ])
    const many = Array.from({ length: 20 }, () => calls).flat()
    expect(await hasMulticall(rpc)).toBe(true)
    const before = rpc.requests()
    const alone = await viewOf(rpc, raw.hash as Hex, blockOf(raw)).call(many)
    const between = rpc.requests()
    const together = await viewOf(rpc, raw.hash as Hex, blockOf(raw), true).call(many)
    const after = rpc.requests()
    expect(together).toEqual(alone)
    expect(alone.filter((answer) => answer === null).length).toBeGreaterThan(0)
    expect(alone.filter((answer) => answer === '0x').length).toBeGreaterThan(0)
    expect(between - before).toBe(many.length)
    // What reverted without a word is asked again, alone: it might have run out of the gas it shared.
    const silent = alone.filter((answer) => answer === null).length
    expect(after - between).toBeLessThanOrEqual(Math.ceil(many.length / 100) + silent)
  })
})
