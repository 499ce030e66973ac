import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address } from '#core/address.ts'
import { type Rig, rig } from './rig.ts'

/** A token that works for everybody, but that the executor cannot hand on: what it seizes it cannot sell. */
async function refuseSales({ sandbox: { rpc } }: Rig, token: Address, executor: Address): Promise<void> {
  const copy = `0x${'c0'.repeat(20)}`
  await rpc.request('anvil_setCode', [copy, await rpc.request('eth_getCode', [token, 'latest'])])
  const plain = (of: string): string => of.slice(2)
  // transfer(address,uint256) by the executor jumps to the revert at 0x5d; all else is the token's own code.
  const refused = `60003560e01c63a9059cbb143373${plain(executor)}1416605d57`
  const passed = `3660006000376000600036600073${plain(copy)}5af43d600060003e605857`
  await rpc.request('anvil_setCode', [token, `0x${refused}${passed}3d6000fd5b3d6000f35b60006000fd`])
}

describe('one hostile step among honest ones', () => {
  let world: Rig
  beforeAll(async () => {
    world = await rig({
      aave: ['3.6'],
      borrowers: [
        ...[1, 2, 3].map((at) => ({
          ...{ label: `honest ${at}`, version: '3.6' as const, emode: 0 as const },
          ...{ collateral: [['WETH', 9_000 + at] as const], debt: [['USDC', 1] as const], health: 1.05 },
        })),
        {
          ...{ label: 'hostile', version: '3.6' as const, emode: 0 as const },
          ...{ collateral: [['LINK', 9_000] as const], debt: [['USDC', 1] as const], health: 1.05 },
        },
      ],
    })
  }, 120_000)
  afterAll(() => world?.end())

  it('reverts them once; the honest ones are served in the same block or the next, and it alone is left', async () => {
    const { config } = await world.configure()
    const keeper = await world.live(config)
    const hostile = world.sandbox.accounts.borrowers.find(({ label }) => label === 'hostile')?.address ?? ''
    const isHostile = (position: string): boolean => position.includes(hostile.toLowerCase())
    await refuseSales(world, world.sandbox.addresses.tokens.LINK.address, keeper.keeper.executor())
    await world.price('WETH', 2_700)
    await world.sandbox.setPrice('LINK', 1_350_000_000n)
    await keeper.block()
    const first = keeper.intents()
    // All owe USDC: they come in one transaction, which a node refuses.
    expect(first[0]?.steps.some(({ position }) => isHostile(position))).toBe(true)
    expect(new Set(first[0]?.steps.map(({ position }) => position)).size).toBe(4)
    await keeper.block()
    await keeper.block()
    const landed = keeper.attempts().flatMap(({ status, plan }) => (status === 'included' ? [plan] : []))
    const served = keeper.intents().flatMap(({ plan, steps }) => (landed.includes(plan) ? steps : []))
    expect(new Set(served.map(({ position }) => position)).size).toBe(3)
    expect(served.filter(({ position }) => isHostile(position))).toEqual([])
    const own = keeper.journal
      .select({ streams: ['verdict'] })
      .filter(({ record }) => record.reason === 'cool-off')
      .flatMap(({ record }) => record.positions as readonly string[])
    expect(own.length).toBeGreaterThan(0)
    expect(own.filter((position) => !isHostile(position))).toEqual([])
    await keeper.stop()
  }, 60_000)
})
