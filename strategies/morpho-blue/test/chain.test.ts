import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import type { Opportunity } from '#core/opportunity.ts'
import { randomOf } from '../../../sandbox/random.ts'
import { overlay } from '../../../src/book/overlay.ts'
import { decodeLog, type RawLog } from '../../../src/chain/log.ts'
import type { BlueScene, Way } from '../records.ts'
import {
  balanceOf,
  bookOf,
  bootstrapped,
  contents,
  follow,
  headView,
  opportunitiesIn,
  type Play,
  readFeeds,
  sceneOn,
  startPlay,
} from './support/play.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? 11)
const casesMin = 400
const preCasesMin = 120
/** Least and most of what a price becomes, in thousandths. */
const falls = [
  [860, 1_010],
  [700, 950],
  [930, 1_010],
  [300, 600],
  [970, 1_005],
  [950, 1_000],
] as const

describe(`on the official Morpho Blue (seed ${seed})`, () => {
  const random = randomOf(seed)
  let play: Play
  beforeAll(async () => {
    play = await startPlay()
  }, 120_000)
  afterAll(async () => play?.stop())

  /** The next block, `ahead` seconds after the newest. */
  async function sceneAhead(ahead: number): Promise<BlueScene> {
    const view = await headView(play.ground)
    const book = bookOf(await bootstrapped(play, view))
    const block = { ...view.block, number: view.block.number + 1, timestamp: view.block.timestamp + ahead }
    return sceneOn(book, block, await readFeeds(play, book, view))
  }

  async function movePrices([least, most]: readonly [number, number]): Promise<void> {
    const deeds = []
    for (const { feed, answer } of play.scenario.prices)
      deeds.push(await play.ground.price(feed, (answer * BigInt(random.whole(least, most))) / 1_000n))
    await play.ground.settle(deeds)
  }

  /** Does one step in a block of the scene's second, compares all there is to compare, and undoes it. */
  async function tried(scene: BlueScene, opportunity: Opportunity<Way>, input: bigint): Promise<string> {
    const { ground, strategy } = play
    const { rpc, liquidator } = ground
    const snapshot = await rpc.request('evm_snapshot', [])
    const assets = [opportunity.pays!.asset as never, opportunity.gets[0] as never]
    const before = await Promise.all(assets.map((asset) => balanceOf(ground, asset, liquidator)))
    const shelf = await bootstrapped(play, await headView(ground))
    let terms: ReturnType<typeof strategy.terms> | null = null
    try {
      terms = strategy.terms(scene, opportunity, input)
    } catch {
      terms = null
    }
    const step = { opportunity, input, terms: terms as never }
    const { to, data } = strategy.encode(scene.book, step, liquidator).act('0x')
    const hash = await ground.send({ from: liquidator, to, data })
    const view = await ground.mine(scene.block.timestamp)
    const { status, logs } = (await rpc.request('eth_getTransactionReceipt', [hash])) as {
      status: Hex
      logs: RawLog[]
    }
    if (status === '0x1' && terms !== null) {
      const after = await Promise.all(assets.map((asset) => balanceOf(ground, asset, liquidator)))
      const same = assets[0] === assets[1]
      expect([before[0]! - after[0]!, after[1]! - before[1]!]).toEqual(
        same ? [] : [terms.repay, terms.seized[0]!.amount],
      )
      await follow(play, shelf, view)
      expect(contents(bookOf(shelf))).toEqual(contents(overlay(scene.book as never, terms.after as never) as never))
      const outcomes = strategy.outcome(
        scene.book,
        logs.map((log) => decodeLog(log, view.block)),
      )
      expect(outcomes).toMatchObject([
        {
          position: opportunity.positions[0],
          by: liquidator,
          kind: opportunity.kind,
          repaid: { asset: assets[0], amount: terms.repay },
          seized: terms.seized,
          badDebt: terms.badDebt,
        },
      ])
    }
    await rpc.request('evm_revert', [snapshot])
    if ((status === '0x1') !== (terms !== null))
      return `${opportunity.id} at ${input}: status ${status}, terms ${terms}`
    return status === '0x1' ? 'taken' : 'refused'
  }

  it('takes every end and what lies inside, refuses what lies outside, and does what the terms say', async () => {
    const { ground, scenario } = play
    for (const who of ground.actors) for (let at = 0; at < 3; at += 1) await scenario.open(who, random)
    await ground.settle(scenario.arm(ground.liquidator))
    const seen = new Map<string, number>()
    let cases = 0
    const preCases = (): number =>
      [...seen].reduce((sum, [label, count]) => sum + (label.startsWith('pre') ? count : 0), 0)
    for (let round = 0; (cases < casesMin || preCases() < preCasesMin) && round < 60; round += 1) {
      await movePrices(falls[round % falls.length]!)
      const scene = await sceneAhead(random.whole(1, 3_600))
      const found = opportunitiesIn(play, scene)
      for (const opportunity of [
        ...random.some(found, 5),
        ...random.some(
          found.filter(({ kind }) => kind === 'pre-liquidate'),
          4,
        ),
      ]) {
        const { from, to } = opportunity.feasible!.segments[0]!
        const inside = [from, to, random.big(from, to), from + (to - from) / 3n]
        for (const input of new Set([...inside, from - 1n, to + 1n])) {
          if (input < 0n) continue
          const isInside = input >= from && input <= to
          const label = `${opportunity.kind} ${opportunity.data.by} ${isInside ? 'inside' : 'outside'}`
          expect(await tried(scene, opportunity, input), label).toBe(isInside ? 'taken' : 'refused')
          seen.set(label, (seen.get(label) ?? 0) + 1)
          cases += 1
        }
      }
    }
    process.stdout.write(`segments: ${cases} cases ${JSON.stringify(Object.fromEntries(seen))}\n`)
    expect(preCases()).toBeGreaterThanOrEqual(preCasesMin)
    for (const kind of ['liquidate repaidShares', 'liquidate seizedAssets'])
      expect(seen.get(`${kind} inside`)).toBeGreaterThan(50)
  }, 300_000)
})
