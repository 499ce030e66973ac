import { Interface, id } from 'ethers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crashScript } from '../../sandbox/crash.ts'
import type { AaveVersion } from '../../sandbox/deploy/aave.ts'
import type { TokenSymbol } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'

const pool = new Interface([
  'function getUserAccountData(address) view returns (uint256 collateral, uint256 debt, uint256, uint256, uint256, uint256 health)',
])
const seed = 1

async function healthOf(sandbox: Sandbox, who: string, version: AaveVersion): Promise<bigint> {
  const data = pool.encodeFunctionData('getUserAccountData', [who])
  const answer = await sandbox.rpc.request('eth_call', [{ to: sandbox.addresses.aave[version].pool, data }, 'latest'])
  return pool.decodeFunctionResult('getUserAccountData', answer as string).health as bigint
}

describe(`the crash, seed ${seed}, with nobody liquidating`, () => {
  let sandbox: Sandbox
  const wentUnder = new Map<string, string>()
  beforeAll(async () => {
    sandbox = await startSandbox({ borrowers: 'full', seed, traffic: true })
  })
  afterAll(async () => sandbox.stop())
  const under = async () => {
    const { borrowers } = sandbox.accounts
    const healths = await Promise.all(borrowers.map((one) => healthOf(sandbox, one.address, one.version)))
    return borrowers.filter((_, index) => healths[index]! < 10n ** 18n)
  }

  test('begins with nobody under the line', async () => {
    expect(await under()).toEqual([])
  })

  test('has a reserve that lacks the cash to pay its collateral out', async () => {
    const { aave, tokens } = sandbox.addresses
    const provider = new Interface([
      'function getReserveTokensAddresses(address) view returns (address aToken, address, address)',
    ])
    const erc20 = new Interface(['function balanceOf(address) view returns (uint256)'])
    const call = async (to: string, abi: Interface, name: string, of: string) =>
      abi.decodeFunctionResult(
        name,
        (await sandbox.rpc.request('eth_call', [{ to, data: abi.encodeFunctionData(name, [of]) }, 'latest'])) as string,
      )
    const { aToken } = await call(aave['3.0'].dataProvider, provider, 'getReserveTokensAddresses', tokens.LINK.address)
    const [cash] = await call(tokens.LINK.address, erc20, 'balanceOf', aToken)
    expect(cash).toBeGreaterThan(0n)
    expect(cash).toBeLessThan(200n * 10n ** 18n)
  })

  test('takes the positions of every kind under, on both versions, and every transaction of it succeeds', async () => {
    for (const { label, prices } of crashScript(seed)) {
      await sandbox.movePools(prices)
      for (const [symbol, price] of Object.entries(prices)) await sandbox.setPrice(symbol as TokenSymbol, price)
      await sandbox.mine()
      const receipts = (await sandbox.rpc.request('eth_getBlockReceipts', ['latest'])) as { status: string }[]
      expect(receipts.every((one) => one.status === '0x1')).toBe(true)
      for (const one of await under()) if (!wentUnder.has(one.address)) wentUnder.set(one.address, label)
    }
    const gone = sandbox.accounts.borrowers.filter((one) => wentUnder.has(one.address))
    expect(gone.length).toBeGreaterThanOrEqual(45)
    expect(new Set(gone.map((one) => one.version))).toEqual(new Set(['3.0', '3.6']))
    const kinds = new Set(gone.map((one) => one.label))
    const wanted = ['e-mode dollars', 'e-mode ether', 'e-mode bad debt', 'same asset', 'collateral capped', 'no route']
    for (const kind of [...wanted, 'whale', 'tiny', 'small', 'gap', 'thin exit', 'two hops'])
      expect(kinds).toContain(kind)
  })

  test('passes in steps: not all go under at once', () => {
    expect(new Set(wentUnder.values()).size).toBeGreaterThanOrEqual(4)
  })

  test("others' transactions keep the base fee near 1 gwei", async () => {
    const { baseFeePerGas } = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as Record<
      string,
      string
    >
    expect(Math.abs(Number(baseFeePerGas) / 1e9 - 1)).toBeLessThan(0.01)
  })
})

describe('a world', () => {
  test('is the same twice from one seed, and another from another', async () => {
    const rootOf = async (of: number) => {
      const sandbox = await startSandbox({ borrowers: 'full', seed: of, aave: ['3.6'] })
      const head = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as Record<string, string>
      await sandbox.stop()
      return head.stateRoot
    }
    const [one, again, other] = [await rootOf(5), await rootOf(5), await rootOf(6)]
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })

  test('can hold as many borrowers as a test wants to count', async () => {
    const sandbox = await startSandbox({ borrowers: 130 })
    const topics = [id('Borrow(address,address,address,uint256,uint8,uint256,uint16)')]
    const logs = (await sandbox.rpc.request('eth_getLogs', [{ fromBlock: '0x0', topics }])) as { topics: string[] }[]
    expect(new Set(logs.map((one) => one.topics[2])).size).toBe(130)
    await sandbox.stop()
  })
})
