import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import type { Block, Log } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import type { JsonCursor } from './json-cursor.ts'

/** A log as a node pushed it, before its block is known. */
export type PushedLog = {
  readonly blockHash: Hex
  readonly logIndex: number
  /** Of a block that was reorganised away: the node takes it back. */
  readonly isRemoved: boolean
  readonly within: (block: Block) => Log
}

const wordBytes = 64
const topicsMax = 4

/**
 * A log read where it lies in the socket's bytes: only offsets are noted, and what is asked for is cut out then. A class,
 * since thousands a second are made: the methods are shared.
 */
export class ByteLog implements Log, PushedLog {
  readonly block: Block
  readonly topicCount: number
  readonly isRemoved: boolean
  readonly #bytes: Buffer
  readonly #at: Offsets

  constructor(bytes: Buffer, at: Offsets, block: Block) {
    this.#bytes = bytes
    this.#at = at
    this.block = block
    this.topicCount = at.topicCount
    this.isRemoved = at.isRemoved
  }

  get address(): Address {
    return this.#hex(this.#at.address, 42).toLowerCase() as Address
  }
  get blockHash(): Hex {
    return this.#hex(this.#at.blockHash, 66)
  }
  get transactionHash(): Hex {
    return this.#hex(this.#at.transactionHash, 66)
  }
  get transactionIndex(): number {
    return this.#at.transactionIndex
  }
  get logIndex(): number {
    return this.#at.logIndex
  }

  within(block: Block): Log {
    return new ByteLog(this.#bytes, this.#at, block)
  }

  topic(index: number): Hex {
    if (!(index >= 0 && index < this.topicCount)) throw this.#missing(`topic ${index}`)
    return this.#hex(this.#at.topics[index] ?? 0, 66)
  }

  word(index: number): bigint {
    return BigInt(this.#word(index))
  }

  addressAt(from: 'topic' | 'data', index: number): Address {
    return addressOfWord(from === 'topic' ? this.topic(index) : this.#word(index))
  }

  data(): Hex {
    return this.#bytes.toString('latin1', this.#at.data, this.#at.dataEnd) as Hex
  }

  #word(index: number): Hex {
    const from = this.#at.data + 2 + index * wordBytes
    if (!(index >= 0 && from + wordBytes <= this.#at.dataEnd)) throw this.#missing(`word ${index}`)
    return `0x${this.#bytes.toString('latin1', from, from + wordBytes)}`
  }

  #hex(from: number, length: number): Hex {
    return this.#bytes.toString('latin1', from, from + length) as Hex
  }

  #missing(what: string): KeeperError {
    return new KeeperError('bad-answer', `log ${this.transactionHash}/${this.logIndex} has no ${what}`)
  }
}

/** Where in the bytes a log's parts begin, with their 0x. */
type Offsets = {
  address: number
  readonly topics: number[]
  topicCount: number
  data: number
  dataEnd: number
  blockHash: number
  transactionHash: number
  transactionIndex: number
  logIndex: number
  isRemoved: boolean
}

const unknownBlock: Block = { number: 0, timestamp: 0, baseFee: 0n as Block['baseFee'], parentHash: '0x' }

/** The log object that comes next. @throws `bad-answer` where it is not one, or is written in a way only JSON.parse reads. */
export function readLog(cursor: JsonCursor): ByteLog {
  const at: Offsets = {
    ...{ address: -1, topics: [-1, -1, -1, -1], topicCount: -1, data: -1, dataEnd: -1, blockHash: -1 },
    ...{ transactionHash: -1, transactionIndex: -1, logIndex: -1, isRemoved: false },
  }
  for (let has = cursor.firstMember(); has; has = cursor.nextMember()) readMember(cursor, at)
  const { address, topicCount, data, blockHash, transactionHash, transactionIndex, logIndex } = at
  if (Math.min(address, topicCount, data, blockHash, transactionHash, transactionIndex, logIndex) < 0)
    throw new KeeperError('bad-answer', 'a pushed log lacks a part', { retryable: true })
  return new ByteLog(cursor.bytes, at, unknownBlock)
}

/** By its length first: no two of them are confused then, and most need one comparison. */
function readMember(cursor: JsonCursor, at: Offsets): void {
  const length = cursor.to - cursor.from
  if (length === 7 && cursor.is('address')) at.address = fixed(cursor, 42)
  else if (length === 6 && cursor.is('topics')) readTopics(cursor, at)
  else if (length === 4 && cursor.is('data')) {
    cursor.hex()
    at.data = cursor.from
    at.dataEnd = cursor.to
  } else if (length === 9 && cursor.is('blockHash')) at.blockHash = fixed(cursor, 66)
  else if (length === 15 && cursor.is('transactionHash')) at.transactionHash = fixed(cursor, 66)
  else if (length === 16 && cursor.is('transactionIndex')) at.transactionIndex = quantity(cursor)
  else if (length === 8 && cursor.is('logIndex')) at.logIndex = quantity(cursor)
  else if (length === 7 && cursor.is('removed')) {
    cursor.skip()
    at.isRemoved = cursor.bytes[cursor.at - 2] === 0x75
  } else cursor.skip()
}

function readTopics(cursor: JsonCursor, at: Offsets): void {
  at.topicCount = 0
  for (let has = cursor.firstElement(); has; has = cursor.nextElement()) {
    if (at.topicCount === topicsMax) throw new KeeperError('bad-answer', 'a pushed log has more than four topics')
    at.topics[at.topicCount] = fixed(cursor, 66)
    at.topicCount += 1
  }
}

/** Hex of one length. */
function fixed(cursor: JsonCursor, length: number): number {
  cursor.hex()
  if (cursor.to - cursor.from !== length)
    throw new KeeperError('bad-answer', `${cursor.slice()} in a pushed log is not of ${length - 2} digits`)
  return cursor.from
}

function quantity(cursor: JsonCursor): number {
  cursor.hex()
  return Number(cursor.slice())
}
