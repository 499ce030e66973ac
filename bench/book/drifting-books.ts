import type { Position, PositionId } from '#core/book.ts'
import type { Reading } from '#core/feed.ts'
import type { Scene } from '#core/scene.ts'
import type { Account } from '../../strategies/aave-v3/records.ts'
import { aaveAccount, putPosition } from './aave-book.ts'
import { type KeptBook, keptBook } from './kept-book.ts'

const accounts = 200
const assetCount = 6
const ticksPerBook = 50_000
const ticksPerDrift = 50

/** Ticks of one feed up or down, by a millionth to a tenth, over books whose prices drift and whose accounts change. */
export function falseNegatives(ticks: number): number {
  let missed = 0
  for (let book = 0; book * ticksPerBook < ticks; book += 1) missed += missedIn(1_000 + book, ticksPerBook)
  return missed
}

function missedIn(seed: number, ticks: number): number {
  const positions: Position<Account>[] = []
  const kept = keptBook(seed, accounts, assetCount, (position) => positions.push(position))
  const referee = createReferee(kept, positions)
  const { chance, prices, screen, shelf } = kept
  const start = [...prices]
  const { live, set } = liveScene(kept)
  let missed = 0
  for (let tick = 0; tick < ticks; tick += 1) {
    if (tick % ticksPerDrift === 0) {
      start.forEach((from, slot) => {
        const now = Number(prices[slot])
        prices[slot] = BigInt(
          Math.max(1, Math.round(now * Math.exp((chance() - 0.5) * 0.004 + Math.log(Number(from) / now) * 0.02))),
        )
      })
      const at = Math.floor(chance() * accounts)
      shelf.apply({ op: 'drop-position', id: (positions[at] as Position).id })
      positions[at] = aaveAccount(kept)
      shelf.apply(putPosition(positions[at] as Position<Account>) as never)
      referee.put(at, positions[at] as Position<Account>)
      prices.forEach((price, slot) => {
        set(slot, price)
      })
      screen.tend(100)
    }
    const slot = Math.floor(chance() * assetCount)
    const before = prices[slot] as bigint
    const size = 10 ** (-1 - chance() * 5) * (chance() < 0.5 ? 1 : -1)
    const now = BigInt(Math.max(1, Math.round(Number(before) * (1 + size))))
    prices[slot] = now
    set(slot, now)
    const rows = screen.unsafe(live)
    for (const id of referee.below()) if (!rows.includes(shelf.rowOf(id) ?? -1)) missed += 1
    prices[slot] = before
    set(slot, before)
  }
  return missed
}

/** A scene whose prices can be set: made once, not once a tick. */
function liveScene(kept: KeptBook): { readonly live: Scene; readonly set: (slot: number, price: bigint) => void } {
  const readings = new Map<string, Reading>()
  const names = kept.prices.map((_, slot) => `price-${slot}`)
  return {
    live: { ...kept.scene(), feed: (id) => readings.get(id) ?? null },
    set: (slot, price) => {
      readings.set(names[slot] as string, { value: price, updatedAt: 0 })
    },
  }
}

type Referee = {
  readonly put: (at: number, position: Position<Account>) => void
  readonly below: () => readonly PositionId[]
}
const most = 4

/** Doubles where they are clear by a millionth, else Aave's integers. It shares nothing with the screen. */
function createReferee(kept: KeptBook, positions: readonly Position<Account>[]): Referee {
  const { assets, prices } = kept
  const units = new Float64Array(accounts * most)
  const slots = new Uint8Array(accounts * most)
  const put = (at: number, { data }: Position<Account>): void => {
    for (let n = 0; n < most; n += 1) {
      const balance = data.balances[n]
      const asset = assets[balance?.slot ?? 0]
      slots[at * most + n] = balance?.slot ?? 0
      units[at * most + n] = 0
      if (balance === undefined || asset === undefined) continue
      const bps = data.emode === 1 && balance.slot % 5 === 0 ? 9_300 : asset.thresholdBps
      const supply = Number(balance.supply) * (asset.liquidityPpm / 1e6) * (bps / 1e4)
      const debt = Number(balance.debt) * (asset.borrowPpm / 1e6)
      units[at * most + n] = (supply - debt) / 10 ** asset.decimals
    }
  }
  positions.forEach((position, at) => {
    put(at, position)
  })
  const below = (): readonly PositionId[] => {
    const worth = Float64Array.from(prices, Number)
    const found: PositionId[] = []
    for (let at = 0; at < accounts; at += 1) {
      let sum = 0
      let gross = 0
      for (let n = at * most; n < (at + 1) * most; n += 1) {
        const value = (units[n] as number) * (worth[slots[n] as number] as number)
        sum += value
        gross += Math.abs(value)
      }
      if (sum > gross * 1e-6) continue
      const position = positions[at] as Position<Account>
      if (sum < gross * -1e-6 || kept.isBelow(position)) found.push(position.id)
    }
    return found
  }
  return { put, below }
}
