import { Interface } from 'ethers'
import { adaptiveCurveIrm, morphoBlue } from '#abis/morpho-blue.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { MarketId } from '#core/book.ts'
import { callData } from '#core/call-data.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'
import type { BlueConfig } from './config.ts'
import { readOracles } from './read-oracles.ts'
import type { Blue, BlueMarket, Oracle, Parts, PreLiquidation } from './records.ts'

const morphoInterface = new Interface(morphoBlue)
const idToMarketParams = morphoInterface.getFunction('idToMarketParams')?.selector as Hex
const marketCall = morphoInterface.getFunction('market')?.selector as Hex
const rateAtTarget = new Interface(adaptiveCurveIrm).getFunction('rateAtTarget')?.selector as Hex

/** A market to read, with the pre-liquidation contracts that are known of it. */
export type Wanted = { readonly id: MarketId; readonly preLiquidations: readonly PreLiquidation[] }
const readsEach = 3

/** Markets as they stand at the view's block, in three rounds of calls; those that were never created are left out. */
export async function readMarkets(
  view: View,
  config: BlueConfig,
  wanted: readonly Wanted[],
): Promise<readonly BlueMarket[]> {
  const { morpho, irm } = config
  const answers = await view.call(
    wanted.flatMap(({ id }): Read[] => [
      { to: morpho, data: callData(idToMarketParams, id as string as Hex) },
      { to: morpho, data: callData(marketCall, id as string as Hex) },
      { to: irm, data: callData(rateAtTarget, id as string as Hex) },
    ]),
  )
  const read = wanted.flatMap(({ id, preLiquidations }, at) => {
    const data = blueOf(config, answers.slice(at * readsEach, (at + 1) * readsEach), preLiquidations)
    return data === null ? [] : [{ id, data }]
  })
  const parts = await readParts(
    view,
    config,
    read.flatMap(({ data }) => oraclesOf(data)),
  )
  return read.map(({ id, data }) => ({ id, epoch: 0, data: withParts(data, parts) }))
}

/** The interest model of a market; `none` where the zero address stands for one. */
export const interestOf = (config: BlueConfig, irm: Address): Blue['interest'] =>
  irm === ZERO_ADDRESS ? 'none' : irm === config.irm ? 'adaptive' : 'other'

function blueOf(
  config: BlueConfig,
  [params, state, rate]: readonly (Hex | null)[],
  preLiquidations: readonly PreLiquidation[],
): Blue | null {
  if (!isLong(params, 5) || !isLong(state, 6))
    throw new KeeperError('bad-answer', `${config.morpho} tells no market: is it Morpho Blue on this chain?`)
  const updatedAt = Number(wordIn(state, 4))
  if (updatedAt === 0) return null
  const at = (index: number): Address => addressOfWord(`0x${params.slice(2 + index * 64, 66 + index * 64)}`)
  const interest = interestOf(config, at(3))
  return {
    loan: at(0),
    collateral: at(1),
    oracle: { at: at(2), parts: null },
    irm: at(3),
    interest,
    lltv: wordIn(params, 4),
    totalSupplyAssets: wordIn(state, 0),
    totalSupplyShares: wordIn(state, 1),
    totalBorrowAssets: wordIn(state, 2),
    totalBorrowShares: wordIn(state, 3),
    fee: wordIn(state, 5),
    updatedAt: interest === 'adaptive' ? updatedAt : 0,
    rateAtTarget: interest === 'adaptive' && isLong(rate, 1) ? wordIn(rate, 0) : 0n,
    preLiquidations,
  }
}

const oraclesOf = ({ oracle, preLiquidations }: Blue): readonly Oracle[] => [
  oracle,
  ...preLiquidations.map((one) => one.oracle),
]

/** Oracles do not change: what is known of one is not asked again. */
async function readParts(
  view: View,
  { oracleFactories }: BlueConfig,
  oracles: readonly Oracle[],
): Promise<ReadonlyMap<Address, Parts>> {
  const known = new Map(oracles.flatMap(({ at, parts }) => (parts === null ? [] : [[at, parts] as const])))
  const open = [...new Set(oracles.map(({ at }) => at))].filter((at) => !known.has(at))
  return new Map([...known, ...(await readOracles(view, oracleFactories, open))])
}

function withParts(data: Blue, parts: ReadonlyMap<Address, Parts>): Blue {
  const filled = ({ at }: Oracle): Oracle => ({ at, parts: parts.get(at) ?? null })
  return {
    ...data,
    oracle: filled(data.oracle),
    preLiquidations: data.preLiquidations.map((one) => ({ ...one, oracle: filled(one.oracle) })),
  }
}

export const isLong = (answer: Hex | null | undefined, words: number): answer is Hex =>
  typeof answer === 'string' && answer.length >= 2 + words * 64
export const wordIn = (answer: Hex, index: number): bigint =>
  BigInt(`0x${answer.slice(2 + index * 64, 66 + index * 64)}`)
