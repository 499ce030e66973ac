import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inexact, liquidationsOf } from '../../src/cli/demo/liquidations.ts'
import type { Settled } from '../../src/engine/receipt.ts'
import morpho from '../../strategies/morpho-blue/fixture/index.ts'
import { type Live, type Rig, rig } from './rig.ts'

/** FlashLoan(address indexed caller, address indexed token, uint256 assets), of Morpho. */
const flashLoan = '0xc76f1b4fe4396ac07a9fa55a415d4ca430e72651d37d3401f3bed7cb13fc4f12'

/** The first four bring one loan of Morpho's each over its line, the others several at once, some beyond their worth. */
const falls = [
  ['WETH', 2_965],
  ['WBTC', 57_700],
  ['LINK', 13],
  ['WBTC', 55_000],
  ['WETH', 2_800],
  ['WETH', 2_050],
] as const

describe('a liquidation that is called back, through the real executor', () => {
  let world: Rig
  let live: Live
  beforeAll(async () => {
    world = await rig({ aave: ['3.6'], protocols: [{ fixture: morpho }] })
    live = await world.live((await world.configure()).config)
  })
  afterAll(() => world?.end())

  /** Everything liquidated so far, with the transaction's logs. */
  async function done() {
    const intents = new Map(live.intents().map((intent) => [intent.plan, intent]))
    const settled = live.journal.select({ streams: ['receipt'] }).map(({ record }) => record as unknown as Settled)
    return Promise.all(
      settled.flatMap((one) => {
        const intent = intents.get(one.receipt.plan)
        return intent === undefined ? [] : [told(intent, one)]
      }),
    )
  }
  async function told(intent: ReturnType<Live['intents']>[number], settled: Settled) {
    const raw = (await world.sandbox.rpc.request('eth_getTransactionReceipt', [settled.receipt.transactionHash])) as {
      logs: { topics: string[] }[]
    }
    const borrowed = raw.logs.filter(({ topics }) => topics[0] === flashLoan).length
    return { intent, borrowed, parts: liquidationsOf(intent, settled, () => null) }
  }

  it('borrows nothing where it is alone, a loan where it is not, and is foreseen to the wei', async () => {
    for (const [symbol, dollars] of falls) {
      await world.price(symbol, dollars)
      await live.block()
      await live.block()
    }
    await live.block()
    const plans = (await done()).filter(({ intent }) => intent.strategy.includes('morpho-blue'))
    const alone = plans.filter(({ intent }) => intent.steps.length === 1)
    const joint = plans.filter(({ intent }) => intent.steps.length > 1)
    const kinds = plans.flatMap(({ intent }) => intent.steps.map(({ kind, tags }) => [kind, ...tags].join(' ')))
    process.stdout.write(`${alone.length} alone, ${joint.length} joint: ${kinds.join(', ')}\n`)
    for (const { parts } of plans)
      for (const part of parts) {
        expect(part.isComparable).toBe(true)
        expect(inexact(part), `${part.tx} ${part.tags}`).toEqual([])
      }
    for (const { borrowed, intent } of alone) {
      expect([borrowed, intent.funding]).toEqual([0, []])
      expect(intent.sum.flashFee).toBe(0n)
    }
    for (const { intent } of joint) expect(intent.funding.length).toBeGreaterThan(0)
    expect(alone.length).toBeGreaterThanOrEqual(3)
    expect(joint.length).toBeGreaterThan(0)
    for (const kind of ['liquidate', 'pre-liquidate'])
      expect(
        alone.some(({ intent }) => intent.steps[0]?.kind === kind),
        `${kind} alone`,
      ).toBe(true)
    expect(kinds.some((kind) => kind.includes('bad-debt'))).toBe(true)
    expect(live.faults).toEqual([])
  }, 240_000)
})
