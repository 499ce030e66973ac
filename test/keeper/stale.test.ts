import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Live, type Rig, rig } from './rig.ts'

/** Below the line for some blocks, and not worth it then: what makes it worth it later gives the trigger. */
describe('what stays liquidatable and nobody takes', () => {
  let world: Rig
  let keeper: Live
  let owner: string
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', aave: ['3.6'], traffic: true })
    owner = world.sandbox.accounts.borrowers.find(({ label }) => label === 'plain')!.address
    keeper = await world.live((await world.configure()).config)
  })
  afterAll(() => world?.end())
  const acts = () => keeper.intents().filter(({ steps }) => steps.some(({ position }) => position.endsWith(owner)))

  it('is stale where only the base fee fell', async () => {
    const { sandbox } = world
    const atFee = (gwei: bigint) =>
      sandbox.rpc.request('anvil_setNextBlockBaseFeePerGas', [`0x${(gwei * 10n ** 9n).toString(16)}`])
    await world.price('WETH', 2_850)
    for (let block = 0; block < 3; block += 1) {
      await atFee(400n)
      await keeper.block()
    }
    expect(acts()).toEqual([])
    await atFee(1n)
    await keeper.block()
    expect(acts().map(({ trigger }) => trigger)).toEqual(['stale'])
    await keeper.block()
    expect(keeper.attempts().map(({ status }) => status)).toContain('included')
  })

  it('is named by the pool that moved', async () => {
    const { sandbox } = world
    const before = acts().length
    // The oracle falls, and the pools still more: no exit pays for the debt.
    await sandbox.movePools({ WETH: 200_000_000_000n })
    await sandbox.setPrice('WETH', 240_000_000_000n)
    for (let block = 0; block < 4; block += 1) await keeper.block()
    expect(acts()).toHaveLength(before)
    const said = keeper.journal.select({ streams: ['verdict'] }).map(({ record }) => record)
    const reasons = said.flatMap(({ positions, reason }) => (String(positions).includes(owner) ? [reason] : []))
    // Newest first.
    expect(reasons[0]).toBe('unprofitable')
    await sandbox.movePools({ WETH: 240_000_000_000n })
    await keeper.block()
    expect(
      acts()
        .slice(before)
        .map(({ trigger }) => trigger),
    ).toEqual(['pool'])
    await keeper.block()
    expect(keeper.attempts().map(({ status }) => status)).toContain('included')
    expect(keeper.faults).toEqual([])
  })
})
