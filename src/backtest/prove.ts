import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { type Wei, wei } from '#core/numbers.ts'
import { gasFreeProfit } from '#core/plan.ts'
import { decodeLog, type RawLog } from '../chain/log.ts'
import type { Rpc } from '../chain/rpc.ts'
import { blockOf, quantity, type RawBlock } from '../chain/view.ts'
import { executedEvent, executorError } from '../execution/executed.ts'
import type { Act } from './chunk-output.ts'
import type { Difference, Proof } from './proof.ts'

export type ProvingParts = {
  /** A node with `eth_simulateV1`: an archive node, or an anvil that forks one. */
  readonly rpc: Rpc
  readonly executor: Address
  readonly operator: Address
  /** State laid over the block before: what lets the operator execute there. */
  readonly overrides: object
  readonly priorityFee: Wei
}
/** As the node gives it with whole transactions. */
type RawTransaction = {
  readonly from: string
  readonly to: string | null
  readonly input: string
  readonly value: string
  readonly gas: string
  readonly nonce: string
  readonly gasPrice?: string
}
type WholeBlock = RawBlock & { readonly miner: string; readonly transactions: readonly RawTransaction[] }
type Result = {
  readonly status: string
  readonly gasUsed: string
  readonly returnData: string
  readonly logs?: readonly RawLog[]
  readonly error?: { readonly message?: string; readonly data?: string }
}

/**
 * Runs an act where it would have stood: on the state of the block before, behind the block's own transactions up to and
 * with what it follows, in a block of the same number, second, base fee and beneficiary.
 * @throws `rpc-refused` where the node does not simulate, or lacks the state.
 */
export async function prove(parts: ProvingParts, act: Act, block = act.block): Promise<Proof> {
  const { rpc, overrides, executor, operator, priorityFee } = parts
  const raw = (await rpc.request('eth_getBlockByNumber', [quantity(block), true])) as WholeBlock
  const baseFee = BigInt(raw.baseFeePerGas ?? '0x0')
  const before = raw.transactions.slice(0, act.place + 1).map((one) => callOf(one, baseFee))
  const ours = {
    ...{ from: operator, to: executor, data: act.data, gas: quantity(act.gasLimit), nonce: '0x0' },
    ...{ maxFeePerGas: quantity(baseFee + priorityFee), maxPriorityFeePerGas: quantity(priorityFee) },
  }
  const blockOverrides = {
    ...{ number: raw.number, time: raw.timestamp, gasLimit: raw.gasLimit },
    ...{ baseFeePerGas: quantity(baseFee), feeRecipient: raw.miner },
  }
  const answer = await rpc.request('eth_simulateV1', [
    // Without validation anvil takes the base fee for nothing, and the executor would count its gas too low.
    { blockStateCalls: [{ blockOverrides, stateOverrides: overrides, calls: [...before, ours] }], validation: true },
    quantity(block - 1),
  ])
  const result = (answer as readonly { readonly calls: readonly Result[] }[])[0]?.calls[before.length]
  if (result === undefined) throw new KeeperError('bad-answer', `eth_simulateV1 left out what it was asked about`)
  const gasUsed = Number(result.gasUsed)
  if (result.status !== '0x1') return { status: 'reverted', why: whyOf(result), gasUsed }
  const logs = (result.logs ?? []).map((log) => decodeLog(log, blockOf(raw)))
  const executed = logs.map((log) => executedEvent(log, executor)).find((one) => one !== null)
  if (executed === null || executed === undefined) return { status: 'reverted', why: 'nothing was executed', gasUsed }
  const { gained, tip } = executed
  const gas = BigInt(gasUsed)
  return {
    ...{ status: 'included', gasUsed, gained, tip },
    bid: wei(tip + priorityFee * gas),
    net: wei(gained - tip - gas * (baseFee + priorityFee)),
    differs: differences(act, { gained, tip, gasUsed, timestamp: Number(raw.timestamp), baseFee }),
  }
}

/** What somebody else sent, at the price it paid. */
const callOf = ({ from, to, input, value, gas, nonce, gasPrice }: RawTransaction, baseFee: bigint): object => ({
  ...{ from, data: input, value, gas, nonce },
  ...(to === null ? {} : { to }),
  maxFeePerGas: gasPrice ?? quantity(baseFee),
  maxPriorityFeePerGas: quantity(BigInt(gasPrice ?? baseFee) - baseFee),
})

function whyOf({ error, returnData }: Result): string {
  const data = (error?.data ?? returnData) as Hex
  return executorError(data) ?? (data.length > 2 ? data.slice(0, 138) : (error?.message ?? 'reverted without a word'))
}

type Actual = {
  readonly gained: Wei
  readonly tip: Wei
  readonly gasUsed: number
  readonly timestamp: number
  readonly baseFee: bigint
}

function differences({ plan, foreseen }: Act, actual: Actual): readonly Difference[] {
  const pairs = [
    ['gained', gasFreeProfit(plan.sum), actual.gained],
    ['gas', plan.gasUnits, actual.gasUsed],
    ['tip', -plan.sum.tip, actual.tip],
    ['timestamp', foreseen.timestamp, actual.timestamp],
    ['base-fee', foreseen.baseFee, actual.baseFee],
  ] as const
  return pairs.flatMap(([of, one, other]): Difference[] =>
    String(one) === String(other) ? [] : [{ of, foreseen: String(one), actual: String(other) }],
  )
}
