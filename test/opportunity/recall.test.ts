import { describe, expect, it } from 'vitest'
import type { PositionId } from '#core/book.ts'
import { createScreen, type Screen } from '../../src/opportunity/screen.ts'
import {
  type Account,
  createWorld,
  indexIn,
  linear,
  plantedAccount,
  put,
  randomAccount,
  sceneIn,
  sumOf,
  type World,
} from './support/linear.ts'
import { referee } from './support/referee.ts'

const seed = Number(process.env.SEED ?? 20_261_124)
const plantedEach = 6

/** All feeds at once, back towards where they began, by steps of up to `width` or so, a few of them alone and larger. */
function move(world: World, start: readonly bigint[], width: number): void {
  const { chance, prices } = world
  for (let feed = 0; feed < prices.length; feed += 1) {
    const step = width * (chance() + chance() + chance() - 1.5) * (chance() < 0.02 ? 6 : 1)
    const from = Number(prices[feed])
    const back = Math.log(Number(start[feed]) / from) * 0.02
    prices[feed] = BigInt(Math.max(1, Math.round(from * Math.exp(step + back))))
  }
  world.timestamp += 12
}

/** Screen, then exact integers: who is found. */
function found(world: World, screen: Screen): ReadonlySet<PositionId> {
  const below = new Set<PositionId>()
  const picked = [...screen.pick(sceneIn(world)).values()].flat()
  for (const { id, data } of picked) {
    const account = { id, holdings: data.holdings as unknown as Account['holdings'] }
    if (sumOf(account, world.prices, indexIn(world)) < 0n) below.add(id)
  }
  expect(new Set(picked.map(({ id }) => id)).size, 'none is picked twice').toBe(picked.length)
  return below
}

type Run = {
  readonly missed: number
  readonly missedPlanted: number
  readonly wrong: number
  readonly answered: number
  readonly swept: number
}

function run(accounts: number, moves: number, guard?: number): Run {
  const world = createWorld(seed, accounts, 30)
  const start = [...world.prices]
  const { below, put: replace } = referee(world)
  const screen = createScreen(linear, world.shelf, guard)
  for (const account of world.accounts) world.shelf.apply(put(account))
  const tally = { below: 0, missed: 0, missedPlanted: 0, wrong: 0, answered: 0, swept: 0 }
  let before = below()
  let planted = new Set<number>()
  for (let at = 0; at < moves; at += 1) {
    move(world, start, at % 100 === 99 ? 0.02 : 0.0012)
    const fresh = new Set<number>()
    for (const n of planted) replace(n, randomAccount(world, n))
    for (let one = 0; one < plantedEach; one += 1) {
      const n = Math.floor(world.chance() * accounts)
      fresh.add(n)
      replace(n, plantedAccount(world, n))
    }
    for (const n of new Set([...planted, ...fresh])) world.shelf.apply(put(world.accounts[n] as Account))
    planted = fresh
    const wanted = below()
    const got = found(world, screen)
    const ids = new Set([...planted].map((n) => world.accounts[n]?.id))
    expect(
      [...ids].filter((id) => !wanted.has(id as PositionId)),
      'what is planted is below the line',
    ).toEqual([])
    const missed = [...wanted].filter((id) => !got.has(id))
    tally.missed += missed.length
    tally.below += wanted.size
    tally.missedPlanted += missed.filter((id) => ids.has(id)).length
    tally.wrong += [...got].filter((id) => !wanted.has(id)).length
    const crossed = [...wanted].filter((id) => !before.has(id) && !ids.has(id)).length
    const { by } = screen.effort()
    if (by === 'index' && crossed >= 1 && crossed <= 500) tally.answered += 1
    if (by === 'sweep') tally.swept += 1
    before = wanted
    screen.tend(20_000)
  }
  return tally
}

describe(`recall (seed ${seed})`, () => {
  it('finds exactly what a full exact scan finds: 100,000 positions, 30 feeds, 2,000 joint moves', () => {
    const tally = run(100_000, 2_000)
    process.stdout.write(`recall, seed ${seed}: ${JSON.stringify(tally)}\n`)
    expect(tally).toMatchObject({ missed: 0, missedPlanted: 0, wrong: 0 })
    expect(tally.answered, 'moves in which 1 to 500 crossed and the index answered').toBeGreaterThanOrEqual(1_000)
    expect(tally.swept, 'moves so large that a sweep answered').toBeGreaterThan(0)
  }, 240_000)

  it('misses what is planted at the line without a guard band: the test can fail', () => {
    const tally = run(5_000, 100, 0)
    expect(tally.missedPlanted).toBeGreaterThan(20)
    expect(tally.wrong).toBe(0)
  })
})
