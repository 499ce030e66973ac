import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixtureOf } from '../../sandbox/fixtures.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { openRpc } from '../../src/chain/open-rpc.ts'
import { viewAt } from '../../src/chain/view.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { loadMirror } from '../../src/cli/load-mirror.ts'
import type { Config } from '../../src/config/config.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Address, Hex } from '../../src/core/address.ts'
import type { Block } from '../../src/core/block.ts'
import type { Mirror } from '../../src/engine/mirror.ts'
import { pricingFeeds } from '../../src/engine/worth.ts'
import { nextBlock } from '../../src/scene/next-block.ts'
import { plainly } from '../../src/scene/scene.ts'
import { feedVolatility } from '../../src/watch/feed-volatility.ts'
import { interestCrossing } from '../../src/watch/interest-crossing.ts'
import { type WatchedPosition, watch } from '../../src/watch/watch.ts'
import { isLiquidatable, type Watched } from '../../src/watch/watched.ts'
import { command, start } from '../cli/command.ts'

const target = 1_250_000_000_000_000_000n
const most = 2n ** 256n - 1n
const token = new Interface(['function approve(address, uint256)', 'function deposit() payable'])
const aave = new Interface([
  'function supply(address, uint256, address, uint16)',
  'function repay(address, uint256, uint256, address)',
  'function withdraw(address, uint256, address)',
])
const params = 'tuple(address loan, address collateral, address oracle, address irm, uint256 lltv)'
const morpho = new Interface([
  `function repay(${params}, uint256, uint256, address, bytes)`,
  `function supplyCollateral(${params}, uint256, address, bytes)`,
  `function withdrawCollateral(${params}, uint256, address, address)`,
])

/** A borrower's own calls, by what is advised. */
type Hands = {
  readonly name: string
  readonly who: Address
  readonly to: Address
  readonly repay: (asset: Address, units: bigint) => string
  readonly topUp: (asset: Address, units: bigint) => string
  readonly withdraw: (asset: Address, units: bigint) => string
}

const folder = mkdtempSync(join(tmpdir(), 'watch-'))
const file = join(folder, 'plimsoll.yaml')
let sandbox: Sandbox
let mirror: Mirror
let config: Config
let hands: readonly Hands[]
let next: Block
const advised = new Map<Address, WatchedPosition>()

const call = (from: Address, to: Address, data: string, value = 0n): Promise<unknown> =>
  sandbox.rpc.request('eth_sendTransaction', [
    {
      from,
      to,
      data,
      value: `0x${value.toString(16)}`,
      gas: '0x1e8480',
      maxFeePerGas: '0x2540be400',
      maxPriorityFeePerGas: '0x0',
    },
  ])

function aaveHands(version: '3.0' | '3.6'): Hands {
  const who = sandbox.accounts.borrowers.find((one) => one.label === 'plain' && one.version === version)!.address
  return {
    ...{ name: `Aave ${version}`, who, to: sandbox.addresses.aave[version].pool },
    repay: (asset, units) => aave.encodeFunctionData('repay', [asset, units, 2, who]),
    topUp: (asset, units) => aave.encodeFunctionData('supply', [asset, units, who, 0]),
    withdraw: (asset, units) => aave.encodeFunctionData('withdraw', [asset, units, who]),
  }
}

/** Of an asset that Morpho's own oracle prices, without pre-liquidation. */
function morphoHands(): Hands {
  const [deployed] = sandbox.protocols
  const { address: who } = deployed!.borrowers.find(({ label }) => label === 'morpho: WETH for USDC')!
  const { markets, morpho: to } = deployed!.addresses as { morpho: Address; markets: readonly Record<string, never>[] }
  const of = markets[0]!
  const market = [of.loan, of.collateral, of.oracle, of.irm, of.lltv]
  return {
    ...{ name: 'Morpho Blue', who, to },
    repay: (_asset, units) => morpho.encodeFunctionData('repay', [market, units, 0, who, '0x']),
    topUp: (_asset, units) => morpho.encodeFunctionData('supplyCollateral', [market, units, who, '0x']),
    withdraw: (_asset, units) => morpho.encodeFunctionData('withdrawCollateral', [market, units, who, who]),
  }
}

beforeAll(async () => {
  const fixture = (await fixtureOf('morpho-blue'))!
  sandbox = await startSandbox({ borrowers: 'few', protocols: [{ fixture }] })
  const { weth, tokens } = sandbox.addresses
  hands = [aaveHands('3.6'), aaveHands('3.0'), morphoHands()]
  for (const { who, to } of hands) {
    await sandbox.rpc.request('anvil_impersonateAccount', [who])
    await call(who, weth, token.encodeFunctionData('deposit'), 5n * 10n ** 18n)
    for (const asset of [weth, tokens.USDC.address])
      await call(who, asset, token.encodeFunctionData('approve', [to, most]))
    await sandbox.mine()
  }
  const text = sandboxConfig(sandbox, { executor: null, journalPath: join(folder, 'j.sqlite'), dryRun: true })
  writeFileSync(file, text)
  config = loadConfig({ file: null, text, env: sandboxEnv(sandbox), flags: {}, registry: await discover() })
  const loaded = await loadMirror(openRpc(config.chain.rpc), config, () => undefined)
  mirror = loaded.mirror
  next = nextBlock(loaded.head, 12)
  const found = watch({
    ...{ mirror, block: next, blockSeconds: 12, wrapped: weth, hubs: config.hubs, target },
    ...{ owners: new Set(hands.map(({ who }) => who)), horizonSeconds: 86_400, volatility: () => null },
  })
  for (const one of found) advised.set(one.owner, one)
})
afterAll(async () => sandbox?.stop())

/** The health the protocol itself tells in the very next block, in which these calls are made; then all is undone. */
async function healthAfter({ who, to }: Hands, calls: readonly string[], weth?: bigint): Promise<bigint> {
  const snapshot = await sandbox.rpc.request('evm_snapshot', [])
  const hashes: unknown[] = []
  for (const data of calls) hashes.push(await call(who, to, data))
  if (weth !== undefined) await sandbox.setPrice('WETH', weth)
  await sandbox.mine()
  for (const hash of hashes) {
    const receipt = (await sandbox.rpc.request('eth_getTransactionReceipt', [hash])) as { readonly status: string }
    expect(receipt.status).toBe('0x1')
  }
  const { hash } = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { readonly hash: Hex }
  const view = await viewAt(sandbox.rpc, hash)
  const { position: id, protocol } = advised.get(who)!
  const { key, module } = mirror.modules.strategies.find(
    (one) => one.name === protocol && mirror.books.shelf(one.key).position(id as never) !== undefined,
  )!
  const book = mirror.books.shelf(key)
  const figures = await module.probe(view, book, book.position(id as never)!)
  await sandbox.rpc.request('evm_revert', [snapshot])
  return figures.healthFactor as bigint
}

describe.each([0, 1, 2])('what is advised to borrower %i', (at) => {
  it('brings the contract’s own health to the target, and one unit less does not', async () => {
    const hand = hands[at]!
    const { health, repay, topUp, deleverage } = advised.get(hand.who)!
    expect(health).toBeLessThan(target)
    const ways: { what: string; enough: readonly string[]; short: readonly string[] }[] = []
    for (const { asset, units } of repay)
      ways.push({ what: `repay ${units}`, enough: [hand.repay(asset, units)], short: [hand.repay(asset, units - 1n)] })
    for (const { asset, units } of topUp)
      ways.push({ what: `add ${units}`, enough: [hand.topUp(asset, units)], short: [hand.topUp(asset, units - 1n)] })
    for (const { collateral, debt, sells, repays } of deleverage) {
      const calls = (less: bigint): readonly string[] => [
        hand.repay(debt, repays - less),
        hand.withdraw(collateral, sells),
      ]
      ways.push({ what: `sell ${sells} to repay ${repays}`, enough: calls(0n), short: calls(1n) })
    }
    expect(ways.map(({ what }) => what.split(' ')[0])).toEqual(['repay', 'add', 'sell'])
    for (const { what, enough, short } of ways) {
      const [reached, missed] = [await healthAfter(hand, enough), await healthAfter(hand, short)]
      process.stdout.write(`${hand.name}: ${what}: ${reached}; one unit less ${missed}\n`)
      expect(reached, `${hand.name}: ${what}`).toBeGreaterThanOrEqual(target)
      expect(Number(reached - target) / 1e18).toBeLessThan(1e-8)
      expect(missed, `${hand.name}: ${what}, less one`).toBeLessThan(target)
    }
  })
})

describe.each([0, 1])('the liquidation price told to borrower %i', (at) => {
  it('is the highest at which the contract itself calls the position liquidatable', async () => {
    const hand = hands[at]!
    const prices = advised.get(hand.who)!.prices
    const ether = prices.find(({ prices: of }) => of?.token === sandbox.addresses.weth)!
    expect(ether.side).toBe('below')
    const [sunk, afloat] = [await healthAfter(hand, [], ether.at!), await healthAfter(hand, [], ether.at! + 1n)]
    process.stdout.write(`${hand.name}: at ${ether.at}: ${sunk}, one above ${afloat}\n`)
    expect(sunk).toBeLessThan(10n ** 18n)
    expect(afloat).toBeGreaterThanOrEqual(10n ** 18n)
    const dollar = prices.find(({ prices: of }) => of?.token === sandbox.addresses.tokens.USDC.address)!
    expect(dollar).toMatchObject({ side: 'above' })
    expect(dollar.at).toBeGreaterThan(dollar.now)
  })
})

it('the second interest sinks it is the one the strategy foretells', () => {
  let compared = 0
  for (const { who } of hands) {
    const { position: id } = advised.get(who)!
    for (const { key, module } of mirror.modules.strategies) {
      const scene = mirror.sceneOf(key, plainly(next, 'head'))
      const position = scene.book.position(id as never)
      if (position === undefined) continue
      // Drawn upon until its health is a hair above the line.
      const { asset } = advised.get(who)!.holdings.debt[0]!
      const owing = (debt: bigint): Watched => ({
        ...{ module, scene },
        position: module.adjust(scene, position, { asset, collateral: 0n, debt }),
      })
      let [free, held] = [0n, 10n ** 12n]
      while (held - free > 1n) {
        const middle = (free + held) / 2n
        if (isLiquidatable(owing(middle))) held = middle
        else free = middle
      }
      const near = owing(free - 10n)
      const foretold = module.nextChange(scene, near.position)
      expect(foretold).toEqual({ atSecond: interestCrossing(near, 12) })
      compared += 1
    }
  }
  expect(compared).toBe(3)
})

it('how much a price moves is drawn from its feed’s own rounds', async () => {
  const snapshot = await sandbox.rpc.request('evm_snapshot', [])
  const { hash: before } = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { hash: Hex }
  const from = (await viewAt(sandbox.rpc, before)).block.number + 1
  for (let round = 0; round < 10; round += 1) {
    await sandbox.setPrice('WETH', (round % 2 === 0 ? 3_000n : 3_030n) * 10n ** 8n)
    await sandbox.mine()
  }
  const { hash } = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { readonly hash: Hex }
  const { prices } = mirror.feeds()
  const feed = pricingFeeds(mirror).find(({ prices: of }) => of?.token === sandbox.addresses.weth)!
  const told = await feedVolatility(await viewAt(sandbox.rpc, hash), feed, (one) => prices.aggregatorsOf(one), from)
  await sandbox.rpc.request('evm_revert', [snapshot])
  // Ten answers, twelve seconds apart.
  expect(told!.rounds).toBe(10)
  expect(told!.sigma).toBeCloseTo(Math.log(1.01) * Math.sqrt(31_536_000 / 12), 9)
})

describe('plimsoll watch', () => {
  const env = (): Record<string, string> => sandboxEnv(sandbox)
  const run = (...args: string[]) => command(['watch', ...args, '--config', file], env())

  it('shows a borrower where they stand and what restores the target', async () => {
    const { code, out } = await run(hands[0]!.who, hands[2]!.who, '--volatility', 'ETH=80%', '--within', '24h')
    expect(code).toBe(0)
    expect(out).toMatch(/aave-v3 0x.*: health 1\.0[45]\d\d\n {2}holds \d\.\d{18} WETH; owes \d+\.\d{6} USDC/)
    expect(out).toMatch(/WETH in usd .*3000.00 .*below 28\d\d.* 80\.0 %, given/)
    expect(out).toMatch(/WETH in USDC .*below/)
    expect(out).toContain('  interest alone ')
    expect(out).toMatch(/to 1\.25 in the next block, any one of:\n {4}repay \d+\.\d{6} USDC\n {4}add \d/)
  })

  it('says so where nothing is owed, and refuses what it cannot read', async () => {
    const nobody = '0x00000000000000000000000000000000000000aa'
    expect(await run(nobody)).toMatchObject({ code: 0, out: expect.stringContaining('owes anything in the protocols') })
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['0x12'], '0x12 is not an address'],
      [[nobody, '--target', '1'], '--target 1: give a number from 1.001 to 100, such as 1.25'],
      [[nobody, '--volatility', 'ETH=big'], 'write a symbol and a yearly percentage, as ETH=80%'],
      [[nobody, '--within', '3'], '--within 3: give a number and h or d, such as 24h'],
    ]
    for (const [args, say] of wrong) {
      const { code, said } = await run(...args)
      expect([code, said]).toEqual([2, expect.stringContaining(say)])
    }
  })

  it('follows: tells of a level once, and again only after it has been well above', async () => {
    const { who } = hands[0]!
    const snapshot = await sandbox.rpc.request('evm_snapshot', [])
    const watching = start(['watch', who, '--follow', '--every', '0.1', '--json', '--config', file], env())
    const heard = (): { block: number; alerts: { level: number; key: string }[] }[] =>
      watching
        .out()
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    const until = async (block: number): Promise<void> => {
      while ((heard().at(-1)?.block ?? 0) <= block) await sleep(50)
    }
    await until(0)
    for (const usd of [2_700n, 3_050n, 2_700n]) {
      await sandbox.setPrice('WETH', usd * 10n ** 8n)
      await until((await sandbox.mine()).number)
    }
    watching.stop('SIGINT')
    expect((await watching.ended).code).toBe(0)
    await sandbox.rpc.request('evm_revert', [snapshot])
    // Its health is below 1.05 at the start: what lies above is told of together, by the lowest.
    expect(heard().map(({ alerts }) => alerts.map(({ level }) => level))).toEqual([[1.05], [1], [], [1]])
  })
})
