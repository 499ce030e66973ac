import type { Hex } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'
import type { Ask } from '../chain/rpc.ts'
import type { HeldLog } from './receipts-root.ts'

type Asked = {
  readonly blockHash?: string
  readonly fromBlock?: string
  readonly toBlock?: string
  readonly address?: string | readonly string[]
  readonly topics?: LogFilter['topics']
}

/** Of a block's logs those that `eth_getLogs` has to give; `null` where it was not asked about the block. */
export function wantedLogs(ask: Ask, number: number, hash: Hex, logs: readonly HeldLog[]): readonly HeldLog[] | null {
  const { blockHash, fromBlock, toBlock, address, topics = [] } = ask.params[0] as Asked
  const isAsked =
    blockHash === undefined ? Number(fromBlock) <= number && number <= Number(toBlock) : blockHash === hash
  if (!isAsked) return null
  const addresses = address === undefined ? null : new Set([address].flat().map((one) => one.toLowerCase()))
  return logs.filter((log) => {
    if (addresses !== null && !addresses.has(log.address.toLowerCase())) return false
    return topics.every((wanted, at) => {
      const topic = log.topics[at] as Hex | undefined
      return (
        wanted === null ||
        (topic !== undefined && (typeof wanted === 'string' ? wanted === topic : wanted.includes(topic)))
      )
    })
  })
}
