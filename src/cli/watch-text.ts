import { type Address, type Asset, ZERO_ADDRESS } from '#core/address.ts'
import { UINT256_MAX } from '#core/numbers.ts'
import type { PriceRisk, WatchedPosition } from '../watch/watch.ts'
import type { TokenText } from './read-tokens.ts'
import { short, table } from './table.ts'

export type Tokens = ReadonlyMap<Asset, TokenText>

export const symbolIn = (tokens: Tokens, asset: Asset | 'usd'): string =>
  asset === 'usd' ? 'usd' : asset === ZERO_ADDRESS ? 'native' : (tokens.get(asset)?.symbol ?? short(asset))

export const healthText = (health: bigint | null): string =>
  health === null ? 'unknown' : health === UINT256_MAX ? 'no debt' : (Number(health) / 1e18).toFixed(4)

/** What a borrower wants to know of one position: how it stands, what would sink it, and what would save it. */
export function watchText(one: WatchedPosition, tokens: Tokens, target: string, within: string): string {
  const crossing = one.interestCrossing
  const lines = [
    `${one.protocol} ${short(one.position)}, of ${short(one.owner)}: health ${healthText(one.health)}${one.isLiquidatable ? ', CAN BE LIQUIDATED' : ''}`,
    `  holds ${listed(one.holdings.collateral, tokens)}; owes ${listed(one.holdings.debt, tokens)}`,
    one.prices.length === 0 ? '  no price is known that it falls by' : priceTable(one.prices, tokens, within),
    crossing === null
      ? '  interest alone does not sink it within five years, at today’s rates'
      : `  interest alone sinks it at ${new Date(crossing * 1_000).toISOString()}, at today’s rates and prices`,
    ...rescueLines(one, tokens, target),
  ]
  return lines.join('\n')
}

function priceTable(prices: readonly PriceRisk[], tokens: Tokens, within: string): string {
  const head = ['price', 'now', 'liquidated', 'move', 'sigmas', `within ${within}`, 'volatility']
  const rows = prices.map((one) => {
    const [now, at] = [priceText(one, one.now, tokens), one.at === null ? 'never' : priceText(one, one.at, tokens)]
    const move = one.at === null ? '' : `${((Number(one.at) / Number(one.now) - 1) * 100).toFixed(2)} %`
    const { volatility } = one
    return [
      nameOf(one, tokens),
      now,
      one.side === 'above' ? `above ${at}` : one.side === 'below' ? `below ${at}` : at,
      move,
      one.sigmas === null ? '' : one.sigmas.toFixed(2),
      one.hitProbability === null ? '' : `${(one.hitProbability * 100).toFixed(2)} %`,
      volatility === null
        ? one.at === null
          ? ''
          : 'unknown: give --volatility'
        : `${(volatility.sigma * 100).toFixed(1)} %, ${volatility.from}`,
    ]
  })
  return table(head, rows, head.slice(1, 6))
}

const nameOf = ({ prices, feed }: PriceRisk, tokens: Tokens): string =>
  prices === null ? short(feed) : `${symbolIn(tokens, prices.token)} in ${symbolIn(tokens, prices.quote)}`

/** Of a whole token, in whole tokens or dollars; as the feed has it where it prices no one token. */
export function priceText({ prices }: PriceRisk, value: bigint, tokens: Tokens): string {
  if (prices === null) return value.toString()
  const decimals = (asset: Asset): number => tokens.get(asset)?.decimals ?? 18
  const whole = 10 ** (decimals(prices.token) - (prices.quote === 'usd' ? 0 : decimals(prices.quote)))
  return (Number(value) * prices.scale * whole).toPrecision(6)
}

function rescueLines(one: WatchedPosition, tokens: Tokens, target: string): readonly string[] {
  const amount = (asset: Address, units: bigint): string => amountText(asset, units, tokens)
  const ways = [
    ...one.repay.map(({ asset, units }) => `repay ${amount(asset, units)}`),
    ...one.topUp.map(({ asset, units }) => `add ${amount(asset, units)}`),
    ...one.deleverage.map(
      ({ collateral, debt, sells, repays }) => `sell ${amount(collateral, sells)} to repay ${amount(debt, repays)}`,
    ),
  ]
  if (ways.length > 0) return [`  to ${target} in the next block, any one of:`, ...ways.map((way) => `    ${way}`)]
  const isMet = one.health !== null && Number(one.health) / 1e18 >= Number(target)
  return [
    isMet
      ? `  its health is ${target} or more: nothing to do`
      : `  nothing it holds or owes alone brings it to ${target}`,
  ]
}

const listed = (held: WatchedPosition['holdings']['debt'], tokens: Tokens): string =>
  held.length === 0 ? 'nothing' : held.map(({ asset, units }) => amountText(asset, units, tokens)).join(', ')

/** All its digits: what is advised is exact. */
export function amountText(asset: Address, units: bigint, tokens: Tokens): string {
  const decimals = tokens.get(asset)?.decimals ?? 18
  const scale = 10n ** BigInt(decimals)
  const rest = decimals === 0 ? '' : `.${(units % scale).toString().padStart(decimals, '0')}`
  return `${units / scale}${rest} ${symbolIn(tokens, asset)}`
}
