import { Interface } from 'ethers'
import { aaveV2Oracle, aaveV2Pool, aaveV2Token } from '#abis/aave-v2.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { epochOf } from '#core/epoch.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'
import { priceFeed } from './feeds.ts'
import { rayMul } from './math.ts'
import { type Reserve, reserveId } from './records.ts'

const poolInterface = new Interface(aaveV2Pool)
const oracleInterface = new Interface(aaveV2Oracle)
const token = new Interface(aaveV2Token)

/** `unpriced`: the assets that prices are told in; no source is asked for theirs. */
type Where = { readonly pool: Address; readonly oracle: Address; readonly unpriced: readonly Address[] }

/** A call to an address without code answers nothing at all. */
export const filled = (answer: Hex | null | undefined): answer is Hex =>
  typeof answer === 'string' && answer.length >= 66

const ask = (to: Address, from: Interface, name: string, values: readonly unknown[] = []): Read => ({
  to,
  data: from.encodeFunctionData(name, values) as Hex,
})

/** Two rounds of calls, however many. @throws `bad-answer` when the pool has no data of one. */
export async function readReserves(
  view: View,
  where: Where,
  assets: readonly Address[],
): Promise<readonly Market<Reserve>[]> {
  const first = await view.call(
    assets.flatMap((asset) => [
      ask(where.pool, poolInterface, 'getReserveData', [asset]),
      ask(where.oracle, oracleInterface, 'getSourceOfAsset', [asset]),
    ]),
  )
  const parts = assets.map((asset, at): Part => {
    const [data, source] = first.slice(at * 2, at * 2 + 2)
    if (!filled(data))
      throw new KeeperError('bad-answer', `${where.pool} has no data of ${asset}: it may be another than was read`, {
        retryable: true,
      })
    const isPriced = filled(source) && !where.unpriced.includes(asset)
    const decoded = poolInterface.decodeFunctionResult('getReserveData', data)[0]
    return { asset, decoded, source: isPriced ? addressOfWord(source) : ZERO_ADDRESS }
  })
  const questions = parts.map((part) => balancesAsked(where.pool, part))
  const answers = await view.call(questions.flat())
  return parts.map((part, at) => {
    const width = questions[at]?.length ?? 0
    const told = answers.slice(at * width, (at + 1) * width).map((answer) => (filled(answer) ? BigInt(answer) : 0n))
    return reserveOf(where, part, told)
  })
}

type Part = {
  readonly asset: Address
  readonly decoded: { readonly [name: string]: unknown }
  readonly source: Address
}

/** Cash, then index, scaled total and total of the aToken and of the variable debt token. */
const balancesAsked = (pool: Address, { asset, decoded }: Part): readonly Read[] => {
  const totals = (name: string, index: string): readonly Read[] => {
    const of = decoded[name] as Address
    const index_ = ask(pool, poolInterface, index, [asset])
    return [index_, ask(of, token, 'scaledTotalSupply'), ask(of, token, 'totalSupply')]
  }
  return [
    ask(asset, token, 'balanceOf', [decoded.aTokenAddress]),
    ...totals('aTokenAddress', 'getReserveNormalizedIncome'),
    ...totals('variableDebtTokenAddress', 'getReserveNormalizedVariableDebt'),
  ]
}

/** Source of the bits: ReserveConfiguration. */
function reserveOf(
  { pool, oracle }: Where,
  { asset, decoded, source }: Part,
  told: readonly bigint[],
): Market<Reserve> {
  const big = (name: string): bigint => decoded[name] as bigint
  const at = (name: string): Address => (decoded[name] as string).toLowerCase() as Address
  const bits = (from: number, length: number): bigint =>
    (big('configuration') >> BigInt(from)) & ((1n << BigInt(length)) - 1n)
  const [cash = 0n, income = 0n, supplyScaled = 0n, supply = 0n, growth = 0n, debtScaled = 0n, debt = 0n] = told
  const feed = priceFeed(oracle, asset)
  const data: Reserve = {
    kind: 'reserve',
    asset,
    aToken: at('aTokenAddress'),
    variableDebtToken: at('variableDebtTokenAddress'),
    stableDebtToken: at('stableDebtTokenAddress'),
    slot: Number(big('id')),
    unit: 10n ** bits(48, 8),
    liquidityIndex: big('liquidityIndex'),
    variableBorrowIndex: big('variableBorrowIndex'),
    liquidityRate: big('currentLiquidityRate'),
    variableBorrowRate: big('currentVariableBorrowRate'),
    updatedAt: Number(big('lastUpdateTimestamp')),
    thresholdBps: bits(16, 16),
    bonusBps: bits(32, 16),
    isActive: bits(56, 1) === 1n,
    isStandard: rayMul(supplyScaled, income) === supply && rayMul(debtScaled, growth) === debt,
    cash,
    feed,
    source,
  }
  return { id: reserveId(pool, asset), epoch: epochOf(data.unit, feed, data.slot), data }
}
