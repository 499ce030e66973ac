import { Interface } from 'ethers'
import { aaveV3Oracle, aaveV3Pool, aaveV3Token } from '#abis/aave-v3.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { epochOf } from '#core/epoch.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'
import { priceFeed } from './feeds.ts'
import { type Reserve, reserveId } from './records.ts'

const pool = new Interface(aaveV3Pool)
const oracleInterface = new Interface(aaveV3Oracle)
const token = new Interface(aaveV3Token)

/** `emode`: the one category a reserve names on 3.0 and 3.1; of no meaning later. */
export type ReserveRead = { readonly market: Market<Reserve>; readonly emode: number }

/** @throws `bad-answer` when the pool has no data of one. */
export async function readReserves(
  view: View,
  poolAddress: Address,
  oracle: Address,
  assets: readonly Address[],
): Promise<readonly ReserveRead[]> {
  const ask = (to: Address, from: Interface, name: string, values: readonly unknown[] = []): Read => ({
    to,
    data: from.encodeFunctionData(name, values) as Hex,
  })
  const first = await view.call(
    assets.flatMap((asset) => [
      ask(poolAddress, pool, 'getReserveData', [asset]),
      ask(poolAddress, pool, 'getVirtualUnderlyingBalance', [asset]),
      ask(poolAddress, pool, 'getLiquidationGracePeriod', [asset]),
      ask(oracle, oracleInterface, 'getSourceOfAsset', [asset]),
    ]),
  )
  const parts = assets.map((asset, at) => {
    const [data, cash, grace, source] = first.slice(at * 4, at * 4 + 4).map((answer) => answer ?? null)
    if (data === null || data === undefined)
      throw new KeeperError('bad-answer', `${poolAddress} has no data of ${asset}: it may be dropped just now`, {
        retryable: true,
      })
    const decoded = pool.decodeFunctionResult('getReserveData', data)[0]
    return { asset, decoded, cash, grace, source: source ? addressOfWord(source) : ZERO_ADDRESS }
  })
  const second = await view.call(
    parts.map(({ asset, decoded }) => ask(asset, token, 'balanceOf', [decoded.aTokenAddress])),
  )
  return parts.map((part, at) => {
    const balance = second[at]
    const cash = filled(part.cash) ? part.cash : filled(balance) ? balance : '0x0'
    return reserveOf(poolAddress, oracle, part, BigInt(cash))
  })
}

/** A call to an address without code answers nothing at all. */
const filled = (answer: Hex | null | undefined): answer is Hex => typeof answer === 'string' && answer.length >= 66

type Part = {
  readonly asset: Address
  readonly decoded: { readonly [name: string]: unknown }
  readonly grace: Hex | null | undefined
  readonly source: Address
}

/** Source of the bits: ReserveConfiguration, the same from 3.0 to 3.7. */
function reserveOf(
  poolAddress: Address,
  oracle: Address,
  { asset, decoded, grace, source }: Part,
  cash: bigint,
): ReserveRead {
  const big = (name: string): bigint => decoded[name] as bigint
  const at = (name: string): Address => (decoded[name] as string).toLowerCase() as Address
  const bits = (from: number, length: number): bigint =>
    (big('configuration') >> BigInt(from)) & ((1n << BigInt(length)) - 1n)
  const stable = at('stableDebtTokenAddress')
  const feed = priceFeed(oracle, asset)
  const data: Reserve = {
    kind: 'reserve',
    asset,
    aToken: at('aTokenAddress'),
    variableDebtToken: at('variableDebtTokenAddress'),
    stableDebtToken: stable === ZERO_ADDRESS ? null : stable,
    slot: Number(big('id')),
    unit: 10n ** bits(48, 8),
    liquidityIndex: big('liquidityIndex'),
    variableBorrowIndex: big('variableBorrowIndex'),
    liquidityRate: big('currentLiquidityRate'),
    variableBorrowRate: big('currentVariableBorrowRate'),
    updatedAt: Number(big('lastUpdateTimestamp')),
    thresholdBps: bits(16, 16),
    bonusBps: bits(32, 16),
    feeBps: bits(152, 16),
    isActive: bits(56, 1) === 1n,
    isFrozen: bits(57, 1) === 1n,
    isPaused: bits(60, 1) === 1n,
    graceUntil: filled(grace) ? Number(BigInt(grace)) : 0,
    cash,
    feed,
    source,
  }
  const epoch = epochOf(data.unit, feed, data.slot)
  return { market: { id: reserveId(poolAddress, asset), epoch, data }, emode: Number(bits(168, 8)) }
}
