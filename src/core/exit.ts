import type { Address } from './address.ts'
import { type Market, marketId, nothingFolded, type Patch } from './book.ts'
import { type Curve, emptyCurve } from './curve.ts'
import { type Amount, amount as amountOf, mulDivUp, WAD } from './numbers.ts'
import type { Trust } from './trust.ts'
import type { Venue } from './venue.ts'
import type { View } from './world.ts'

/** A token that stands for another, as it can be redeemed in the next block. */
export type Wrapping = {
  readonly token: Address
  readonly asset: Address
  /** So much of `asset` for `scale` of `token`, rounded down. */
  readonly rate: bigint
  readonly scale: bigint
  /** Share of it that is kept back, rounded down. */
  readonly feeWad: bigint
  /** Of `asset`, before the fee: no more can be paid out at once. */
  readonly cash: bigint
}

/** A way out of wrapped tokens: what redeems them, at which rate, as far as there is cash. It holds no state. */
export interface Exit {
  /** Which of `tokens` it redeems, and how, at the view's block. Read ahead, for the next block, with every head. */
  read(view: View, tokens: readonly Address[]): Promise<readonly Wrapping[]>
  /** The chain's own answer, compared with `redeemed`: what answers otherwise is not redeemed. */
  admits(view: View, wrapping: Wrapping): Promise<boolean>
  /** First estimate of a redemption's gas, before any was measured. */
  readonly hopGas: number
}

export interface ExitDefinition<C = unknown> {
  readonly name: string
  readonly layout: number
  readonly config: { parse(input: unknown): C }
  readonly presets: { readonly [name: string]: unknown }
  create(config: C): Exit
  /** Every token the executor may redeem, and how: orders name the token alone. */
  trusts(view: View, config: C): Promise<readonly Trust[]>
}

/** Identity that infers the types: the default export of `exits/<name>/index.ts`. */
export const defineExit = <C>(it: ExitDefinition<C>): ExitDefinition<C> => it

/** What a redemption pays, before and after the fee; `null` where it would revert or pays nothing. */
function paid({ rate, scale, feeWad, cash }: Wrapping, units: bigint): { gross: bigint; net: bigint } | null {
  const gross = (units * rate) / scale
  const net = gross - (gross * feeWad) / WAD
  return net === 0n || gross > cash ? null : { gross, net }
}

/** Exact, rounded as the contract rounds; `null` where it would revert or pays nothing. */
export const redeemed = (wrapping: Wrapping, units: Amount): Amount | null => {
  const all = paid(wrapping, units)
  return all === null ? null : amountOf(all.net)
}

/** The least that pays so much: the same rounding turned round. `null` where there is not so much. */
export function leastToRedeem(wrapping: Wrapping, wanted: Amount): Amount | null {
  const { rate, scale, feeWad, cash } = wrapping
  if (wanted === 0n || rate === 0n || feeWad >= WAD) return null
  // g − ⌊g·fee⌋ ≥ n exactly where g·(1 − fee) > n − 1.
  const gross = ((wanted - 1n) * WAD) / (WAD - feeWad) + 1n
  return gross > cash ? null : amountOf(mulDivUp(gross, scale, rate))
}

/** The price falls by so much of itself from the first unit to the last, so that sizing has a slope to go by. */
const slope = 1e-6

/** One range of nearly one price, which ends where the cash does: it sells no more, and is said to pay a trifle less. */
export function curveOfExit({ rate, scale, feeWad, cash }: Wrapping): Curve {
  const gross = Number(rate) / Number(scale)
  const from = Math.sqrt(gross * (1 - Number(feeWad) / 1e18))
  const to = from * (1 - slope)
  return from > 0 && cash > 0n
    ? Float64Array.of(from, to, Number(cash) / gross / (1 / to - 1 / from), 0, 0)
    : emptyCurve
}

const marketOf = (wrapping: Wrapping): Market<Wrapping> => ({ id: marketId(wrapping.token), epoch: 0, data: wrapping })
const put = (wrapping: Wrapping): Patch<Wrapping, never> => ({ op: 'put-market', market: marketOf(wrapping) })

/** An exit as a pool that is used one way: the quote knows no other. */
export const venueOfExit = (exit: Exit): Venue<Wrapping> => ({
  isTimed: true,
  hopGas: exit.hopGas,
  discover: async (view, tokens, fresh) =>
    (await exit.read(view, fresh === undefined ? tokens : tokens.filter((token) => fresh.has(token)))).map(put),
  admits: (view, { data }) => exit.admits(view, data),
  watches: () => [],
  fold: () => nothingFolded,
  refresh: async (view, book, dirty) => {
    const known = dirty.markets.flatMap((id) => book.market(id)?.data ?? [])
    const found = await exit.read(
      view,
      known.map(({ token }) => token),
    )
    // One that answers no more is not redeemed until it does.
    return known.map((one) => put(found.find(({ token }) => token === one.token) ?? { ...one, cash: 0n }))
  },
  tokens: ({ data }) => [data.token, data.asset],
  sell: ({ data }, token, units) => {
    const all = token === data.token ? paid(data, units) : null
    return all === null
      ? null
      : { bought: amountOf(all.net), after: marketOf({ ...data, cash: data.cash - all.gross }) }
  },
  leastToBuy: ({ data }, token, wanted) => (token === data.token ? leastToRedeem(data, wanted) : null),
  curve: ({ data }, token) => (token === data.token ? curveOfExit(data) : emptyCurve),
  swap: ({ data }, _token, sells, minimum) => ({
    op: 'redeem',
    sell: data.token,
    buy: data.asset,
    amount: sells,
    minimum,
  }),
})
