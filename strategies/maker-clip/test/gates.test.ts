import { describe, expect, it } from 'vitest'
import { address } from '#core/address.ts'
import type { Position } from '#core/book.ts'
import type { Reading } from '#core/feed.ts'
import { RAY, WAD } from '#core/numbers.ts'
import { isBlocked } from '#core/opportunity.ts'
import { randomOf } from '../../../sandbox/random.ts'
import { assess } from '../assess.ts'
import { priceAfter, statusAt } from '../curve.ts'
import { exposure, indices } from '../exposure.ts'
import { judge } from '../judge.ts'
import { nextChange } from '../next-change.ts'
import {
  type Auction,
  auctionId,
  type Curve,
  type Ilk,
  ilkId,
  type MakerPosition,
  type MakerScene,
  type System,
  urnId,
} from '../records.ts'
import { gold, system } from './support/records.ts'

const now = 1_700_000_000
const seed = Number(process.env.PLIMSOLL_SEED ?? 77)
const who = address(`0x${'c'.repeat(40)}`)
const id = ilkId(system.dog, gold.ilk)
/** 40 of collateral for 79 of debt: safe at a spot of 2, not at 1.9. */
const urn: Position<MakerPosition> = {
  id: urnId(id, who),
  market: id,
  owner: who,
  data: { kind: 'urn', ink: 40n * WAD, art: 79n * WAD },
}
const auctionOf = (changes: Partial<Auction> = {}): Position<Auction> => ({
  ...{ id: auctionId(gold.clip, 1n), market: id, owner: who },
  data: {
    kind: 'auction',
    number: 1n,
    tab: 110n * WAD * RAY,
    lot: 40n * WAD,
    tic: now,
    top: 5n * RAY,
    usr: who,
    ...changes,
  },
})

function sceneOf(
  ilk: Partial<Ilk>,
  seconds = 0,
  of: Partial<System> = {},
  reading: Reading = { value: 4n * WAD, updatedAt: now },
): MakerScene {
  const markets = [
    { id: system.dog as never, epoch: 0, data: { ...system, ...of } },
    { id, epoch: 0, data: { ...gold, ...ilk } },
  ]
  return {
    ...{ id: '', trigger: 'head', before: [] },
    block: { number: 1, timestamp: now + seconds, baseFee: 0n as never, parentHash: '0x' },
    book: {
      market: (one) => markets.find((each) => each.id === one),
      markets: () => markets,
      position: () => undefined,
      positions: () => [],
      positionsOf: () => [],
    },
    feed: (one) => (one.endsWith('chost') ? { value: 22n * WAD * RAY, updatedAt: now } : reading),
  }
}
const osm: Partial<Ilk> = { source: 'osm', current: 4n * WAD, next: (38n * WAD) / 10n, since: now - 1_000, hop: 3_600 }
const found = (scene: MakerScene, position: Position<MakerPosition>) =>
  assess(scene, scene.book.market(id)!, [position])
const reasons = (scene: MakerScene, position: Position<MakerPosition>) =>
  found(scene, position).map((one) => (isBlocked(one) ? one.reason : one.kind))

describe('an OSM’s next price', () => {
  it('brings an urn below the line in the second in which it can be poked, and is known before', () => {
    expect(nextChange(sceneOf(osm), urn)).toEqual({ atSecond: now + 2_600 })
    expect(judge(sceneOf(osm, 2_599), urn).liquidatable).toBe(false)
    expect(judge(sceneOf(osm, 2_600), urn)).toMatchObject({ liquidatable: true, poke: 'osm' })
    expect(found(sceneOf(osm, 2_600), urn)).toMatchObject([{ kind: 'bark', data: { poke: 'osm' } }])
    expect(nextChange(sceneOf(osm, 2_600), urn)).toBeNull()
  })

  it('is none where the OSM is stopped, or where it is no lower', () => {
    for (const changes of [{ isStopped: true }, { next: 4n * WAD }, { next: null }]) {
      expect(nextChange(sceneOf({ ...osm, ...changes }), urn)).toBeNull()
      expect(judge(sceneOf({ ...osm, ...changes }, 9_999), urn).liquidatable).toBe(false)
    }
  })

  it('is in the screen’s one line from that second on', () => {
    const sum = (seconds: number): number => {
      const scene = sceneOf(osm, seconds)
      const market = scene.book.market(id)!
      const [line] = exposure(scene.book, urn) as readonly { terms: readonly { weight: number; slot: number }[] }[]
      const values = indices(scene.book, scene.block, market)
      return line!.terms.reduce((total, { weight, slot }) => total + weight * values[slot]!, 0)
    }
    expect(sum(2_599)).toBeCloseTo(1)
    expect(sum(2_600)).toBeCloseTo(-3)
  })

  it('needs no OSM’s poke where a lower price is shown already, and none at all where the vat has it', () => {
    expect(judge(sceneOf({ ...osm, current: (38n * WAD) / 10n }), urn)).toMatchObject({ poke: 'spotter' })
    expect(judge(sceneOf({ ...osm, spot: (19n * RAY) / 10n }), urn)).toMatchObject({ poke: 'none' })
  })
})

describe('gates', () => {
  const low: Reading = { value: 3n * WAD, updatedAt: now }
  it('name what keeps a bark from being made', () => {
    expect(reasons(sceneOf({}, 0, {}, low), urn)).toEqual(['bark'])
    expect(reasons(sceneOf({}, 0, { isLive: false }, low), urn)).toEqual(['gated'])
    expect(reasons(sceneOf({ stopped: 1n }, 0, {}, low), urn)).toEqual(['paused'])
    expect(reasons(sceneOf({ dirt: gold.hole }, 0, {}, low), urn)).toEqual(['gated'])
    expect(reasons(sceneOf({}, 0, { dirt: system.hole }, low), urn)).toEqual(['gated'])
    expect(reasons(sceneOf({ spot: RAY }, 0, {}, null), urn)).toEqual(['feed-reverts'])
  })

  it('close auctions by level, and know an unknown curve', () => {
    const kinds = (stopped: bigint, seconds: number) => reasons(sceneOf({ stopped }, seconds), auctionOf())
    expect([0n, 1n, 2n, 3n].map((level) => kinds(level, 0)[0])).toEqual(['take', 'take', 'take', 'paused'])
    expect([0n, 1n, 2n, 3n].map((level) => kinds(level, 3_601)[0])).toEqual(['redo', 'redo', 'paused', 'paused'])
    expect(reasons(sceneOf({ curve: { shape: 'none' } }), auctionOf())).toEqual(['gated'])
  })
})

describe(`an auction’s next second of interest, seed ${seed}`, () => {
  const curveOf = (random: ReturnType<typeof randomOf>): Curve =>
    random.one<() => Curve>([
      () => ({
        shape: 'stair',
        step: BigInt(random.whole(1, 300)),
        cut: random.big((90n * RAY) / 100n, (999n * RAY) / 1_000n),
      }),
      () => ({ shape: 'exponential', cut: random.big((999n * RAY) / 1_000n, (9_999n * RAY) / 10_000n) }),
      () => ({ shape: 'linear', tau: BigInt(random.whole(300, 9_000)) }),
    ])()

  it('is the first at which it asks no more than the collateral is worth, else the next step, or when it needs a redo', () => {
    const random = randomOf(seed)
    const kinds = new Set<string>()
    for (let at = 0; at < 400; at += 1) {
      const ilk: Ilk = {
        ...gold,
        curve: curveOf(random),
        tail: BigInt(random.whole(60, 7_200)),
        cusp: random.big(0n, (9n * RAY) / 10n),
      }
      const auction = auctionOf()
      const from = random.whole(0, 3_000)
      const when = nextChange(sceneOf(ilk, from), auction)
      const status = (second: number) => statusAt(ilk, auction.data, second)!
      if (status(now + from).needsRedo) {
        expect(when).toBeNull()
        continue
      }
      // Second by second, as the contract would be asked.
      const worth = 4n * RAY
      const first = status(now + from)
      let second = now + from + 1
      const isIt = (): boolean =>
        status(second).needsRedo ||
        (first.price > worth
          ? status(second).price <= worth
          : priceAfter(ilk.curve, auction.data.top, BigInt(second - now)) !== first.price)
      while (!isIt()) second += 1
      kinds.add(`${ilk.curve.shape} ${first.price > worth ? 'dear' : 'steps'} ${status(second).needsRedo}`)
      expect(when, `${ilk.curve.shape} from ${from}`).toEqual({ atSecond: second })
    }
    expect(kinds.size).toBeGreaterThanOrEqual(9)
  })
})
