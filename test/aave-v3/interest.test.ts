import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WAD } from '#core/numbers.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import type { AaveScene } from '../../strategies/aave-v3/account-data.ts'
import type { AavePosition } from '../../strategies/aave-v3/records.ts'
import { type Aave, bookOf, bootstrapped, headView, readFeeds, sceneOn, strategyFor } from './support/chain.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few' })
})
afterAll(async () => sandbox?.stop())

type Found = { strategy: Aave; scene: AaveScene; position: AavePosition }
async function plain(version: '3.0' | '3.6'): Promise<Found> {
  const strategy = strategyFor(sandbox.addresses.aave[version].provider)
  const view = await headView(sandbox.rpc)
  const book = bookOf(await bootstrapped(strategy, view))
  const scene = sceneOn(book, view.block, await readFeeds(strategy, book, view))
  const owner = sandbox.accounts.borrowers.find((one) => one.version === version && one.label === 'plain')?.address
  return { strategy, scene, position: [...book.positions()].find((one) => one.owner === owner)! }
}

const healthAt = ({ strategy, scene, position }: Found, timestamp: number): bigint =>
  strategy.judge({ ...scene, block: { ...scene.block, timestamp } }, position).healthFactor as bigint

describe.each(['3.0', '3.6'] as const)('interest on Aave %s', (version) => {
  it('tells the very second at which it carries a position over the line', async () => {
    const found = await plain(version)
    const { strategy, position, scene } = found
    const collateral = position.data.balances.find(({ supply }) => supply > 0n)!
    // A price at which the health factor stands just above 1.
    const health = healthAt(found, scene.block.timestamp)
    const reserve = scene.book.market(
      scene.book.market(position.market)!.data.kind === 'pool' ? poolSlot(found, collateral.slot) : position.market,
    )!
    const feedId = reserve.data.kind === 'reserve' ? reserve.data.feed : null
    const feed: AaveScene['feed'] = (id) => {
      const reading = scene.feed(id)
      return id === feedId && reading !== null
        ? { ...reading, value: (reading.value * WAD * 1_000_001n) / (health * 1_000_000n) }
        : reading
    }
    const near = { ...found, scene: { ...scene, feed } }
    const when = strategy.nextChange(near.scene, position)
    expect(when).toMatchObject({ atSecond: expect.any(Number) })
    const second = (when as { atSecond: number }).atSecond
    expect(second).toBeGreaterThan(scene.block.timestamp)
    expect(healthAt(near, second - 1) >= WAD).toBe(true)
    expect(healthAt(near, second) < WAD).toBe(true)
  })

  it('is counted when a holder repays all, tops up or withdraws', async () => {
    const found = await plain(version)
    const { strategy, scene, position } = found
    const before = strategy.judge(scene, position)
    const { USDC, WETH } = sandbox.addresses.tokens
    const repaid = strategy.adjust(scene, position, { asset: USDC.address, collateral: 0n, debt: -(10n ** 30n) })
    expect(strategy.judge(scene, repaid).debt).toBe(0n)
    const richer = strategy.adjust(scene, position, { asset: WETH.address, collateral: 10n ** 18n, debt: 0n })
    expect((strategy.judge(scene, richer).collateral as bigint) - (before.collateral as bigint)).toBe(300_000_000_000n)
    const poorer = strategy.adjust(scene, position, { asset: WETH.address, collateral: -(10n ** 18n), debt: 0n })
    expect(strategy.judge(scene, poorer).healthFactor as bigint).toBeLessThan(before.healthFactor as bigint)
  })
})

function poolSlot({ scene, position }: Found, slot: number): AavePosition['market'] {
  const pool = scene.book.market(position.market)!.data
  return pool.kind === 'pool' ? pool.slots[slot]! : position.market
}
