import type { Address, Hex } from './address.ts'
import type { Wei } from './numbers.ts'

/** `number` and `timestamp` (seconds) are those of the block judged, `parentHash` its parent's. */
export type Block = {
  readonly number: number
  readonly timestamp: number
  readonly baseFee: Wei
  readonly parentHash: Hex
}

/** A log, decoded by fixed offsets where it lies. Words count from 0; topic 0 is the event. */
export interface Log {
  readonly block: Block
  readonly address: Address
  readonly transactionHash: Hex
  readonly transactionIndex: number
  readonly logIndex: number
  readonly topicCount: number
  readonly topic: (index: number) => Hex
  readonly word: (index: number) => bigint
  readonly addressAt: (from: 'topic' | 'data', index: number) => Address
  readonly data: () => Hex
}

/** As `eth_getLogs` takes it: any of the addresses; each topic one, any of several, or any at all. */
export type LogFilter = {
  readonly addresses: readonly Address[] | 'any'
  readonly topics: readonly (Hex | readonly Hex[] | null)[]
}
