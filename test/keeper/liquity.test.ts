import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import type { OpenKeeper } from '../../src/cli/open-keeper.ts'
import type { Settled } from '../../src/engine/receipt.ts'
import fixture from '../../strategies/liquity/fixture/index.ts'
import { type Live, type Rig, rig } from './rig.ts'

describe('a keeper with the real executor, on the Zero fork', () => {
  let world: Rig
  let live: Live
  beforeAll(async () => {
    const oracle = { WETH: 'ocr2' } as const
    world = await rig({ aave: [], borrowers: [], traffic: true, oracle, protocols: [{ fixture }] })
    live = await world.live((await world.configure()).config)
  }, 120_000)
  afterAll(() => world?.end())

  const held = async (token: Address): Promise<bigint> => {
    const data = `0x70a08231${(live.config.executor?.address ?? '').slice(2).padStart(64, '0')}`
    return BigInt((await world.sandbox.rpc.request('eth_call', [{ to: token, data }, 'latest'])) as Hex)
  }

  it('liquidates a batch behind a pending price for native currency, to the wei, and keeps the debt token', {
    timeout: 60_000,
  }, async () => {
    const [market] = [...live.keeper.mirror().books.shelf(liquityKey(live)).markets()]
    const { debtToken, reserve } = market!.data as unknown as { debtToken: Address; reserve: bigint }
    live.live.pending(await world.sandbox.transmit('WETH', 2_550n * 10n ** 8n))
    while (live.live.isBehind()) await sleep(2)
    await live.keeper.idle()
    for (let blocks = 0; blocks < 3; blocks += 1) await live.block()
    const [intent] = live.intents()
    const [settled] = live.journal.select({ streams: ['receipt'] }).map(({ record }) => record as unknown as Settled)
    expect(live.faults).toEqual([])
    expect(settled!.receipt.status).toBe('included')
    const [step] = intent!.steps
    const positions = [step!.position, ...(step!.also ?? [])]
    expect(positions.length).toBeGreaterThan(1)
    expect(settled!.exactness).toEqual({ isComparable: true, repay: [0n], seize: [0n], swapOut: [], profit: 0n })
    expect(settled!.gained).toBe(step!.seize)
    expect(intent!.trigger).toBe('update-pending')
    expect(intent!.readsWhileDeciding).toBe(0)
    expect(settled!.receipt.outcomes.map(({ position }) => position)).toEqual(positions)
    expect(await held(debtToken)).toBe(reserve * BigInt(positions.length))
    const { tip } = settled!.receipt.actual
    expect(await held(world.sandbox.addresses.weth)).toBe(settled!.gained + tip)
    process.stdout.write(
      `${positions.length} troves: predicted ${step!.seize} wei, gained ${settled!.gained} wei, ` +
        `${settled!.gasUsed} gas, ${intent!.gasUnits} guessed\n`,
    )
  })
})

const liquityKey = ({ keeper }: OpenKeeper): string =>
  keeper.mirror().modules.strategies.find(({ name }) => name === 'liquity')?.key ?? ''
