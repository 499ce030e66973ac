import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { isBlocked, type Opportunity } from '#core/opportunity.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { decodeLog, type RawLog } from '../../src/chain/log.ts'
import type { AaveScene } from '../../strategies/aave-v3/account-data.ts'
import type { Pair } from '../../strategies/aave-v3/records.ts'
import { type Aave, bookOf, bootstrapped, headView, readFeeds, sceneOn, strategyFor } from './support/chain.ts'
import { act, fundLiquidator } from './support/liquidator.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few' })
  await fundLiquidator(sandbox, [sandbox.addresses.aave['3.0'].pool, sandbox.addresses.aave['3.6'].pool])
})
afterAll(async () => sandbox?.stop())

async function sceneNow(strategy: Aave, aheadSeconds: number): Promise<AaveScene> {
  const view = await headView(sandbox.rpc)
  const book = bookOf(await bootstrapped(strategy, view))
  const block = { ...view.block, number: view.block.number + 1, timestamp: view.block.timestamp + aheadSeconds }
  return sceneOn(book, aheadSeconds === 0 ? view.block : block, await readFeeds(strategy, book, view))
}

function opportunities(strategy: Aave, scene: AaveScene): readonly Opportunity<Pair>[] {
  return [...scene.book.markets()].flatMap((market) =>
    strategy
      .assess(scene, market, [...scene.book.positionsOf(market.id)])
      .flatMap((found) => (isBlocked(found) ? [] : [found])),
  )
}

describe.each(['3.0', '3.6'] as const)('on Aave %s', (version) => {
  const strategy = (): Aave => strategyFor(sandbox.addresses.aave[version].provider)

  it('finds every borrower, and judges each as the pool does', async () => {
    await sandbox.setPrice('WETH', 300_000_000_000n)
    await sandbox.mine()
    const view = await headView(sandbox.rpc)
    const scene = await sceneNow(strategy(), 0)
    const positions = [...scene.book.positions()]
    expect(positions.map(({ owner }) => owner).sort()).toEqual(
      sandbox.accounts.borrowers
        .filter((one) => one.version === version)
        .map((one) => one.address)
        .sort(),
    )
    for (const position of positions) {
      expect(strategy().judge(scene, position)).toEqual(await strategy().probe(view, scene.book, position))
    }
    expect(opportunities(strategy(), scene)).toEqual([])
  })

  it('predicts repay and seizure of a liquidation mined at the second it was judged for', async () => {
    await sandbox.setPrice('WETH', 240_000_000_000n)
    await sandbox.mine()
    const liquidator = await fundLiquidator(sandbox, [])
    const scene = await sceneNow(strategy(), 12)
    const opportunity = opportunities(strategy(), scene)[0]!
    const input = opportunity.feasible!.segments.at(-1)!.to
    const terms = strategy().terms(scene, opportunity, input)
    await act(sandbox, liquidator, strategy().encode(scene.book, { opportunity, input, terms }, liquidator).act('0x'))
    await sandbox.mine({ timestamp: scene.block.timestamp })
    const view = await headView(sandbox.rpc)
    const raw = (await sandbox.rpc.request('eth_getLogs', [{ blockHash: await hashOf(view.block.number) }])) as RawLog[]
    const outcomes = strategy().outcome(
      scene.book,
      raw.map((log) => decodeLog(log, view.block)),
    )
    expect(outcomes).toMatchObject([
      { position: opportunity.positions[0], by: liquidator, repaid: { amount: terms.repay }, seized: terms.seized },
    ])
  })

  it('tells what is written off when nothing is left to take', async () => {
    await sandbox.setPrice('WETH', 90_000_000_000n)
    await sandbox.mine()
    const liquidator = await fundLiquidator(sandbox, [])
    const scene = await sceneNow(strategy(), 12)
    const whole = opportunities(strategy(), scene).map((opportunity) => {
      const input = opportunity.feasible!.segments.at(-1)!.to
      return { opportunity, input, terms: strategy().terms(scene, opportunity, input) }
    })
    const step = whole.find(({ terms }) => terms.tags.includes('collateral-capped') && !terms.tags.includes('e-mode'))!
    expect(step.terms.badDebt > 0n).toBe(version === '3.6')
    await act(sandbox, liquidator, strategy().encode(scene.book, step, liquidator).act('0x'))
    await sandbox.mine({ timestamp: scene.block.timestamp })
    const view = await headView(sandbox.rpc)
    const raw = (await sandbox.rpc.request('eth_getLogs', [{ blockHash: await hashOf(view.block.number) }])) as RawLog[]
    const outcomes = strategy().outcome(
      scene.book,
      raw.map((log) => decodeLog(log, view.block)),
    )
    expect(outcomes).toMatchObject([
      { repaid: { amount: step.terms.repay }, seized: step.terms.seized, badDebt: step.terms.badDebt },
    ])
  })
})

async function hashOf(number: number): Promise<Hex> {
  const block = (await sandbox.rpc.request('eth_getBlockByNumber', [`0x${number.toString(16)}`, false])) as {
    hash: Hex
  }
  return block.hash
}
