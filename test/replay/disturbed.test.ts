import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plain } from '#core/plain.ts'
import { seeded } from '../../sandbox/seeded.ts'
import { runHead } from '../../src/cli/run-recording.ts'
import type { Config } from '../../src/config/config.ts'
import { createRunTape } from '../../src/recording/run-tape.ts'
import { command } from '../cli/command.ts'
import { type Rig, rig } from '../keeper/rig.ts'

const seed = Number(process.env.PLIMSOLL_REPLAY_SEED ?? 5)

describe(`a disturbed run (seed ${seed})`, () => {
  let world: Rig
  const tapes: string[] = []
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true, seed })
  })
  afterAll(() => world.end())

  /** Prices fall and rise, the node is busy or gone for a while, and blocks are taken back. */
  async function lived(config: Config, blocks: number): Promise<{ readonly sent: number; readonly faults: number }> {
    const random = seeded(seed + tapes.length)
    const path = join(world.folder, `${tapes.length}.tape`)
    tapes.push(path)
    const lanes = world.sandbox.accounts.operators.map(({ address }) => address)
    const faults: unknown[] = []
    const tape = createRunTape(path, runHead(config, lanes) as unknown as Plain, (error) => faults.push(error))
    const keeper = await world.live(config, {}, tape)
    for (let block = 0; block < blocks; block += 1) {
      if (block % 2 === 0) await world.price('WETH', 2_000 + Math.floor(random() * 900))
      if (block % 3 === 1) world.sandbox.proxy.faults.push({ kind: random() < 0.5 ? 'too-many' : 'drop', times: 2 })
      if (block % 4 === 3) await world.sandbox.rpc.request('anvil_reorg', [1 + Math.floor(random() * 2), []])
      await keeper.block()
    }
    const sent = keeper.attempts().filter(({ status }) => status === 'included').length
    await keeper.stop()
    await tape.close()
    expect(faults).toEqual([])
    return { sent, faults: keeper.faults.length }
  }

  it('is replayed, also one that goes on from an earlier one’s journal', { timeout: 150_000 }, async () => {
    const { config } = await world.configure()
    for (let blocks = 0; blocks < 4; blocks += 1) await world.sandbox.mine()
    const first = { ...config, submission: { ...config.submission, simulate: 'never' as const } }
    expect((await lived(first, 7)).sent).toBeGreaterThan(0)
    expect((await lived(config, 4)).faults).toBeGreaterThan(0)
    for (const path of tapes) {
      const { out, said, code } = await command(['replay', path])
      expect(out, said).toMatch(/\d+ verdicts: the same, byte for byte/)
      expect(code).toBe(0)
    }
  })
})
