import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import type { Block, Log } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'

/** A log as the node answers it. */
export type RawLog = {
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
  readonly blockNumber: string
  readonly blockHash: string
  readonly transactionHash: string
  readonly transactionIndex: string
  readonly logIndex: string
}

/** Nothing is decoded until asked for; then by fixed offsets. Reading past the end throws `bad-answer`. */
export function decodeLog(raw: RawLog, block: Block): Log {
  const topic = (index: number): Hex => {
    const found = raw.topics[index]
    if (found === undefined)
      throw new KeeperError('bad-answer', `log ${raw.transactionHash}/${raw.logIndex} has no topic ${index}`)
    return found as Hex
  }
  const wordText = (index: number): Hex => {
    const from = 2 + index * 64
    if (from + 64 > raw.data.length)
      throw new KeeperError('bad-answer', `log ${raw.transactionHash}/${raw.logIndex} has no word ${index}`)
    return `0x${raw.data.slice(from, from + 64)}`
  }
  return {
    block,
    address: raw.address.toLowerCase() as Address,
    transactionHash: raw.transactionHash as Hex,
    transactionIndex: Number(raw.transactionIndex),
    logIndex: Number(raw.logIndex),
    topicCount: raw.topics.length,
    topic,
    word: (index) => BigInt(wordText(index)),
    addressAt: (from, index) => addressOfWord(from === 'topic' ? topic(index) : wordText(index)),
    data: () => raw.data as Hex,
  }
}
