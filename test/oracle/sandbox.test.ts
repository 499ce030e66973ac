import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CUTOFF_SECONDS } from '../../sandbox/deploy/oracles.ts'
import type { TokenSymbol } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'

const feed = new Interface(['function latestAnswer() view returns (int256)'])

describe('oracles of the private chain', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    const oracle = { WETH: 'ocr2', WBTC: 'dual', WSTETH: 'capo', LINK: 'ocr2' } as const
    sandbox = await startSandbox({ borrowers: 'none', aave: ['3.6'], oracle })
  })
  afterAll(() => sandbox.stop())

  const answer = async (symbol: TokenSymbol): Promise<bigint> => {
    const call = { to: sandbox.addresses.tokens[symbol].feed, data: feed.encodeFunctionData('latestAnswer', []) }
    return BigInt((await sandbox.rpc.request('eth_call', [call, 'latest'])) as string)
  }

  it('a signed transmission lands with the next block, plain or through the forwarder', async () => {
    for (const wrapped of [false, true]) {
      const usd = wrapped ? 2_700_00000000n : 2_800_00000000n
      await sandbox.transmit('WETH', usd, { wrapped })
      expect(await answer('WETH')).not.toBe(usd)
      await sandbox.mine()
      expect(await answer('WETH')).toBe(usd)
    }
  })

  it('a cap holds the price of a vault below what its share is worth, and rises with time', async () => {
    await sandbox.mine()
    const first = await answer('WSTETH')
    expect(first).toBeLessThan(((await answer('WETH')) * 12n) / 10n)
    await sandbox.mine({ timestamp: Number(await now()) + 86_400 })
    expect(await answer('WSTETH')).toBeGreaterThan(first)
  })

  it('through the SVR proxy a primary round shows once its cut-off has passed, a secondary one at once', async () => {
    await sandbox.transmit('WBTC', 50_000_00000000n)
    const { timestamp } = await sandbox.mine()
    expect(await answer('WBTC')).toBe(60_000_00000000n)
    await sandbox.mine({ timestamp: timestamp + CUTOFF_SECONDS })
    expect(await answer('WBTC')).toBe(60_000_00000000n)
    await sandbox.mine({ timestamp: timestamp + CUTOFF_SECONDS + 1 })
    expect(await answer('WBTC')).toBe(50_000_00000000n)
    await sandbox.transmit('WBTC', 49_000_00000000n, { secondary: true, wrapped: true })
    await sandbox.mine()
    expect(await answer('WBTC')).toBe(49_000_00000000n)
    await sandbox.transmit('WBTC', 48_000_00000000n)
    await sandbox.mine()
    expect(await answer('WBTC')).toBe(49_000_00000000n)
    await sandbox.transmit('WBTC', 48_000_00000000n, { secondary: true, again: true })
    await sandbox.mine()
    expect(await answer('WBTC')).toBe(48_000_00000000n)
  })

  const now = async (): Promise<number> =>
    Number(((await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { timestamp: string }).timestamp)
})
