import type { Address, Hex } from '#core/address.ts'
import type { Block, Log } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import { cut, type JsonCursor } from './json-cursor.ts'

/** A log as a node pushed it, before its block is known. */
export type PushedLog = {
  readonly blockHash: Hex
  readonly logIndex: number
  /** Of a block that was reorganised away: the node takes it back. */
  readonly isRemoved: boolean
  readonly within: (block: Block) => Log
}

const wordDigits = 64
const hashLength = 66
const topicsMax = 4
const zero = 0x30
const unknownBlock: Block = { number: 0, timestamp: 0, baseFee: 0n as Block['baseFee'], parentHash: '0x' }

/**
 * A log read where it lies in the socket's bytes: only where its parts begin is noted, and what is asked for is cut out
 * then. A class, and one object a log, since thousands a second are made.
 */
export class ByteLog implements Log, PushedLog {
  block = unknownBlock
  topicCount = -1
  transactionIndex = -1
  logIndex = -1
  isRemoved = false
  readonly #bytes: Buffer
  #address = -1
  #topic0 = -1
  #topic1 = -1
  #topic2 = -1
  #topic3 = -1
  #data = -1
  #dataEnd = -1
  #blockHash = -1
  #transactionHash = -1

  /** The log object that comes next. @throws `bad-answer` where it is not one, or is written in a way only `JSON.parse` reads. */
  constructor(cursor: JsonCursor) {
    this.#bytes = cursor.bytes
    for (let has = cursor.firstMember(); has; has = cursor.nextMember()) this.#readMember(cursor)
    const hashes = Math.min(this.#address, this.#blockHash, this.#transactionHash)
    if (Math.min(hashes, this.topicCount, this.#data, this.transactionIndex, this.logIndex) < 0)
      throw new KeeperError('bad-answer', 'a pushed log lacks a part', { retryable: true })
  }

  get address(): Address {
    return this.#cut(this.#address, 42).toLowerCase() as Address
  }
  get blockHash(): Hex {
    return this.#cut(this.#blockHash, hashLength)
  }
  get transactionHash(): Hex {
    return this.#cut(this.#transactionHash, hashLength)
  }

  within(block: Block): Log {
    this.block = block
    return this
  }

  topic(index: number): Hex {
    return this.#cut(this.#topicAt(index), hashLength)
  }

  word(index: number): bigint {
    let from = this.#wordAt(index)
    const end = from + wordDigits
    // Nearly all of it is zeros, and only digits cost.
    while (from < end - 1 && this.#bytes[from] === zero) from += 1
    return BigInt(`0x${cut(this.#bytes, from, end)}`)
  }

  addressAt(from: 'topic' | 'data', index: number): Address {
    const end = from === 'topic' ? this.#topicAt(index) + hashLength : this.#wordAt(index) + wordDigits
    return `0x${cut(this.#bytes, end - 40, end)}` as Address
  }

  data(): Hex {
    return this.#cut(this.#data, this.#dataEnd - this.#data)
  }

  #topicAt(index: number): number {
    if (!(index >= 0 && index < this.topicCount)) throw this.#missing(`topic ${index}`)
    if (index < 2) return index === 0 ? this.#topic0 : this.#topic1
    return index === 2 ? this.#topic2 : this.#topic3
  }

  #wordAt(index: number): number {
    const from = this.#data + 2 + index * wordDigits
    if (!(index >= 0 && from + wordDigits <= this.#dataEnd)) throw this.#missing(`word ${index}`)
    return from
  }

  #cut(from: number, length: number): Hex {
    return cut(this.#bytes, from, from + length) as Hex
  }

  #missing(what: string): KeeperError {
    return new KeeperError('bad-answer', `log ${this.transactionHash}/${this.logIndex} has no ${what}`)
  }

  /** By its length first: most need one comparison then. */
  #readMember(cursor: JsonCursor): void {
    const length = cursor.to - cursor.from
    if (length === 7 && cursor.is('address')) this.#address = fixed(cursor, 42)
    else if (length === 6 && cursor.is('topics')) this.#readTopics(cursor)
    else if (length === 4 && cursor.is('data')) {
      cursor.hex()
      this.#data = cursor.from
      this.#dataEnd = cursor.to
    } else if (length === 9 && cursor.is('blockHash')) this.#blockHash = fixed(cursor, hashLength)
    else if (length === 15 && cursor.is('transactionHash')) this.#transactionHash = fixed(cursor, hashLength)
    else if (length === 16 && cursor.is('transactionIndex')) this.transactionIndex = quantity(cursor)
    else if (length === 8 && cursor.is('logIndex')) this.logIndex = quantity(cursor)
    else if (length === 7 && cursor.is('removed')) {
      cursor.skip()
      // The u of true; false has an s there.
      this.isRemoved = cursor.bytes[cursor.at - 2] === 0x75
    } else cursor.skip()
  }

  #readTopics(cursor: JsonCursor): void {
    this.topicCount = 0
    for (let has = cursor.firstElement(); has; has = cursor.nextElement()) {
      const at = fixed(cursor, hashLength)
      if (this.topicCount === 0) this.#topic0 = at
      else if (this.topicCount === 1) this.#topic1 = at
      else if (this.topicCount === 2) this.#topic2 = at
      else if (this.topicCount === 3) this.#topic3 = at
      else throw new KeeperError('bad-answer', `a pushed log has more than ${topicsMax} topics`, { retryable: true })
      this.topicCount += 1
    }
  }
}

export const readLog = (cursor: JsonCursor): ByteLog => new ByteLog(cursor)

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
