import type { Hex } from '#core/address.ts'
import type { Block, Log, LogFilter } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import { wei } from '#core/numbers.ts'
import type { Read, View } from '#core/world.ts'
import { decodeLog, type RawLog } from './log.ts'
import { type At, aggregate } from './multicall.ts'
import { RefusedError, type Rpc } from './rpc.ts'

export type RawBlock = {
  readonly number: string
  readonly hash: string
  readonly parentHash: string
  readonly timestamp: string
  readonly baseFeePerGas?: string
  readonly gasUsed: string
  readonly gasLimit: string
  readonly logsBloom?: string
}

export const blockOf = (raw: RawBlock): Block => ({
  number: Number(raw.number),
  timestamp: Number(raw.timestamp),
  baseFee: wei(BigInt(raw.baseFeePerGas ?? '0x0')),
  parentHash: raw.parentHash as Hex,
})

/** Blocks of logs asked for at once; halved when the node refuses so many. */
const logPage = 10_000

/** Reads pinned to one block by its hash (EIP-1898): a reorg in between is an error, never a mixture. */
export async function viewAt(rpc: Rpc, blockHash: Hex): Promise<View> {
  const raw = (await rpc.request('eth_getBlockByHash', [blockHash, false])) as RawBlock | null
  if (raw === null)
    throw new KeeperError('not-found', `block ${blockHash} is not known to the node`, { retryable: true })
  return viewOf(rpc, blockHash, blockOf(raw))
}

/** `isAggregated`: the chain has Multicall3, and many reads go as few. */
export function viewOf(
  rpc: Rpc,
  blockHash: Hex,
  block: Block,
  isAggregated = false,
  seconds: number | null = null,
): View {
  const at: At = [{ blockHash }, ...(seconds === null ? [] : [{}, blockAfter(block, seconds)])]
  const alone = async (calls: readonly Read[]): Promise<readonly (Hex | null)[]> => {
    const answers = await rpc.batch(
      calls.map(({ to, data }) => ({ method: 'eth_call', params: [{ to, data }, ...at] })),
    )
    return answers.map((answer) => {
      if (!(answer instanceof KeeperError)) return answer as Hex
      if (isRevert(answer)) return null
      throw answer
    })
  }
  return {
    block,
    call: async (calls) => {
      if (!isAggregated || calls.length < 4) return alone(calls)
      const answers = await aggregate(rpc, calls, at)
      const open = calls.filter((_, index) => answers[index] === undefined)
      const more = open.length === 0 ? [] : [...(await alone(open))]
      return answers.map((answer) => (answer === undefined ? (more.shift() ?? null) : answer))
    },
    storage: async (slots) => {
      const answers = await rpc.batch(
        slots.map(({ of, slot }) => ({ method: 'eth_getStorageAt', params: [of, slot, at[0]] })),
      )
      return answers.map((answer) => {
        if (answer instanceof KeeperError) throw answer
        return answer as Hex
      })
    },
    logs: (filter, fromBlock) => logPages(rpc, filter, fromBlock, block.number),
    ahead: (later) => viewOf(rpc, blockHash, block, isAggregated, later),
  }
}

/** What `eth_call` takes behind the call: the block; no state of its own; the block's number and second instead. */
const blockAfter = ({ number, timestamp }: Block, seconds: number): { readonly number: Hex; readonly time: Hex } => ({
  number: quantity(number + 1),
  time: quantity(Math.floor(timestamp + seconds)),
})

/** A revert is an answer; anything else the node refuses is not. */
const isRevert = (error: KeeperError): boolean =>
  error instanceof RefusedError &&
  (error.rpcCode === 3 || /revert|invalid opcode|out of gas|stack/i.test(error.message))

async function* logPages(
  rpc: Rpc,
  filter: LogFilter,
  fromBlock: number,
  toBlock: number,
): AsyncIterable<readonly Log[]> {
  let size = logPage
  for (let from = fromBlock; from <= toBlock; ) {
    const to = Math.min(toBlock, from + size - 1)
    try {
      const raw = (await rpc.request('eth_getLogs', [
        { ...filterOf(filter), fromBlock: quantity(from), toBlock: quantity(to) },
      ])) as RawLog[]
      if (!Array.isArray(raw))
        throw new KeeperError('bad-answer', `logs from block ${from} on are missing`, { retryable: true })
      // Only the number is known of these logs' blocks: history is folded by order, never by time.
      yield raw.map((one) =>
        decodeLog(one, { number: Number(one.blockNumber), timestamp: 0, baseFee: wei(0n), parentHash: '0x' }),
      )
      from = to + 1
    } catch (error) {
      if (!(error instanceof RefusedError) || size <= 1) throw error
      size = Math.ceil(size / 4)
    }
  }
}

export const quantity = (n: number | bigint): Hex => `0x${n.toString(16)}`

/** As `eth_getLogs` and `eth_subscribe` take it. */
export function filterOf(filter: LogFilter): { address?: readonly string[]; topics: LogFilter['topics'] } {
  return filter.addresses === 'any' ? { topics: filter.topics } : { address: filter.addresses, topics: filter.topics }
}
