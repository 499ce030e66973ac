import { type Address, address } from '#core/address.ts'
import type { Book, Position } from '#core/book.ts'
import type { FeedId } from '#core/feed.ts'
import { wei } from '#core/numbers.ts'
import type { Random } from '../../../sandbox/random.ts'
import type { Conditions, LiquityScene } from '../conditions.ts'
import { feedIds } from '../feeds.ts'
import { type System, systemId, type Trove, type TrovePosition, troveId } from '../records.ts'

export const e18 = 10n ** 18n
export const at = (number: number): Address => address(`0x${number.toString(16).padStart(40, '0')}`)
export const manager = at(1)
export const usual: Conditions = { price: 2_000n * e18, mcr: (11n * e18) / 10n, ccr: (15n * e18) / 10n, divisor: 200n }

/** Troves by number; those of the system that are not told of here are one more, whose share is the rest. */
export type Told = { readonly system: System; readonly troves: ReadonlyMap<Address, Trove> }

const nothing: System = {
  ...{
    manager,
    symbol: 'LUSD',
    borrowerOperations: at(2),
    activePool: at(3),
    defaultPool: at(4),
    stabilityPool: at(5),
  },
  ...{ priceFeed: at(6), debtToken: at(7), parameters: manager, source: null, isProven: true, reserve: 200n * e18 },
  ...{ activeColl: 0n, activeDebt: 0n, defaultColl: 0n, defaultDebt: 0n, deposits: 0n, collPerStake: 0n },
  ...{
    debtPerStake: 0n,
    collError: 0n,
    debtError: 0n,
    totalStakes: 0n,
    stakesSnapshot: 0n,
    collSnapshot: 0n,
    troves: 0n,
  },
}

/** Fresh troves, collateral and debt in whole units. */
export function told(deposits: number, ...troves: readonly (readonly [coll: number, debt: number])[]): Told {
  const made = new Map(
    troves.map(([whole, owed], number) => {
      const [coll, debt] = [BigInt(whole) * e18, BigInt(owed) * e18]
      return [at(100 + number), { coll, debt, stake: coll, collSnapshot: 0n, debtSnapshot: 0n }] as const
    }),
  )
  const sum = (part: 'coll' | 'debt'): bigint => [...made.values()].reduce((all, one) => all + one[part], 0n)
  const system = {
    ...{ ...nothing, deposits: BigInt(deposits) * e18, troves: BigInt(troves.length) },
    ...{ activeColl: sum('coll'), activeDebt: sum('debt'), totalStakes: sum('coll') },
  }
  return { system, troves: made }
}

/** Somewhere in its life: rewards pending, errors left over, stakes of another time. */
export function drawn(random: Random): Told {
  const perStake = (most: bigint): bigint => random.big(0n, most)
  const [collPerStake, debtPerStake] = [perStake(e18 / 2n), perStake(300n * e18)]
  const troves = new Map<Address, Trove>()
  for (let number = 0; number < random.whole(1, 9); number += 1) {
    const coll = random.big(e18, 300n * e18)
    const stake = random.chance(0.3) ? coll : (coll * random.big(1n, 1_000n)) / 1_000n
    const debt =
      (coll * 2_000n * 1_000n) / BigInt(random.chance(0.6) ? random.whole(900, 1_250) : random.whole(900, 2_600))
    const [collSnapshot, debtSnapshot] = [random.big(0n, collPerStake), random.big(0n, debtPerStake)]
    troves.set(at(100 + number), { coll, debt, stake, collSnapshot, debtSnapshot })
  }
  let [coll, debt, totalStakes] = [0n, 0n, 0n]
  let [defaultColl, defaultDebt] = [random.big(0n, 1_000n), random.big(0n, 1_000n)]
  for (const one of troves.values()) {
    coll += one.coll
    debt += one.debt
    totalStakes += one.stake
    defaultColl += (one.stake * (collPerStake - one.collSnapshot)) / e18
    defaultDebt += (one.stake * (debtPerStake - one.debtSnapshot)) / e18
  }
  const deposits = random.one([0n, random.big(1n, e18), random.big(1n, debt), debt * 2n])
  const errors = { collError: random.big(0n, totalStakes - 1n), debtError: random.big(0n, totalStakes - 1n) }
  const system: System = {
    ...{ ...nothing, ...errors, activeColl: coll, activeDebt: debt, defaultColl, defaultDebt, deposits },
    ...{ collPerStake, debtPerStake, totalStakes, troves: BigInt(troves.size) },
    ...{ stakesSnapshot: totalStakes, collSnapshot: coll + defaultColl },
  }
  return { system, troves }
}

const positionsIn = ({ troves }: Told): readonly TrovePosition[] =>
  [...troves].map(
    ([owner, data]): Position<Trove> => ({
      ...{ id: troveId(manager, owner), market: systemId(manager), owner, data },
    }),
  )

export function bookOf(of: Told): Book<System, Trove> {
  const market = { id: systemId(manager), epoch: 0, data: of.system }
  const positions = new Map(positionsIn(of).map((one) => [one.id, one]))
  return {
    market: () => market,
    markets: () => [market],
    position: (id) => positions.get(id),
    positions: () => positions.values(),
    positionsOf: () => positions.values(),
  }
}

/** A feed left out reverts. */
export function sceneOf(of: Told, conditions: Partial<Conditions>): LiquityScene {
  const ids = feedIds(manager)
  const values = new Map<FeedId, bigint | undefined>(
    (['price', 'mcr', 'ccr', 'divisor'] as const).map((name) => [ids[name], conditions[name]]),
  )
  return {
    ...{ id: 's', trigger: 'head', before: [], book: bookOf(of) },
    block: { number: 1, timestamp: 1, baseFee: wei(0n), parentHash: '0x00' },
    feed: (id) => {
      const value = values.get(id)
      return value === undefined ? null : { value, updatedAt: 1 }
    },
  }
}
