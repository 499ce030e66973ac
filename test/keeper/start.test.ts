import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Rig, rig } from './rig.ts'

let world: Rig
beforeAll(async () => {
  world = await rig({ borrowers: 'few' })
})
afterAll(() => world.end())

it('a node that is busy while the keeper starts is asked again, and the start goes on', async () => {
  const { config } = await world.configure({ dryRun: true })
  world.sandbox.proxy.faults.push({ method: 'eth_call', kind: 'too-many', times: 2 })
  world.sandbox.proxy.faults.push({ method: 'eth_getLogs', kind: 'too-many', times: 1 })
  const keeper = await world.live(config)
  expect(world.sandbox.proxy.faults.reduce((left, { times }) => left + times, 0)).toBe(0)
  expect(keeper.keeper.mirror().books.size().positions).toBeGreaterThan(5)
  expect(keeper.faults.length).toBeGreaterThan(0)
})
