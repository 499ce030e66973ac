import type { Asset } from '#core/address.ts'
import type { Mirror } from '../../engine/mirror.ts'
import type { NearLine, PriceAt } from '../../engine/near-line.ts'
import type { Worth } from '../../engine/worth.ts'
import type { TokenText } from '../read-tokens.ts'

/** A position as a page shows it: figures for eyes, to six digits, so that what has not moved is not told again. */
export type NearRow = {
  readonly key: string
  readonly owner: string | null
  readonly protocol: string
  readonly market: string
  /** To six digits; `null` without one. */
  readonly health: number | null
  readonly isBelow: boolean
  /** As stored; `null` where its protocol does not say. */
  readonly debtUsd: number | null
  readonly prices: readonly PriceRow[]
}
/** `now` and `at` in `quote` for one whole token. */
export type PriceRow = {
  readonly name: string
  readonly quote: string
  readonly now: number
  readonly at: number
  readonly side: 'below' | 'above'
}

export type Tokens = ReadonlyMap<Asset, TokenText>

/** One a slice. */
export function* rowsOf(
  mirror: Mirror,
  near: readonly NearLine[],
  tokens: Tokens,
  dollars: Worth,
): Generator<void, readonly NearRow[]> {
  const rows: NearRow[] = []
  for (const one of near) {
    rows.push(rowOf(mirror, one, tokens, dollars))
    yield
  }
  return rows
}

function rowOf(mirror: Mirror, one: NearLine, tokens: Tokens, dollars: Worth): NearRow {
  const { position, protocol, health, isBelow } = one
  return {
    ...{ key: position.id, owner: position.owner, protocol, market: position.market, isBelow },
    health: health === null || health > 10n ** 24n ? null : digits(Number(health) / 1e18),
    debtUsd: debtOf(mirror, one, dollars),
    prices: one.prices.map((price) => priceRow(price, tokens)),
  }
}

export function priceRow({ feed, prices, now, at, side }: PriceAt, tokens: Tokens): PriceRow {
  if (prices === null) return { name: feed, quote: '', now: digits(now), at: digits(at), side }
  const { token, quote, scale } = prices
  const by = scale * 10 ** (decimalsOf(token, tokens) - (quote === 'usd' ? 0 : decimalsOf(quote, tokens)))
  const name = tokens.get(token)?.symbol ?? token
  return { name, quote: quote === 'usd' ? 'USD' : (tokens.get(quote)?.symbol ?? quote), ...scaled(now, at, by), side }
}

const scaled = (now: number, at: number, by: number) => ({ now: digits(now * by), at: digits(at * by) })
const decimalsOf = (asset: Asset, tokens: Tokens): number => tokens.get(asset)?.decimals ?? 18
const digits = (value: number): number => Number(value.toPrecision(6))

function debtOf(mirror: Mirror, { key, position }: NearLine, dollars: Worth): number | null {
  const module = mirror.modules.strategies.find((one) => one.key === key)?.module
  const owes = module?.sides?.(mirror.books.shelf(key), position)?.owes
  if (owes === undefined) return null
  return digits(owes.reduce((sum, { asset, amount }) => sum + Number(amount) * (dollars(asset) ?? 0), 0))
}
