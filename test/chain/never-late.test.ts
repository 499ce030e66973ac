import { afterEach, expect, it } from 'vitest'
import { type Rig, rig } from '../keeper/rig.ts'

let world: Rig | undefined
afterEach(() => world?.end())

it('regression 12: a crash between two looks triggers within one block, whatever the clock says', async () => {
  world = await rig({ borrowers: 'few', traffic: true, aave: ['3.6'] })
  const { config } = await world.configure()
  // A look a minute: nothing here can have been found by one.
  const chain = { ...config.chain, rpc: world.sandbox.proxy.wsUrl, pollMs: 60_000, pending: false }
  const keeper = await world.live({ ...config, chain })
  await keeper.block()
  const looks = (): number => world?.sandbox.counts().eth_getBlockByNumber ?? 0
  const before = looks()
  await world.price('WETH', 2_700)
  const crash = await keeper.block()
  expect(keeper.intents().length).toBeGreaterThan(0)
  for (const { block } of keeper.intents()) expect(block).toBe(crash + 1)
  await keeper.block()
  expect(keeper.attempts().some(({ status, block }) => status === 'included' && block === crash + 1)).toBe(true)
  expect(looks()).toBe(before)
  expect(keeper.faults).toEqual([])
}, 300_000)
