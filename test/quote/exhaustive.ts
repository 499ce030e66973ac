import type { Address } from '../../src/core/address.ts'
import type { Market, Patch } from '../../src/core/book.ts'
import { amount } from '../../src/core/numbers.ts'
import type { Segment } from '../../src/core/opportunity.ts'
import type { PoolEntry } from '../../src/quote/exchange.ts'
import { leastToCover } from '../../src/quote/least-to-cover.ts'

/** What a step leaves behind, in the book of its protocol. */
export type Left = { readonly of: unknown; readonly patches: readonly Patch[] }
/** A position to be sold out: what an input repays and what that seizes, exactly. */
export type Sellable = {
  /** Ways of one position exclude each other. */
  readonly position?: string
  readonly collateral: Address
  readonly debt: Address
  readonly segments: readonly Segment[]
  /** After those taken before, at the nearest input there then is; `null` where there is none. */
  readonly terms: (input: bigint, before: readonly Left[]) => Taken | null
}
type Taken = { readonly repay: bigint; readonly seized: bigint; readonly gas?: number; readonly left?: Left }
/** What is searched, and at what cost; the gas is counted as a plan's is, each pool once. */
export type Search = {
  readonly sellables: readonly Sellable[]
  readonly wrapped: Address
  readonly pools: readonly PoolEntry[]
  readonly gasPrice: bigint
  readonly feeBps: bigint
  readonly sizes: number
  readonly orders: 'all' | 'one'
}
type State = {
  readonly pools: readonly Market[]
  readonly used: number
  readonly w: bigint
  /** Tokens sold for tokens so far: a way that would close a circle is an arbitrage beside the exit, and not taken. */
  readonly flow: ReadonlyMap<Address, readonly Address[]>
  readonly left: readonly Left[]
  /** Of the acts so far. */
  readonly gas: number
}
/** An act's, where its terms do not say otherwise. */
const actGas = 380_000
type Way = { readonly hops: readonly { pool: number; sell: Address; buy: Address }[] }

/**
 * The best net of all subsets, orders, and sizes (so many evenly spaced over each segment, ends included): each step
 * sells at once, by the best single way or the best of some splits, in exact integers.
 */
export function exhaustive(search: Search): { net: bigint; tried: number } {
  const { sellables, pools } = search
  const ways = waysFinder(pools)
  let best = 0n
  let tried = 0
  const start: State = { pools: pools.map(({ pool }) => pool), used: 0, w: 0n, flow: new Map(), left: [], gas: 0 }
  const inputs = sellables.map((one) => sizesOf(one, search.sizes))
  const gasOf = (acts: number, debts: ReadonlySet<string>, used: number): bigint => {
    let units = 37_000 + acts + debts.size * 120_000
    for (const [i, { module }] of pools.entries()) if ((used & (1 << i)) !== 0) units += module.hopGas
    return BigInt(units) * search.gasPrice
  }
  const visit = (state: State, done: readonly number[], debts: ReadonlySet<string>): void => {
    for (const [i, one] of sellables.entries()) {
      if (done.some((j) => j === i || isSame(sellables[j], one))) continue
      if (search.orders === 'one' && done.some((j) => j > i)) continue
      const nextDone = [...done, i]
      const nextDebts = new Set(debts).add(one.debt)
      for (const input of inputs[i]!) {
        const next = take(search, state, one, input, ways)
        tried += 1
        if (next === null) continue
        const net = next.w - gasOf(next.gas, nextDebts, next.used)
        if (net > best) best = net
        visit(next, nextDone, nextDebts)
      }
    }
  }
  visit(start, [], new Set())
  return { net: best, tried }
}

const isSame = (one: Sellable | undefined, { position }: Sellable): boolean =>
  position !== undefined && one?.position === position

function sizesOf({ segments }: Sellable, sizes: number): readonly bigint[] {
  const all = new Set<bigint>()
  for (const { from, to } of segments) {
    const steps = BigInt(Math.max(1, sizes))
    for (let i = 0n; i <= steps; i += 1n) all.add(from + ((to - from) * i) / steps)
  }
  return [...all]
}

function take(search: Search, before: State, one: Sellable, input: bigint, ways: Ways): State | null {
  const taken = one.terms(input, before.left)
  if (taken === null) return null
  const { repay, seized, gas = actGas, left } = taken
  const state = { ...before, gas: before.gas + gas, left: left === undefined ? before.left : [...before.left, left] }
  const owed = repay + (repay * search.feeBps + 9_999n) / 10_000n
  const { collateral: c, debt: d } = one
  const W = search.wrapped
  if (seized === 0n) return null
  if (c === d)
    return c === W ? { ...state, w: state.w + seized - owed } : sellAll(search, state, c, seized - owed, ways)
  if (d === W) {
    const sold = sellAll(search, state, c, seized, ways)
    return sold === null ? null : { ...sold, w: sold.w - owed }
  }
  let best: State | null = null
  const consider = (one: State | null): void => {
    if (one !== null && (best === null || one.w > best.w)) best = one
  }
  // Straight to the debt as little as covers it, the rest to W; or all to W, and back as little as covers it.
  for (const way of ways(c, d)) {
    const covered = buy(search, state, way, owed, seized)
    if (covered === null) continue
    const left = seized - covered.sold
    const after = { ...covered.state }
    if (c === W) consider({ ...after, w: after.w + left })
    else consider(left === 0n ? after : sellAll(search, after, c, left, ways))
  }
  if (c !== W) {
    const sold = sellAll(search, state, c, seized, ways)
    if (sold !== null)
      for (const way of ways(W, d)) {
        const covered = buy(search, sold, way, owed, sold.w + 10n ** 30n)
        if (covered !== null) consider({ ...covered.state, w: covered.state.w - covered.sold })
      }
  }
  return best
}

/** All of it to W: the best single way, or the two best in quarters. */
function sellAll(search: Search, state: State, token: Address, units: bigint, ways: Ways): State | null {
  if (units === 0n) return state
  if (units < 0n) return null
  const found = ways(token, search.wrapped)
    .map((way) => ({ way, after: run(search, state, way, units) }))
    .flatMap(({ way, after }) => (after === null ? [] : [{ way, after }]))
    .sort((a, b) => (a.after.bought > b.after.bought ? -1 : 1))
  const [first, second] = found
  if (first === undefined) return null
  let best: State = { ...first.after.state, w: state.w + first.after.bought }
  if (second !== undefined)
    for (const quarters of [1n, 2n, 3n]) {
      const part = (units * quarters) / 4n
      const one = part === 0n ? null : run(search, state, first.way, part)
      const two = one === null ? null : run(search, one.state, second.way, units - part)
      if (one === null || two === null) continue
      const w = state.w + one.bought + two.bought
      if (w > best.w) best = { ...two.state, w }
    }
  return best
}

function run(search: Search, state: State, { hops }: Way, units: bigint): { state: State; bought: bigint } | null {
  let have = units
  let { used } = state
  const pools = [...state.pools]
  const flow = new Map(state.flow)
  for (const { pool, sell, buy } of hops) {
    if (leads(flow, buy, sell)) return null
    flow.set(sell, [...(flow.get(sell) ?? []), buy])
    const done = have === 0n ? null : search.pools[pool]!.module.sell(pools[pool]!, sell, amount(have))
    if (done === null) return null
    pools[pool] = done.after
    used |= 1 << pool
    have = done.bought
  }
  return { state: { ...state, pools, used, flow }, bought: have }
}

const leads = (flow: State['flow'], from: Address, to: Address): boolean =>
  from === to || (flow.get(from) ?? []).some((next) => leads(flow, next, to))

function buy(
  search: Search,
  state: State,
  way: Way,
  need: bigint,
  most: bigint,
): { state: State; sold: bigint } | null {
  // Where all there is falls short, no less of it has to be looked for.
  const whole = most < 10n ** 29n ? run(search, state, way, most) : null
  if (whole !== null && whole.bought < need) return null
  const sold = leastToCover(
    (units) => {
      const done = run(search, state, way, units)
      return done === null ? null : amount(done.bought)
    },
    need,
    Number(most < 10n ** 29n ? most : need),
  )
  if (sold === null || sold > most) return null
  const done = run(search, state, way, sold)
  return done === null ? null : { state: done.state, sold }
}

type Ways = (from: Address, to: Address) => readonly Way[]
/** Ways of three hops at most that visit no token twice. */
function waysFinder(pools: readonly PoolEntry[]): Ways {
  const known = new Map<string, readonly Way[]>()
  const ends = pools.map(({ module, pool }) => module.tokens(pool))
  return (from, to) => {
    const key = from + to
    const found = known.get(key)
    if (found !== undefined) return found
    const ways: Way[] = []
    const walk = (at: Address, seen: readonly Address[], hops: Way['hops']): void => {
      if (at === to) ways.push({ hops })
      else if (hops.length < 3)
        for (const [pool, [a, b]] of ends.entries()) {
          const next = at === a ? b : at === b ? a : null
          if (next !== null && !seen.includes(next))
            walk(next, [...seen, next], [...hops, { pool, sell: at, buy: next }])
        }
    }
    walk(from, [from], [])
    known.set(key, ways)
    return ways
  }
}
