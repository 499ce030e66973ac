import type { Hex } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import { mayHold } from '../chain/bloom.ts'
import { nameOf } from './ask-key.ts'
import { type HeldBlock, headerHash } from './header-hash.ts'
import { type HeldLog, type HeldReceipt, receiptsRoot } from './receipts-root.ts'
import type { Entry, Recording } from './recording.ts'
import { wrongTransactions } from './verify-transactions.ts'
import { wantedLogs } from './wanted-logs.ts'

/** How much of a recording was found to be what the chain's own hashes say. */
export type Verified = {
  /** Headers hashed anew, each the parent of the next. */
  readonly headers: number
  /** Logs of blocks whose header is held: it names each of them. */
  readonly logs: number
  /** Logs from before the range: their headers are not held. */
  readonly logsBefore: number
  /** Blocks whose receipts give their header's root. */
  readonly receipts: number
  /** Answers about state: no header proves them, only the recording's own checksums. */
  readonly state: number
  readonly digest: string
}

/**
 * Holds a recording against its headers. What follows from a block's hash is proven: headers, the logs its bloom names,
 * and where a block's receipts are held all of its logs, so that one left out is found too.
 * @throws `bad-record`, naming block and field.
 */
export async function verify(recording: Recording): Promise<Verified> {
  const headers = await verifyHeaders(recording)
  const receipts = await verifyReceipts(recording, headers)
  const count = { logs: 0, logsBefore: 0, state: 0 }
  for (const { ask, answer } of recording.entries()) {
    if (ask.method === 'eth_getLogs' && Array.isArray(answer.result)) {
      const { known, before } = verifyLogs(recording, { ask, answer }, headers, receipts)
      count.logs += known
      count.logsBefore += before
    } else if (!ask.method.startsWith('eth_getBlock')) count.state += 1
  }
  return { headers: headers.size, receipts: receipts.size, ...count, digest: recording.digest() }
}

const wrong = ({ path }: Recording, block: number | string, field: string, why: string): KeeperError =>
  new KeeperError('bad-record', `${path}: block ${block}, ${field}: ${why}: record it again, or take an unaltered copy`)

type Headers = ReadonlyMap<number, HeldBlock>

/** Every header of the range is there, hashes to what it is called by, and stands on the one before. */
async function verifyHeaders(recording: Recording): Promise<Headers> {
  const { from, to } = recording.head
  const headers = new Map<number, HeldBlock>()
  for (const { ask, answer } of recording.entries()) {
    if (!ask.method.startsWith('eth_getBlockBy') || answer.result === undefined) continue
    const block = answer.result as HeldBlock
    const number = Number(block.number)
    const hashed = headerHash(block)
    if ('missing' in hashed) throw wrong(recording, number, hashed.missing, 'it is missing')
    if (hashed.hash !== block.hash) throw wrong(recording, number, 'hash', `its header hashes to ${hashed.hash}`)
    const named = ask.params[0]
    if (named !== block.hash && named !== block.number)
      throw wrong(recording, number, 'number', `it was asked for as ${named}`)
    const found = await wrongTransactions(block)
    if (found !== null) throw wrong(recording, number, found.field, found.why)
    headers.set(number, block)
  }
  for (let number = from; number <= to; number += 1) {
    const block = headers.get(number)
    if (block === undefined) throw wrong(recording, number, 'header', 'it is missing')
    const parent = headers.get(number - 1)
    if (parent !== undefined && parent.hash !== block.parentHash)
      throw wrong(recording, number, 'parentHash', `block ${number - 1} is ${parent.hash}`)
  }
  return headers
}

type Receipts = ReadonlyMap<number, readonly HeldLog[]>

/** Logs by block, of the blocks whose receipts are held and give their header's root. */
async function verifyReceipts(recording: Recording, headers: Headers): Promise<Receipts> {
  const logs = new Map<number, readonly HeldLog[]>()
  for (const { ask, answer } of recording.entries()) {
    if (ask.method !== 'eth_getBlockReceipts' || !Array.isArray(answer.result)) continue
    const receipts = answer.result as readonly HeldReceipt[]
    const number = blockNamed(ask.params[0], headers)
    const header = headers.get(number)
    if (header === undefined)
      throw wrong(recording, String(ask.params[0]), 'header', 'its receipts are held without it')
    const root = await receiptsRoot(receipts)
    if (root !== header.receiptsRoot) throw wrong(recording, number, 'receiptsRoot', `its receipts give ${root}`)
    logs.set(
      number,
      receipts.flatMap((receipt) => receipt.logs),
    )
  }
  return logs
}

function blockNamed(block: unknown, headers: Headers): number {
  const hash = typeof block === 'string' ? block : (block as { readonly blockHash?: string }).blockHash
  if (hash === undefined || hash.length !== 66) return Number(block)
  for (const [number, header] of headers) if (header.hash === hash) return number
  return Number.NaN
}

function verifyLogs(recording: Recording, { ask, answer }: Entry, headers: Headers, receipts: Receipts) {
  const { from, to } = recording.head
  const count = { known: 0, before: 0 }
  const logs = answer.result as readonly HeldLog[]
  for (const log of logs) {
    const number = Number(log.blockNumber)
    const header = headers.get(number)
    if (header === undefined && number >= from && number <= to)
      throw wrong(recording, number, 'header', 'a log is of it')
    if (header === undefined) {
      count.before += 1
      continue
    }
    if (log.blockHash !== undefined && log.blockHash !== header.hash)
      throw wrong(recording, number, 'blockHash', `a log is of ${log.blockHash}`)
    const itself = [{ addresses: [log.address], topics: log.topics }] as unknown as readonly LogFilter[]
    if (!mayHold(header.logsBloom, itself))
      throw wrong(
        recording,
        number,
        'logsBloom',
        `it has no log of ${log.address} (${nameOf(ask)}, log ${Number(log.logIndex)})`,
      )
    count.known += 1
  }
  for (const [number, all] of receipts) {
    const hash = headers.get(number)?.hash as Hex
    const wanted = wantedLogs(ask, number, hash, all)
    if (wanted === null) continue
    const given = logs.filter((log) => Number(log.blockNumber) === number)
    const differs = wanted.length !== given.length || wanted.some((log, at) => textOf(log) !== textOf(given[at]))
    if (differs)
      throw wrong(
        recording,
        number,
        'logs',
        `${given.length} in ${nameOf(ask)}, ${wanted.length} in its receipts, or not the same`,
      )
  }
  return count
}

const textOf = (log: HeldLog | undefined): string =>
  log === undefined ? '' : JSON.stringify([log.address.toLowerCase(), log.topics, log.data, Number(log.logIndex)])
