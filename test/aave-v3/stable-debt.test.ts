import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Address, address, type Hex } from '#core/address.ts'
import { isBlocked } from '#core/opportunity.ts'
import { usd } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { isPool } from '../../strategies/aave-v3/records.ts'
import { bookOf, bootstrapped, headView, readFeeds, sceneOn, strategyFor } from './support/chain.ts'
import { send } from './support/liquidator.ts'

const calls = new Interface([
  'function setReserveStableRateBorrowing(address asset, bool enabled)',
  'function deposit() payable',
  'function approve(address spender, uint256 units)',
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referral)',
  'function borrow(address asset, uint256 amount, uint256 mode, uint16 referral, address onBehalfOf)',
])
const who = address(`0x${'57ab1e'.padStart(40, '0')}`)
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'none', aave: ['3.0'] })
  const { aave, tokens } = sandbox.addresses
  const { pool, configurator } = aave['3.0']
  await sandbox.rpc.request('anvil_autoImpersonateAccount', [true])
  await sandbox.rpc.request('anvil_setBalance', [who, `0x${(10n ** 24n).toString(16)}`])
  const ask = (from: Address, to: Address, name: string, values: readonly unknown[], value = 0n): Promise<Hex> =>
    send(sandbox, from, to, calls.encodeFunctionData(name, values) as Hex, value)
  await ask(sandbox.accounts.deployer.address, configurator, 'setReserveStableRateBorrowing', [
    tokens.USDC.address,
    true,
  ])
  await ask(who, tokens.WETH.address, 'deposit', [], 10n ** 19n)
  await ask(who, tokens.WETH.address, 'approve', [pool, 10n ** 19n])
  await ask(who, pool, 'supply', [tokens.WETH.address, 10n ** 19n, who, 0])
  await sandbox.mine()
  await ask(who, pool, 'borrow', [tokens.USDC.address, 12_000_000_000n, 1, 0, who])
  await ask(who, pool, 'borrow', [tokens.DAI.address, 8_000n * 10n ** 18n, 2, 0, who])
  await sandbox.mine()
  await sandbox.mine({ timestamp: (await headView(sandbox.rpc)).block.timestamp + 5_000_000 })
})
afterAll(async () => sandbox?.stop())

describe('debt at a stable rate on Aave 3.0', () => {
  it('counts in the figures to the unit, and is not offered while other debt is', async () => {
    await sandbox.setPrice('WETH', usd(2_000))
    await sandbox.mine()
    const strategy = strategyFor(sandbox.addresses.aave['3.0'].provider)
    const view = await headView(sandbox.rpc)
    const book = bookOf(await bootstrapped(strategy, view))
    const scene = sceneOn(book, view.block, await readFeeds(strategy, book, view))
    const position = [...book.positions()].find(({ owner }) => owner === who)!
    expect(position.data.balances.some(({ stable }) => stable !== null)).toBe(true)
    expect(strategy.judge(scene, position)).toEqual(await strategy.probe(view, book, position))
    const found = strategy.assess(scene, [...book.markets()].find(isPool)!, [position])
    const { DAI } = sandbox.addresses.tokens
    expect(found.map((one) => (isBlocked(one) ? one.reason : one.pays?.asset))).toEqual([DAI.address])
    const balances = position.data.balances
      .filter((one) => one.stable !== null || one.debt === 0n)
      .map((one) => ({ ...one, supply: one.supply / 2n }))
    const alone = { ...position, data: { ...position.data, balances } }
    expect(strategy.assess(scene, [...book.markets()].find(isPool)!, [alone])).toMatchObject([{ reason: 'gated' }])
  })
})
