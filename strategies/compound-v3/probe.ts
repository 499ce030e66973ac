import { Interface } from 'ethers'
import { compoundV3 } from '#abis/compound-v3.ts'
import { type Address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Figures } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { accountFigures, stockFigures, unjudged } from './judge.ts'
import { mulFactor, mulPrice } from './math.ts'
import { type AccountPosition, type Comet, type CometBook, type CometPosition, isComet } from './records.ts'

const main = new Interface(compoundV3)

/** The Comet's own answers, at the view's block and second: `judge` in a scene of that block agrees. */
export async function probe(view: View, book: CometBook, position: CometPosition): Promise<Figures> {
  const market = book.market(position.market)
  if (!isComet(market)) return unjudged
  const { data } = position
  return data.kind === 'stock'
    ? probeStock(view, market.data, data.asset)
    : probeAccount(view, market.data, { ...position, data })
}

/** Whether it would be sold is asked for by the contract's own test: the target it has now. */
async function probeStock(view: View, { comet }: Comet, asset: Address): Promise<Figures> {
  const [held, reserves, target] = await ask(view, comet, [
    ['getCollateralReserves', asset],
    ['getReserves'],
    ['targetReserves'],
  ])
  if (held === null || reserves === null || target === null || held === undefined || reserves === undefined)
    return unjudged
  const own = BigInt.asIntN(256, BigInt(reserves))
  return stockFigures(BigInt(held), own, own < 0n || own < BigInt(target ?? 0))
}

/**
 * Debt, prices and balances as the Comet answers them; whether it can be absorbed by asking for just that. `isLiquidatable`
 * would judge by the indices stored last. While absorbing is paused only the sum can tell.
 */
async function probeAccount(
  view: View,
  { comet, assets, ...rest }: Comet,
  { owner, data }: AccountPosition,
): Promise<Figures> {
  if (owner === null) return unjudged
  const held = data.collateral.flatMap(({ offset }) => assets.find((one) => one.offset === offset) ?? [])
  const [debt, basePrice, totals, ...parts] = await ask(view, comet, [
    ['borrowBalanceOf', owner],
    ['getPrice', rest.basePriceFeed],
    ['totalsBasic'],
    ...held.flatMap(({ asset, priceFeed }) => [
      ['userCollateral', owner, asset],
      ['getPrice', priceFeed],
    ]),
  ])
  if (![debt, basePrice, totals, ...parts].every(isAnswered)) return unjudged
  const value = (answer: Hex | null | undefined): bigint => BigInt((answer ?? '0x0').slice(0, 66))
  const debtValue = mulPrice(value(debt), value(basePrice), rest.baseScale)
  const values = held.map(({ scale }, at) => mulPrice(value(parts[at * 2]), value(parts[at * 2 + 1]), scale))
  const cover = held.reduce(
    (sum, { liquidateCollateralFactor: factor }, at) => sum + mulFactor(values[at] ?? 0n, factor),
    0n,
  )
  const flags = Number(main.decodeFunctionResult('totalsBasic', totals ?? '0x')[0].pauseFlags)
  const isPaused = (flags & 8) !== 0
  const data_ = main.encodeFunctionData('absorb', [ZERO_ADDRESS, [owner]]) as Hex
  const [absorbed] = isPaused ? [] : await view.call([{ to: comet, data: data_ }])
  return accountFigures({
    liquidatable: isPaused ? cover < debtValue : absorbed !== null,
    debt: value(debt),
    debtValue,
    collateralValue: values.reduce((sum, one) => sum + one, 0n),
    cover,
  })
}

const isAnswered = (answer: Hex | null | undefined): boolean =>
  answer !== null && answer !== undefined && answer.length >= 66

const ask = (
  view: View,
  comet: Address,
  calls: readonly (readonly [string, ...Address[]] | readonly string[])[],
): Promise<readonly (Hex | null)[]> =>
  view.call(calls.map(([name = '', ...values]) => ({ to: comet, data: main.encodeFunctionData(name, values) as Hex })))
