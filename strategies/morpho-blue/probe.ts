import { Interface } from 'ethers'
import { adaptiveCurveIrm, morphoOracle, preLiquidation } from '#abis/morpho-blue.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { callData } from '#core/call-data.ts'
import type { Figures } from '#core/strategy.ts'
import type { Read, View } from '#core/world.ts'
import { withInterest } from './accrue.ts'
import type { BlueConfig } from './config.ts'
import { figuresOf, unjudged } from './judge.ts'
import { readLoans } from './read-loans.ts'
import { isLong, readMarkets, wordIn } from './read-markets.ts'
import type { Blue, BluePosition, Loan, PreLiquidation } from './records.ts'

const borrowRateView = new Interface(adaptiveCurveIrm).getFunction('borrowRateView')?.selector as Hex
const oracleInterface = new Interface(morphoOracle)
const preInterface = new Interface(preLiquidation)
const priceCall = oracleInterface.encodeFunctionData('price') as Hex
const paramsCall = preInterface.encodeFunctionData('preLiquidationParams') as Hex

/**
 * The loan as Morpho, the interest model, the oracles and the pre-liquidation contracts themselves tell it at the view's
 * block. Morpho has no view of a loan's health: what these answer is put together by its formula.
 */
export async function probe(
  config: BlueConfig,
  view: View,
  book: Book<Blue, Loan>,
  position: BluePosition,
): Promise<Figures> {
  const known = book.market(position.market)?.data.preLiquidations ?? []
  const [market] = await readMarkets(view, config, [{ id: position.market, preLiquidations: known }])
  const contracts = known.map(({ contract }) => contract)
  const [loan] = await readLoans(view, config, [{ id: position.id, asks: contracts }])
  if (market === undefined) return unjudged
  const told = await readContracts(view, market.data)
  const now = await accruedByModel(view, { ...market.data, preLiquidations: told })
  const prices = await readPrices(view, [now.oracle.at, ...told.map(({ oracle }) => oracle.at)])
  return figuresOf(
    now,
    loan?.data ?? { collateral: 0n, borrowShares: 0n, allows: [] },
    ({ at }) => prices.get(at) ?? null,
  )
}

/** By the rate the model itself answers. */
async function accruedByModel(view: View, blue: Blue): Promise<Blue> {
  if (blue.interest !== 'adaptive' || view.block.timestamp <= blue.updatedAt) return blue
  const params = [blue.loan, blue.collateral, blue.oracle.at, blue.irm, blue.lltv] as const
  const { totalSupplyAssets, totalSupplyShares, totalBorrowAssets, totalBorrowShares, updatedAt, fee } = blue
  const state = [totalSupplyAssets, totalSupplyShares, totalBorrowAssets, totalBorrowShares, BigInt(updatedAt), fee]
  const data = callData(borrowRateView, ...params, ...state)
  const [answer] = await view.call([{ to: blue.irm, data }])
  return withInterest(blue, view.block.timestamp, isLong(answer, 1) ? wordIn(answer, 0) : 0n, blue.rateAtTarget)
}

/** The contracts' parameters as they tell them, not as their factory's logs did. */
async function readContracts(view: View, { preLiquidations }: Blue): Promise<readonly PreLiquidation[]> {
  const answers = await view.call(preLiquidations.map(({ contract }): Read => ({ to: contract, data: paramsCall })))
  return preLiquidations.flatMap((one, at): readonly PreLiquidation[] => {
    const answer = answers[at]
    if (!isLong(answer, 6)) return []
    const [preLltv, ...factors] = [0, 1, 2, 3, 4].map((index) => wordIn(answer, index))
    const [lcf1 = 0n, lcf2 = 0n, lif1 = 0n, lif2 = 0n] = factors
    const oracle = { at: `0x${answer.slice(-40)}` as Address, parts: null }
    return [{ ...one, preLltv: preLltv ?? 0n, closeFactors: [lcf1, lcf2], incentives: [lif1, lif2], oracle }]
  })
}

async function readPrices(view: View, oracles: readonly Address[]): Promise<ReadonlyMap<Address, bigint>> {
  const answers = await view.call(oracles.map((to): Read => ({ to, data: priceCall })))
  return new Map(
    oracles.flatMap((at, index) => {
      const answer = answers[index]
      return isLong(answer, 1) ? [[at, wordIn(answer, 0)] as const] : []
    }),
  )
}
