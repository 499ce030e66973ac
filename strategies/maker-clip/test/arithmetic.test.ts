import { describe, expect, it } from 'vitest'
import { RAY } from '#core/numbers.ts'
import { type Random, randomOf } from '../../../sandbox/random.ts'
import { priceAfter, rpow } from '../curve.ts'
import { segmentsOf, takeOf } from '../take.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? 20_260)

/** Powers by a table of squares, picked by the exponent's binary digits from the right. */
function powerByDigits(x: bigint, n: bigint): bigint {
  const rounded = (product: bigint): bigint => {
    const [whole, rest] = [product / RAY, product % RAY]
    return rest * 2n >= RAY ? whole + 1n : whole
  }
  const digits = [...n.toString(2)].reverse()
  const squares = digits.reduce<bigint[]>(
    (all) => [...all, all.length === 0 ? x : rounded((all.at(-1) ?? 0n) ** 2n)],
    [],
  )
  const picked = squares.filter((_, at) => digits[at] === '1')
  return picked.slice(1).reduce((product, one) => rounded(product * one), picked[0] ?? RAY)
}

/** A take told as a clerk would tell it. */
function clerk(tab: bigint, lot: bigint, price: bigint, chost: bigint, amt: bigint): string {
  const wanted = amt < lot ? amt : lot
  const bill = wanted * price
  if (bill >= tab) return `pays ${tab}, gets ${bill === tab ? wanted : tab / price}`
  const mayLeave = wanted === lot || tab - bill >= chost
  if (mayLeave) return `pays ${bill}, gets ${wanted}`
  return tab > chost ? `pays ${tab - chost}, gets ${(tab - chost) / price}` : 'sent away'
}

const told = (done: ReturnType<typeof takeOf>): string =>
  done === null ? 'sent away' : `pays ${done.owe}, gets ${done.slice}`

describe(`arithmetic against a second implementation, seed ${seed}`, () => {
  it('raises to powers as a table of squares does', () => {
    const random = randomOf(seed)
    for (let at = 0; at < 3_000; at += 1) {
      const x = random.chance(0.5) ? random.big((9n * RAY) / 10n, RAY) : random.big(0n, RAY)
      const n = random.big(0n, random.one([10n, 1_000n, 100_000n]))
      expect(rpow(x, n), `${x} to ${n}`).toBe(powerByDigits(x, n))
    }
  })

  it('keeps within a step’s rounding of the exact product', () => {
    const random = randomOf(seed + 1)
    for (let at = 0; at < 300; at += 1) {
      const cut = random.big((97n * RAY) / 100n, RAY)
      const n = BigInt(random.whole(0, 60))
      const exact = (10n ** 24n * cut ** n) / RAY ** n
      const price = priceAfter({ shape: 'stair', step: 7n, cut }, 10n ** 24n, n * 7n + 3n) ?? 0n
      expect(exact - price <= 1n && price - exact <= 1n).toBe(true)
    }
  })

  it('takes as a clerk does: small auctions exhaustively, large ones at random', () => {
    let cases = 0
    each(({ tab, lot, price, chost }) => {
      for (let amt = 1n; amt <= lot + 1n; amt += 1n) {
        expect(told(takeOf({ tab, lot }, price, chost, amt))).toBe(clerk(tab, lot, price, chost, amt))
        cases += 1
      }
    })
    expect(cases).toBeGreaterThan(20_000)
    const random = randomOf(seed + 2)
    for (let at = 0; at < 20_000; at += 1) {
      const { tab, lot, price, chost } = largeOf(random)
      const amt = random.big(1n, (lot * 11n) / 10n)
      expect(told(takeOf({ tab, lot }, price, chost, amt))).toBe(clerk(tab, lot, price, chost, amt))
    }
  })

  it('offers every input that gets what it asks for, and the least that ends it, and no other', () => {
    let offered = 0
    each(({ tab, lot, price, chost }) => {
      const segments = segmentsOf({ tab, lot }, price, chost)
      const ends = lot * price <= tab ? lot : (tab + price - 1n) / price
      for (let amt = 1n; amt <= lot + 1n; amt += 1n) {
        const isAsked = clerk(tab, lot, price, chost, amt) === `pays ${amt * price}, gets ${amt}`
        const getsNothing = clerk(tab, lot, price, chost, ends).endsWith('gets 0')
        const isOffered = segments.some(({ from, to }) => from <= amt && amt <= to)
        expect(isOffered, `${amt} of ${lot} at ${price}, ${tab} to raise, chost ${chost}`).toBe(
          !getsNothing && amt <= lot && (isAsked || amt === ends),
        )
        offered += isOffered ? 1 : 0
      }
    })
    expect(offered).toBeGreaterThan(5_000)
  })
})

type Case = { readonly tab: bigint; readonly lot: bigint; readonly price: bigint; readonly chost: bigint }

function each(what: (one: Case) => void): void {
  for (let tab = 1n; tab <= 16n; tab += 1n)
    for (let lot = 1n; lot <= 9n; lot += 1n)
      for (let price = 1n; price <= 6n; price += 1n)
        for (let chost = 0n; chost <= 9n; chost += 3n) what({ tab, lot, price, chost })
}

function largeOf(random: Random): Case {
  const price = random.big(RAY / 100n, 100_000n * RAY)
  const lot = random.big(1n, 10n ** 22n)
  return {
    price,
    lot,
    tab: random.big(1n, lot * price * 2n),
    chost: random.chance(0.3) ? 0n : random.big(0n, lot * price),
  }
}
