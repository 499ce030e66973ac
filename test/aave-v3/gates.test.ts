import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Address, address, type Hex } from '#core/address.ts'
import { isBlocked } from '#core/opportunity.ts'
import { usd } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import type { AaveScene } from '../../strategies/aave-v3/account-data.ts'
import type { Found } from '../../strategies/aave-v3/assess.ts'
import { sentinelFeed } from '../../strategies/aave-v3/feeds.ts'
import { isPool, isReserve, type Pool, type Reserve } from '../../strategies/aave-v3/records.ts'
import { type Aave, apply, bookOf, bootstrapped, headView, readFeeds, sceneOn, strategyFor } from './support/chain.ts'
import { fundLiquidator, send } from './support/liquidator.ts'

const configurator = new Interface([
  'function setReservePause(address asset, bool paused)',
  'function setReserveFreeze(address asset, bool frozen)',
])
const pool = new Interface(['function liquidationCall(address c, address d, address user, uint256 cover, bool a)'])

let sandbox: Sandbox
let liquidator: Address
beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few' })
  const { aave } = sandbox.addresses
  liquidator = await fundLiquidator(sandbox, [aave['3.0'].pool, aave['3.6'].pool])
  await sandbox.setPrice('WETH', usd(2_500))
  await sandbox.mine()
})
afterAll(async () => sandbox?.stop())

type Version = '3.0' | '3.6'
const strategyOf = (version: Version): Aave => strategyFor(sandbox.addresses.aave[version].provider)

async function plainAt(
  version: Version,
  change: (scene: AaveScene) => AaveScene = (scene) => scene,
): Promise<readonly Found[]> {
  const strategy = strategyOf(version)
  const view = await headView(sandbox.rpc)
  const book = bookOf(await bootstrapped(strategy, view))
  const block = { ...view.block, timestamp: view.block.timestamp + 12 }
  const scene = change(sceneOn(book, block, await readFeeds(strategy, book, view)))
  const owner = sandbox.accounts.borrowers.find((one) => one.version === version && one.label === 'plain')?.address
  const market = [...scene.book.markets()].find(isPool)!
  return strategy.assess(
    scene,
    market,
    [...scene.book.positions()].filter((one) => one.owner === owner),
  )
}

/** The same scene with other records of the pool or its WETH and USDC. */
const changed =
  (pools: Partial<Pool>, reserves: Partial<Reserve> = {}): ((scene: AaveScene) => AaveScene) =>
  (scene) => ({
    ...scene,
    book: {
      ...scene.book,
      market: (id) => {
        const market = scene.book.market(id)
        if (isPool(market)) return { ...market, data: { ...market.data, ...pools } }
        return isReserve(market) ? { ...market, data: { ...market.data, ...reserves } } : market
      },
      markets: () =>
        [...scene.book.markets()].map((one) => (isPool(one) ? { ...one, data: { ...one.data, ...pools } } : one)),
    },
  })

const reasons = (found: readonly Found[]): readonly string[] =>
  found.map((one) => (isBlocked(one) ? one.reason : one.kind))

async function govern(version: Version, name: string, values: readonly unknown[]): Promise<void> {
  const to = sandbox.addresses.aave[version].configurator
  await send(sandbox, sandbox.accounts.deployer.address, to, configurator.encodeFunctionData(name, values) as Hex)
  await sandbox.mine()
}

/** Does the chain itself let anybody liquidate the plain borrower in the next block? */
async function chainAllows(version: Version): Promise<boolean> {
  const { aave, tokens } = sandbox.addresses
  const owner = sandbox.accounts.borrowers.find((one) => one.version === version && one.label === 'plain')?.address
  const values = [tokens.WETH.address, tokens.USDC.address, owner, 2n ** 255n, false]
  const data = pool.encodeFunctionData('liquidationCall', values)
  return sandbox.rpc.request('eth_call', [{ from: liquidator, to: aave[version].pool, data }, 'latest']).then(
    () => true,
    () => false,
  )
}

describe.each(['3.0', '3.6'] as const)('on Aave %s a position below the line', (version) => {
  it('is an opportunity', async () => {
    expect(reasons(await plainAt(version))).toEqual(['liquidate'])
    expect(await chainAllows(version)).toBe(true)
  })

  it('is shielded while either reserve is paused, and not while it is frozen', async () => {
    const { WETH, USDC } = sandbox.addresses.tokens
    for (const { address: asset } of [WETH, USDC]) {
      await govern(version, 'setReservePause', [asset, true])
      expect(reasons(await plainAt(version))).toEqual(['paused'])
      expect(await chainAllows(version)).toBe(false)
      await govern(version, 'setReservePause', [asset, false])
    }
    await govern(version, 'setReserveFreeze', [WETH.address, true])
    expect(reasons(await plainAt(version))).toEqual(['liquidate'])
    expect(await chainAllows(version)).toBe(true)
    await govern(version, 'setReserveFreeze', [WETH.address, false])
  })

  it('is shielded by the sequencer down to 0.95 of health, where the pool has a sentinel', async () => {
    const sentinel = address(`0x${'5e'.repeat(20)}`)
    const near =
      (value: bigint | null) =>
      (scene: AaveScene): AaveScene => {
        const watched = changed({ sentinel })(scene)
        const market = [...watched.book.markets()].find(isPool)!
        const feed: AaveScene['feed'] = (id) => {
          if (id === sentinelFeed(market.data)) return value === null ? null : { value, updatedAt: 0 }
          const reading = scene.feed(id)
          return id === wethFeed && reading !== null ? { ...reading, value: usd(2_800) } : reading
        }
        const wethFeed = [...scene.book.markets()]
          .filter(isReserve)
          .find(({ data }) => data.asset === sandbox.addresses.tokens.WETH.address)?.data.feed
        return { ...watched, feed }
      }
    expect(reasons(await plainAt(version, near(0n)))).toEqual(['sequencer-down'])
    expect(reasons(await plainAt(version, near(null)))).toEqual(['sequencer-down'])
    expect(reasons(await plainAt(version, near(1n)))).toEqual(['liquidate'])
  })

  it('is only watched where the revision was not proven, unless the operator says otherwise', async () => {
    expect(reasons(await plainAt(version, changed({ proven: false })))).toEqual(['unproven-revision'])
  })

  it('waits where the reserve cannot pay out, or a price is missing', async () => {
    expect(reasons(await plainAt(version, changed({}, { cash: 0n })))).toEqual(['reserve-lacks-cash'])
    expect(reasons(await plainAt(version, (scene) => ({ ...scene, feed: () => null })))).toEqual(['feed-reverts'])
    expect(reasons(await plainAt(version, changed({}, { isActive: false })))).toEqual(['gated'])
  })
})

describe('a grace period on Aave 3.6', () => {
  it('shields up to and with its last second, and the clock is told when it ends', async () => {
    const strategy = strategyOf('3.6')
    const view = await headView(sandbox.rpc)
    const until = view.block.timestamp + 100
    const at =
      (timestamp: number) =>
      (scene: AaveScene): AaveScene => ({
        ...changed({}, { graceUntil: until })(scene),
        block: { ...scene.block, timestamp },
      })
    expect(reasons(await plainAt('3.6', at(until)))).toEqual(['grace-period'])
    expect(reasons(await plainAt('3.6', at(until + 1)))).toEqual(['liquidate'])
    const book = bookOf(await bootstrapped(strategy, view))
    const scene = at(until - 50)(sceneOn(book, view.block, await readFeeds(strategy, book, view)))
    const owner = sandbox.accounts.borrowers.find((one) => one.version === '3.6' && one.label === 'plain')?.address
    const position = [...book.positions()].find((one) => one.owner === owner)!
    expect(strategy.nextChange(scene, position)).toEqual({ atSecond: until + 1 })
  })
})

describe('a pool whose revision changes', () => {
  it('is read again with the rounding that reproduces its figures', async () => {
    const strategy = strategyOf('3.6')
    const view = await headView(sandbox.rpc)
    const shelf = await bootstrapped(strategy, view)
    const market = [...bookOf(shelf).markets()].find(isPool)!
    expect(market.data).toMatchObject({ revision: 10, rounding: 'v3.5', proven: true })
    apply(shelf, [
      {
        op: 'put-market',
        market: { ...market, data: { ...market.data, revision: 9, rounding: 'v3.4', proven: false } },
      },
    ])
    apply(shelf, await strategy.refresh(view, bookOf(shelf), { markets: [market.id], positions: [] }))
    expect([...bookOf(shelf).markets()].find(isPool)).toEqual(market)
  })
})
