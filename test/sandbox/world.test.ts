import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { usd } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { signerOf } from '../../sandbox/signer.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { httpRpc } from '../../src/chain/rpc.ts'

const pool = new Interface([
  'function getUserAccountData(address) view returns (uint256 collateral, uint256 debt, uint256, uint256, uint256, uint256 health)',
  'function liquidationCall(address collateral, address debt, address user, uint256 cover, bool receiveAToken)',
])
const token = new Interface([
  'function mint(address, uint256)',
  'function approve(address, uint256)',
  'function balanceOf(address) view returns (uint256)',
  'function latestAnswer() view returns (int256)',
])

describe('the private chain', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ borrowers: 'few' })
  })
  afterAll(async () => sandbox.stop())

  const call = async (to: string, abi: Interface, name: string, args: readonly unknown[] = []) =>
    abi.decodeFunctionResult(
      name,
      (await sandbox.rpc.request('eth_call', [{ to, data: abi.encodeFunctionData(name, args) }, 'latest'])) as string,
    )
  const statuses = async () =>
    ((await sandbox.rpc.request('eth_getBlockReceipts', ['latest'])) as { status: string }[]).map((one) => one.status)

  test('begins with healthy borrowers on both versions of Aave', async () => {
    for (const { address, version } of sandbox.accounts.borrowers) {
      const { health, debt } = await call(sandbox.addresses.aave[version].pool, pool, 'getUserAccountData', [address])
      expect(debt).toBeGreaterThan(0n)
      expect(health).toBeGreaterThan(10n ** 18n)
    }
  })

  test('a price is a transaction in the mempool until a block is mined', async () => {
    const { feed } = sandbox.addresses.tokens.WETH
    await sandbox.setPrice('WETH', usd(2_900))
    await sandbox.setPrice('WETH', usd(2_800))
    expect((await call(feed, token, 'latestAnswer'))[0]).toBe(usd(3_000))
    const before = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { timestamp: string }
    const { timestamp } = await sandbox.mine()
    expect(timestamp).toBe(Number(before.timestamp) + 12)
    expect((await call(feed, token, 'latestAnswer'))[0]).toBe(usd(2_800))
  })

  test.each(['3.0', '3.6'] as const)(
    'a borrower of Aave %s can be liquidated once the price has fallen',
    async (version) => {
      const victim = sandbox.accounts.borrowers.find((one) => one.version === version && one.label === 'plain')!
      const { tokens, aave } = sandbox.addresses
      await sandbox.setPrice('WETH', usd(2_700))
      await sandbox.mine()
      const at = aave[version].pool
      const before = await call(at, pool, 'getUserAccountData', [victim.address])
      expect(before.health).toBeLessThan(10n ** 18n)
      const trader = signerOf(sandbox.rpc, sandbox.accounts.trader, sandbox.chainId)
      const send = (to: typeof at, abi: Interface, name: string, args: readonly unknown[]) =>
        trader.send({ to, data: abi.encodeFunctionData(name, args) as `0x${string}` })
      await send(tokens.USDC.address, token, 'mint', [sandbox.accounts.trader.address, 10n ** 12n])
      await send(tokens.USDC.address, token, 'approve', [at, 10n ** 12n])
      const half = 5_000_000_000n
      const assets = [tokens.WETH.address, tokens.USDC.address]
      await send(at, pool, 'liquidationCall', [...assets, victim.address, half, false])
      await sandbox.mine()
      expect(await statuses()).toEqual(['0x1', '0x1', '0x1'])
      const after = await call(at, pool, 'getUserAccountData', [victim.address])
      expect(after.debt).toBeLessThan(before.debt as bigint)
      expect(
        (await call(tokens.WETH.address, token, 'balanceOf', [sandbox.accounts.trader.address]))[0],
      ).toBeGreaterThan(0n)
    },
  )

  test('pools follow when the trader is told to move them', async () => {
    await sandbox.movePools({ WETH: usd(2_500) })
    await sandbox.mine()
    expect(new Set(await statuses())).toEqual(new Set(['0x1']))
    const { pools } = sandbox.addresses.uniswapV3
    const slot0 = new Interface([
      'function slot0() view returns (uint160, int24 tick, uint16, uint16, uint16, uint8, bool)',
    ])
    const at = pools.find(({ pair, fee }) => pair.join() === 'WETH,USDC' && fee === 500)!
    const { tick } = await call(at.address, slot0, 'slot0')
    const wethFirst = sandbox.addresses.tokens.WETH.address < sandbox.addresses.tokens.USDC.address
    const price = 1.0001 ** (Number(tick) * (wethFirst ? 1 : -1)) * 1e12
    expect(Math.abs(price / 2_500 - 1)).toBeLessThan(0.001)
  })

  test('the proxy counts every part of a batch, and knows what was sent', async () => {
    const rpc = httpRpc(sandbox.rpcUrl)
    await rpc.batch([1, 2, 3].map(() => ({ method: 'eth_blockNumber', params: [] })))
    await rpc.request('eth_chainId', [])
    expect(sandbox.counts()).toEqual({ eth_blockNumber: 3, eth_chainId: 1 })
    expect(sandbox.sends()).toBe(0)
    await expect(rpc.request('eth_sendRawTransaction', ['0x00'])).rejects.toThrow()
    expect(sandbox.sends()).toBe(1)
  })
})
