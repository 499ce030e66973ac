import { Interface } from 'ethers'
import { address, type Hex } from '#core/address.ts'
import type { DataFees } from '#core/data-fees.ts'
import { KeeperError } from '#core/error.ts'
import { most, mulDivUp } from '#core/numbers.ts'
import type { View } from '#core/world.ts'

/** What the chain takes beside gas, at the view's block; `null` where it takes nothing. */
export type DataFeeSource = (view: View) => Promise<DataFees | null>
export const noDataFees: DataFeeSource = async () => null

/** By family; the executor counts the same (`contracts/src/modules`). */
export const dataFeeSources = { 'op-stack': opStack, arbitrum } as const satisfies Readonly<
  Record<string, DataFeeSource>
>

const opOracle = address('0x420000000000000000000000000000000000000f')
const nodeInterface = address('0x00000000000000000000000000000000000000c8')
const abi = new Interface([
  'function getL1FeeUpperBound(uint256 unsignedTxSize) view returns (uint256)',
  'function getOperatorFee(uint256 gasUsed) view returns (uint256)',
  'function gasEstimateL1Component(address to, bool contractCreation, bytes data) view returns (uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate)',
])

/** Bytes of calldata asked about: the smallest order is longer than the first, and few are longer than the second. */
const sizes = [512, 8_192] as const
/** Gas asked about. */
const gases = [0, 10_000_000] as const
/** Around the calldata in an unsigned transaction, as the executor counts it. */
const envelope = 90
/** Contracts round in steps that a line does not have. */
const margin = 4n

/** GasPriceOracle of the OP Stack: the bound for bytes that cannot be compressed (Fjord), and the operator's fee (Isthmus). */
async function opStack(view: View): Promise<DataFees> {
  const ask = (name: string, units: number): { to: typeof opOracle; data: Hex } => ({
    to: opOracle,
    data: abi.encodeFunctionData(name, [units]) as Hex,
  })
  const answers = await view.call([
    ...sizes.map((bytes) => ask('getL1FeeUpperBound', bytes + envelope)),
    ...gases.map((gas) => ask('getOperatorFee', gas)),
  ])
  const [small, large, idle, busy] = answers.map((answer) => wordOf(answer, 0))
  if (small === null || small === undefined || large === null || large === undefined)
    throw new KeeperError('bad-answer', 'the GasPriceOracle knows no upper bound: the chain is older than Fjord', {})
  const data = lineOf(sizes, [small, large])
  const operator = lineOf(gases, [idle ?? 0n, busy ?? idle ?? 0n])
  return { perTransaction: data.base + operator.base, perByte: data.slope, perGas: operator.slope }
}

/**
 * NodeInterface of Arbitrum's nodes: gas for the first layer, at the block's base fee. It compresses what it is asked
 * about, so that noise is the bound.
 */
async function arbitrum(view: View): Promise<DataFees> {
  const answers = await view.call(
    sizes.map((bytes) => ({
      to: nodeInterface,
      data: abi.encodeFunctionData('gasEstimateL1Component', [opOracle, false, noise(bytes)]) as Hex,
    })),
  )
  const [small, large] = answers.map((answer) => {
    const [gas, baseFee] = [wordOf(answer, 0), wordOf(answer, 1)]
    return gas === null || baseFee === null ? null : gas * baseFee
  })
  if (small === null || small === undefined || large === null || large === undefined)
    throw new KeeperError('bad-answer', 'NodeInterface does not answer: the node is none of Arbitrum’s', {})
  const data = lineOf(sizes, [small, large])
  return { perTransaction: data.base, perByte: data.slope, perGas: 0n }
}

/** Through both points, rounded up. */
function lineOf([from, to]: readonly [number, number], [low, high]: readonly [bigint, bigint]) {
  const slope = high > low ? mulDivUp(high - low, 1n, BigInt(to - from)) : 0n
  return { slope, base: most(low - slope * BigInt(from), 0n) + slope * margin }
}

const wordOf = (answer: Hex | null | undefined, index: number): bigint | null =>
  answer === null || answer === undefined || answer.length < 66 + index * 64
    ? null
    : BigInt(`0x${answer.slice(2 + index * 64, 66 + index * 64)}`)

/** The same each time: a linear congruence, whose high bytes no compressor shortens. */
function noise(bytes: number): Hex {
  let state = 1
  const parts = Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 24).toString(16).padStart(2, '0')
  })
  return `0x${parts.join('')}`
}
