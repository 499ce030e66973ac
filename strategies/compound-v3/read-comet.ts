import { Interface } from 'ethers'
import { compoundV3 } from '#abis/compound-v3.ts'
import { erc20Abi } from '#abis/erc20.ts'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'
import { priceFeedId } from './feeds.ts'
import {
  type Asset,
  type Comet,
  cometId,
  epochOf,
  type StockPosition,
  stockId,
  type Totals,
  totalsId,
} from './records.ts'

const main = new Interface(compoundV3)
const token = new Interface(erc20Abi)

const parameters = [
  'baseToken',
  'baseTokenPriceFeed',
  'baseScale',
  'storeFrontPriceFactor',
  'targetReserves',
  'numAssets',
  ...['supply', 'borrow'].flatMap((side) => [
    `${side}Kink`,
    `${side}PerSecondInterestRateBase`,
    `${side}PerSecondInterestRateSlopeLow`,
    `${side}PerSecondInterestRateSlopeHigh`,
  ]),
] as const
const absorbPaused = 1 << 3
const buyPaused = 1 << 4

/** What governance set, in two rounds of calls. @throws `bad-answer` where no Comet answers. */
export async function readComet(view: View, comet: Address): Promise<Market<Comet>> {
  const words = (await view.call(parameters.map((name) => ask(comet, name)))).map((answer) => filled(answer, comet))
  const [base, basePriceFeed] = words.slice(0, 2).map(addressOfWord) as [Address, Address]
  const [baseScale, storeFrontPriceFactor, targetReserves, count, ...rates] = words.slice(2).map(BigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
    ...bigint[],
  ]
  const infos = await view.call(Array.from({ length: Number(count) }, (_, at) => ask(comet, 'getAssetInfo', [at])))
  const kinked = (from: number): Comet['supplyRate'] => {
    const [kink = 0n, perSecond = 0n, slopeLow = 0n, slopeHigh = 0n] = rates.slice(from)
    return { kink, base: perSecond, slopeLow, slopeHigh }
  }
  const data: Comet = {
    ...{ kind: 'comet', comet, base, baseScale, basePriceFeed, storeFrontPriceFactor, targetReserves },
    baseFeed: priceFeedId(comet, basePriceFeed),
    supplyRate: kinked(0),
    borrowRate: kinked(4),
    assets: infos.map((answer) => assetOf(comet, filled(answer, comet))),
  }
  return { id: cometId(comet), epoch: epochOf(data), data }
}

function assetOf(comet: Address, answer: Hex): Asset {
  const [info] = main.decodeFunctionResult('getAssetInfo', answer)
  const priceFeed = lower(info.priceFeed)
  return {
    asset: lower(info.asset),
    offset: Number(info.offset),
    scale: info.scale as bigint,
    feed: priceFeedId(comet, priceFeed),
    priceFeed,
    liquidateCollateralFactor: info.liquidateCollateralFactor as bigint,
    liquidationFactor: info.liquidationFactor as bigint,
  }
}

/** In one round of calls. */
export async function readTotals(view: View, { comet, base }: Comet): Promise<Market<Totals>> {
  const [basic, cash] = await view.call([ask(comet, 'totalsBasic'), balanceOf(base, comet)])
  const [totals] = main.decodeFunctionResult('totalsBasic', filled(basic, comet))
  const flags = Number(totals.pauseFlags)
  const data: Totals = {
    kind: 'totals',
    supplyIndex: totals.baseSupplyIndex as bigint,
    borrowIndex: totals.baseBorrowIndex as bigint,
    accruedAt: Number(totals.lastAccrualTime),
    supplied: totals.totalSupplyBase as bigint,
    borrowed: totals.totalBorrowBase as bigint,
    cash: BigInt(filled(cash, base)),
    isAbsorbPaused: (flags & absorbPaused) !== 0,
    isBuyPaused: (flags & buyPaused) !== 0,
  }
  return { id: totalsId(comet), epoch: 0, data }
}

/** In one round of calls. */
export async function readStocks(
  view: View,
  comet: Address,
  assets: readonly Address[],
): Promise<readonly StockPosition[]> {
  const answers = await view.call(
    assets.flatMap((asset) => [balanceOf(asset, comet), ask(comet, 'totalsCollateral', [asset])]),
  )
  return assets.map((asset, at) => {
    const [balance, totals] = [filled(answers[at * 2], asset), filled(answers[at * 2 + 1], comet)]
    const ofUsers = main.decodeFunctionResult('totalsCollateral', totals)[0] as bigint
    const data = { kind: 'stock', asset, balance: BigInt(balance), ofUsers } as const
    return { id: stockId(comet, asset), market: cometId(comet), owner: null, data }
  })
}

const lower = (text: unknown): Address => String(text).toLowerCase() as Address
const ask = (to: Address, name: string, values: readonly unknown[] = []): Read => ({
  to,
  data: main.encodeFunctionData(name, values) as Hex,
})
const balanceOf = (of: Address, who: Address): Read => ({
  to: of,
  data: token.encodeFunctionData('balanceOf', [who]) as Hex,
})

/** A call to an address without code answers nothing at all. */
function filled(answer: Hex | null | undefined, at: Address): Hex {
  if (answer !== null && answer !== undefined && answer.length >= 66) return answer
  throw new KeeperError('bad-answer', `${at} does not answer as a Comet and its tokens do: check the address`)
}
