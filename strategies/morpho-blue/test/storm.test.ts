import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBlocked } from '#core/opportunity.ts'
import { type Random, randomOf } from '../../../sandbox/random.ts'
import type { Shelf } from '../../../src/book/shelf.ts'
import { scan } from '../../../src/opportunity/scan.ts'
import {
  bookOf,
  bootstrapped,
  contents,
  followSince,
  headView,
  type Play,
  readFeeds,
  sceneOn,
  startPlay,
} from './support/play.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? 5)

describe(`Morpho Blue in a storm (seed ${seed})`, () => {
  const random = randomOf(seed)
  let play: Play
  let shelf: Shelf
  beforeAll(async () => {
    play = await startPlay()
    for (const who of play.ground.actors) for (let at = 0; at < 2; at += 1) await play.scenario.open(who, random)
    shelf = await bootstrapped(play, await headView(play.ground))
  }, 120_000)
  afterAll(async () => play?.stop())

  async function movePrices(least: number, most: number): Promise<void> {
    for (const { feed, answer } of play.scenario.prices)
      await play.ground.send(await play.ground.price(feed, (answer * BigInt(random.whole(least, most))) / 1_000n))
  }

  /** One block of deeds, which the book follows. */
  async function blow(on: Shelf, draw: Random): Promise<void> {
    const { ground, scenario } = play
    for (let deeds = draw.whole(0, 6); deeds > 0; deeds -= 1)
      for (const deed of scenario.deed(bookOf(on) as never, draw)) await ground.send(deed)
    if (draw.chance(0.1))
      for (const deed of scenario.parameter(bookOf(on) as never, draw) ?? []) await ground.send(deed)
    if (draw.chance(0.25)) await movePrices(850, 1_050)
    const { block } = await headView(ground)
    await ground.mine(block.timestamp + draw.one([1, 12, 12, 3_600, 400_000]))
    if (draw.chance(0.4)) await scenario.open(draw.one(ground.actors), draw)
    await followSince(play, on, block.number)
  }

  it('followed by logs leaves the book a fresh start would read, judged as Morpho judges', async () => {
    let judged = 0
    let liquidatable = 0
    for (let block = 1; block <= 120; block += 1) {
      await blow(shelf, random)
      if (block % 8 !== 0) continue
      const view = await headView(play.ground)
      expect(contents(bookOf(shelf))).toEqual(contents(bookOf(await bootstrapped(play, view))))
      const scene = sceneOn(bookOf(shelf), view.block, await readFeeds(play, bookOf(shelf), view))
      for (const position of bookOf(shelf).positions()) {
        const figures = play.strategy.judge(scene, position)
        expect(figures).toEqual(await play.strategy.probe(view, bookOf(shelf), position))
        judged += 1
        if (figures.liquidatable === true) liquidatable += 1
      }
    }
    process.stdout.write(`storm: ${judged} positions judged as probed, ${liquidatable} of them liquidatable\n`)
    expect(judged).toBeGreaterThan(150)
    expect(liquidatable).toBeGreaterThan(3)
  }, 300_000)

  it('is as if the dropped blocks had never been, once they are undone', async () => {
    const { rpc } = play.ground
    const view = await headView(play.ground)
    const before = contents(bookOf(await bootstrapped(play, view)))
    const snapshot = await rpc.request('evm_snapshot', [])
    const undo: Parameters<Shelf['apply']>[0][] = []
    const kept = await bootstrapped(play, view)
    const recording: Shelf = {
      ...kept,
      apply: (patch) => {
        const inverse = kept.apply(patch)
        undo.push(inverse)
        return inverse
      },
    }
    for (let block = 0; block < 20; block += 1) await blow(recording, random)
    expect(contents(bookOf(kept))).not.toEqual(before)
    await rpc.request('evm_revert', [snapshot])
    for (const patch of undo.reverse()) kept.apply(patch)
    expect(contents(bookOf(kept))).toEqual(before)
    expect(undo.length).toBeGreaterThan(20)
  }, 120_000)

  it('the screen picks everybody whom exact integers find', async () => {
    const view = await headView(play.ground)
    const book = bookOf(await bootstrapped(play, view))
    const feeds = await readFeeds(play, book, view)
    let found = 0
    for (let at = 0; at < 400; at += 1) {
      const moved = new Map(
        [...feeds].map(([id, reading]) => [
          id,
          reading === null ? null : { ...reading, value: (reading.value * BigInt(random.whole(900, 1_060))) / 1_000n },
        ]),
      )
      const timestamp = view.block.timestamp + random.whole(1, 4_000_000)
      const scene = sceneOn(book, { ...view.block, timestamp }, moved)
      const picked = new Set([...scan(play.strategy as never, scene as never).values()].flat().map(({ id }) => id))
      for (const market of book.markets())
        for (const one of play.strategy.assess(scene, market, [...book.positionsOf(market.id)])) {
          if (isBlocked(one)) continue
          found += 1
          for (const id of one.positions) expect(picked.has(id)).toBe(true)
        }
    }
    process.stdout.write(`screen: ${found} opportunities in 400 scenes, all picked\n`)
    expect(found).toBeGreaterThan(200)
  }, 120_000)
})
