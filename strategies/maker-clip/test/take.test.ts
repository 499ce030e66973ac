import { encodeBytes32String, Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RAY, WAD } from '#core/numbers.ts'
import type { Settled } from '../../../src/engine/receipt.ts'
import { type Live, type Rig, rig, sendAs } from '../../../test/keeper/rig.ts'
import fixture, { type MakerGround } from '../fixture/index.ts'

const dog = new Interface(['function file(bytes32 ilk, bytes32 what, uint256 data)'])

/** From the book through the quote, the engine and the relay: nothing here is put together by hand. */
describe('a keeper barks and takes, on stand-ins for Maker’s contracts', () => {
  let world: Rig
  let live: Live
  let maker: MakerGround
  beforeAll(async () => {
    world = await rig({ aave: ['3.6'], borrowers: [], protocols: [{ fixture }] })
    maker = world.sandbox.protocols[0]?.addresses as MakerGround
    live = await world.live((await world.configure()).config)
  }, 120_000)
  afterAll(() => world?.end())

  /** So many dollars may be raised at once. */
  const allow = async (dollars: number): Promise<void> => {
    const args = [maker.ilks[0]?.ilk, encodeBytes32String('hole'), BigInt(dollars) * WAD * RAY]
    await world.sandbox.rpc.request('anvil_setBalance', [maker.admin, '0xde0b6b3a7640000'])
    await sendAs(world, live, { from: maker.admin!, to: maker.dog, data: dog.encodeFunctionData('file', args) })
  }
  const later = async (seconds: number): Promise<void> => {
    await world.sandbox.mine({ timestamp: (live.keeper.head()?.block.timestamp ?? 0) + seconds })
    for (let blocks = 0; blocks < 3; blocks += 1) await live.block()
  }
  /** What landed of a kind, as it was foreseen and as it came. */
  const landed = (kind: string) =>
    live.journal
      .select({ streams: ['receipt'] })
      .map(({ record }) => record as unknown as Settled)
      .flatMap((settled) => {
        const intent = live.intents().find(({ plan }) => plan === settled.receipt.plan)
        return intent?.steps.every((step) => step.kind === kind) === true ? [{ intent, settled }] : []
      })
  const expectExact = ({ settled }: ReturnType<typeof landed>[number]): void => {
    const { repay, seize, swapOut, profit, isComparable } = settled.exactness
    expect([settled.receipt.status, isComparable, profit]).toEqual(['included', true, 0n])
    expect([...repay, ...seize, ...swapOut].filter((off) => off !== 0n)).toEqual([])
    expect(settled.gained).toBeGreaterThan(0n)
  }

  it('alone: the collateral is sold within clipperCall, nothing is borrowed, and all is foreseen to the wei', async () => {
    await allow(3_000)
    await world.price('WETH', 2_600)
    for (let blocks = 0; blocks < 3; blocks += 1) await live.block()
    expect(landed('bark').length).toBeGreaterThan(0)
    for (let hours = 0; hours < 8 && landed('take').length === 0; hours += 1) await later(3_600)
    const takes = landed('take')
    expect(takes.length).toBeGreaterThan(0)
    for (const one of takes) {
      process.stdout.write(`a take alone gained ${one.settled.gained} wei, as foreseen\n`)
      expectExact(one)
      expect([one.intent.steps.length, one.intent.funding, one.intent.sum.flashFee]).toEqual([1, [], 0n])
      expect(one.intent.legs.length).toBeGreaterThan(0)
      expect(one.settled.receipt.outcomes).toMatchObject([{ kind: 'take' }])
    }
    expect(live.faults).toEqual([])
  }, 120_000)

  it('several at once: each by a loan, so that each may fail alone, and foreseen to the wei as well', async () => {
    await allow(1_500_000)
    for (let blocks = 0; blocks < 3; blocks += 1) await live.block()
    const before = landed('take').length
    for (let hours = 0; hours < 10 && landed('take').every(({ intent }) => intent.steps.length === 1); hours += 1)
      await later(3_600)
    const joint = landed('take')
      .slice(before)
      .filter(({ intent }) => intent.steps.length > 1)
    expect(joint.length).toBeGreaterThan(0)
    for (const one of joint) {
      process.stdout.write(`${one.intent.steps.length} takes gained ${one.settled.gained} wei, as foreseen\n`)
      expectExact(one)
      expect(one.intent.funding.length).toBeGreaterThan(0)
    }
    expect(live.faults).toEqual([])
  }, 120_000)
})
