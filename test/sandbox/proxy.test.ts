import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectRoot } from '../../contracts/compile.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { httpRpc } from '../../src/chain/rpc.ts'

describe('the proxy before the node', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ borrowers: 'none', aave: [] })
  })
  afterAll(async () => sandbox.stop())

  test.each([
    ['too-many', /too many requests/],
    ['server-error', /503/],
    ['not-json', /not JSON/],
    ['drop', /cannot be reached/],
    ['hang', /cannot be reached/],
  ] as const)('fails once as it is told (%s), then answers', async (kind, words) => {
    const rpc = httpRpc(sandbox.rpcUrl, { timeoutMs: 300 })
    // A closed connection is taken for an idle one, and asked once more: the second time is an outage.
    sandbox.proxy.faults.push({ kind, method: 'eth_chainId', times: kind === 'drop' ? 2 : 1 })
    expect(Number(await rpc.request('eth_blockNumber', []))).toBeGreaterThan(0)
    await expect(rpc.request('eth_chainId', [])).rejects.toThrow(words)
    expect(Number(await rpc.request('eth_chainId', []))).toBe(sandbox.chainId)
  })

  test('holds answers back', async () => {
    const rpc = httpRpc(sandbox.rpcUrl, { timeoutMs: 100 })
    sandbox.proxy.setDelay(400)
    await expect(rpc.request('eth_chainId', [])).rejects.toThrow(/cannot be reached/)
    sandbox.proxy.setDelay(0)
    expect(Number(await rpc.request('eth_chainId', []))).toBe(sandbox.chainId)
  })

  test('a call that reverts keeps its data', async () => {
    const data = `0x2e1a7d4d${'f'.repeat(64)}`
    const asked = httpRpc(sandbox.rpcUrl).request('eth_call', [{ to: sandbox.addresses.weth, data }, 'latest'])
    await expect(asked).rejects.toThrow(/revert/)
  })
})

describe('anvil', () => {
  test('ends with the process that started it, even when that is killed', async () => {
    const script = `import { startAnvil } from './sandbox/anvil.ts'
      const anvil = await startAnvil({ chainId: 1, timestamp: 1, gasLimit: 30000000n, baseFee: 1n })
      process.stdout.write(anvil.url)
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { cwd: projectRoot })
    const url = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))))
    const asks = () =>
      httpRpc(url)
        .request('eth_chainId', [])
        .then(Number, () => null)
    expect(await asks()).toBe(1)
    child.kill('SIGKILL')
    await expect.poll(asks, { timeout: 10_000 }).toBeNull()
  })
})
