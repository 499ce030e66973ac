import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/core/receipt.ts'
import { type Rig, rig } from './rig.ts'

describe('a step that failed alone', () => {
  let world: Rig
  const plan = (label: string, dollars: number, debt: 'USDC' | 'DAI', health: number) => ({
    ...{ label, version: '3.6' as const, emode: 0 as const, health },
    ...{ collateral: [['WETH', dollars] as const], debt: [[debt, 1] as const] },
  })
  beforeAll(async () => {
    world = await rig({
      aave: ['3.6'],
      borrowers: [plan('large', 60_000, 'USDC', 1.05), plan('small', 900, 'DAI', 1.05)],
    })
  }, 120_000)
  afterAll(() => world?.end())

  it('is not in what was repaid, neither in the receipt nor in the day’s count', async () => {
    const { config } = await world.configure()
    const keeper = await world.live(config)
    await world.price('WETH', 2_700)
    await keeper.block()
    const [intent] = keeper.intents()
    expect(new Set(intent?.steps.map(({ debt }) => debt)).size).toBe(2)
    // Between signing and inclusion: whatever asks for a debt in DAI reverts, and DAI itself is as before.
    const { rpc, addresses } = world.sandbox
    const dai = addresses.tokens.DAI.address
    const answer = await rpc.request('eth_call', [
      { to: addresses.aave['3.6'].pool, data: `0x365090a0${dai.slice(2).padStart(64, '0')}` },
      'latest',
    ])
    const debtToken = `0x${String(answer).slice(-40)}`
    await rpc.request('anvil_setCode', [debtToken, '0xfe'])
    await keeper.block()
    const [record] = keeper.journal.select({ streams: ['receipt'] }).map((one) => one.record)
    const { receipt, gained } = record as unknown as { receipt: Receipt; gained: bigint }
    const done = intent?.steps.filter(({ debt }) => debt?.toLowerCase() !== dai) ?? []
    const worth = done.reduce((sum, one) => sum + (one.worth?.repaid ?? 0n), 0n)
    expect(receipt.status).toBe('included')
    expect(receipt.outcomes).toHaveLength(done.length)
    expect(worth).toBeGreaterThan(0n)
    expect([-receipt.actual.repay, receipt.repaid.map(({ amount }) => amount)]).toEqual([worth, [worth]])
    expect(-(intent?.sum.repay ?? 0n)).toBeGreaterThan(worth)
    const { swapOut, rewards, repay, flashFee } = receipt.actual
    expect(swapOut + rewards + repay + flashFee).toBe(gained)
    const [spend] = keeper.journal.select({ streams: ['guard'] }).map((one) => one.record)
    expect(spend).toMatchObject({ repaid: [{ wei: worth }] })
    await keeper.stop()
  }, 60_000)
})
