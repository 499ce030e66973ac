import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fullPositions } from '../../sandbox/borrowers/full.ts'
import { inexact, liquidationsOf } from '../../src/cli/demo/liquidations.ts'
import type { Hex } from '../../src/core/address.ts'
import type { Settled } from '../../src/engine/receipt.ts'
import type { BlueAddresses } from '../../strategies/morpho-blue/fixture/addresses.ts'
import { authorising, idOf } from '../../strategies/morpho-blue/fixture/calls.ts'
import morpho from '../../strategies/morpho-blue/fixture/index.ts'
import { send } from '../aave-v3/support/liquidator.ts'
import { type Live, type Rig, rig } from './rig.ts'

/** Under by a little: of what is small, and of what a pre-liquidation contract lets be called again. */
const falls = [2_950, 2_860, 2_800] as const

describe('one position taken twice in a transaction, through the real executor', () => {
  let world: Rig
  let live: Live
  beforeAll(async () => {
    const borrowers = fullPositions(1).filter(({ label, version }) => version === '3.6' && label === 'small')
    world = await rig({ aave: ['3.6'], borrowers, protocols: [{ fixture: morpho }] })
    await allowLittleByLittle(world)
    live = await world.live((await world.configure()).config)
  })
  afterAll(() => world?.end())

  it('is foreseen to the wei, step by step, on Aave 3.6 and in a pre-liquidation contract', async () => {
    for (const dollars of falls) {
      await world.price('WETH', dollars)
      for (let i = 0; i < 3; i += 1) await live.block()
    }
    const settled = live.journal.select({ streams: ['receipt'] }).map(({ record }) => record as unknown as Settled)
    const intents = new Map(live.intents().map((intent) => [intent.plan, intent]))
    const twice = new Map<string, number>()
    for (const one of settled) {
      const intent = intents.get(one.receipt.plan)!
      expect(one.receipt.status).toBe('included')
      for (const part of liquidationsOf(intent, one, () => null)) {
        expect(part.isComparable).toBe(true)
        expect(inexact(part), `${part.tx} ${part.tags}`).toEqual([])
      }
      const seen = new Map<string, string>()
      for (const { position, kind, tags, repay } of intent.steps) {
        process.stdout.write(`${kind} ${position.slice(0, 12)}… repays ${repay}: ${tags.join(' ')}\n`)
        const before = seen.get(position)
        if (before !== undefined) twice.set(`${before} then ${kind}`, (twice.get(`${before} then ${kind}`) ?? 0) + 1)
        seen.set(position, kind)
      }
      expect(one.receipt.outcomes).toHaveLength(intent.steps.length)
    }
    process.stdout.write(`${[...twice].map(([kinds, times]) => `${kinds}: ${times}`).join(', ')}\n`)
    expect(twice.get('liquidate then liquidate')).toBeGreaterThan(0)
    expect(twice.get('pre-liquidate then pre-liquidate')).toBeGreaterThan(0)
    expect(live.faults).toEqual([])
  }, 120_000)
})

/** A pre-liquidation contract of small parts, for the loan of DAI: one call leaves it above the contract's line. */
async function allowLittleByLittle({ sandbox }: Rig): Promise<void> {
  const { addresses, borrowers } = sandbox.protocols[0]!
  const { markets, preLiquidationFactory, morpho: blue } = addresses as BlueAddresses
  const factory = new Interface([
    'function createPreLiquidation(bytes32 id, (uint256,uint256,uint256,uint256,uint256,address) params) returns (address)',
  ])
  const percent = (of: number): bigint => BigInt(of * 10) * 10n ** 15n
  const market = markets[3]!
  const params = [percent(68), percent(4), percent(8), percent(101.5), percent(103), market.oracle]
  const data = factory.encodeFunctionData('createPreLiquidation', [idOf(market), params]) as Hex
  const { address: anyone } = sandbox.accounts.borrowers[0]!
  const owner = borrowers.find(({ label }) => label.includes('WETH for DAI'))!.address
  const call = { from: anyone, to: preLiquidationFactory, data }
  const answer = (await sandbox.rpc.request('eth_call', [call, 'latest'])) as Hex
  for (const who of [anyone, owner]) await sandbox.rpc.request('anvil_impersonateAccount', [who])
  await send(sandbox, anyone, preLiquidationFactory, data)
  const allowed = authorising(owner, blue, `0x${answer.slice(-40)}` as typeof owner, true)
  await send(sandbox, owner, allowed.to, allowed.data)
  await sandbox.mine()
}
