import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomOf } from '../../../sandbox/random.ts'
import type { BluePosition, BlueScene } from '../records.ts'
import {
  bookOf,
  bootstrapped,
  headView,
  opportunitiesIn,
  type Play,
  readFeeds,
  sceneOn,
  startPlay,
} from './support/play.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? 3)
const casesMin = 200

describe(`the second interest brings a loan over a line (seed ${seed})`, () => {
  const random = randomOf(seed)
  let play: Play
  beforeAll(async () => {
    play = await startPlay()
  }, 120_000)
  afterAll(async () => play?.stop())

  async function sceneNow(): Promise<BlueScene> {
    const view = await headView(play.ground)
    const book = bookOf(await bootstrapped(play, view))
    const block = { ...view.block, number: view.block.number + 1, timestamp: view.block.timestamp + 1 }
    return sceneOn(book, block, await readFeeds(play, book, view))
  }

  /** What the contract does with the smallest liquidation in a block of that second. */
  async function isTaken(scene: BlueScene, position: BluePosition, second: number): Promise<boolean> {
    const { ground, strategy } = play
    const there = { ...scene, block: { ...scene.block, timestamp: second } }
    const snapshot = await ground.rpc.request('evm_snapshot', [])
    const found = opportunitiesIn(play, there).filter(({ positions }) => positions[0] === position.id)
    // Before the line nothing is found: then the same call is tried as one second later.
    const later = { ...scene, block: { ...scene.block, timestamp: second + 1 } }
    const [opportunity] =
      found.length > 0 ? found : opportunitiesIn(play, later).filter(({ positions }) => positions[0] === position.id)
    const input = opportunity!.feasible!.segments[0]!.to
    const call = strategy.encode(
      scene.book,
      { opportunity: opportunity!, input, terms: null as never },
      ground.liquidator,
    )
    const hash = await ground.send({ from: ground.liquidator, ...call.act('0x') })
    await ground.mine(second)
    const { status } = (await ground.rpc.request('eth_getTransactionReceipt', [hash])) as { status: string }
    await ground.rpc.request('evm_revert', [snapshot])
    expect(found.length > 0).toBe(status === '0x1')
    return status === '0x1'
  }

  it('is exact: taken in it, refused one before', async () => {
    const { ground, scenario, strategy } = play
    await ground.settle(scenario.arm(ground.liquidator))
    let cases = 0
    for (let round = 0; cases < casesMin && round < 120; round += 1) {
      for (const who of random.some(ground.actors, 3)) await scenario.open(who, random)
      const scene = await sceneNow()
      for (const position of scene.book.positions()) {
        const when = strategy.nextChange(scene, position)
        if (when === null || !('atSecond' in when) || strategy.judge(scene, position).liquidatable === true) continue
        expect(await isTaken(scene, position, when.atSecond)).toBe(true)
        expect(await isTaken(scene, position, when.atSecond - 1)).toBe(false)
        cases += 1
      }
    }
    process.stdout.write(`next change: ${cases} cases\n`)
    expect(cases).toBeGreaterThanOrEqual(casesMin)
  }, 300_000)
})
