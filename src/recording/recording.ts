import { hash as digestOf } from 'node:crypto'
import { existsSync } from 'node:fs'
import { KeeperError } from '#core/error.ts'
import type { Answer, Ask } from '../chain/rpc.ts'
import { keyOf, nameOf, otherWays, plainAsk } from './ask-key.ts'
import { type Place, recordsOf } from './frames.ts'
import { openTapeFile, type TapeFile, type TapeState } from './tape-file.ts'

/** What a recording is of: a range of history, both ends included, in chunks of so many blocks. */
export type RecordingHead = {
  readonly chainId: number
  readonly from: number
  readonly to: number
  readonly chunkBlocks: number
}
/** What a node answers: its result, or its words of refusal. */
export type Held = Pick<Answer, 'result' | 'error'>
export type Entry = { readonly ask: Ask; readonly answer: Held }
export type RecordingSize = { readonly bytes: number; readonly asks: number; readonly answers: number }

/** Answers of a node, by what was asked. */
export interface Recording {
  readonly path: string
  readonly head: RecordingHead
  /** Whether everything that was to be recorded is in it. */
  readonly isFinished: () => boolean
  /** What was answered; `undefined`: it is not recorded. The block may be named otherwise than it was. */
  readonly find: (ask: Ask) => Held | undefined
  /** All of it, in the order it was recorded. */
  readonly entries: () => Iterable<Entry>
  readonly size: () => RecordingSize
  /** Of all it holds and in which order. */
  readonly digest: () => string
  readonly close: () => void
}

/** A recording that is being made. */
export interface Tape extends Recording {
  /** Writes an answer down, once; equal answers take their room once. */
  readonly put: (ask: Ask, answer: Held) => void
  /** What was put so far outlives the process. */
  readonly flush: () => void
  /** Nothing more is to come. */
  readonly finish: () => void
}

/** `told`: a question with its answer. `again`: a question whose answer is there already. */
const kinds = { head: 1, told: 2, again: 3, block: 4, end: 5 } as const
type Index = {
  head: RecordingHead | null
  isFinished: boolean
  readonly answers: Place[]
  readonly answerOf: Map<string, number>
  readonly asks: Map<string, number>
  readonly order: { readonly kind: number; readonly id: number; readonly place: Place }[]
  readonly numbers: Map<string, number>
  readonly hashes: Map<number, string>
}

/** Opens a recording to read. @throws `not-found`, `bad-record`: cut, altered, or no recording. */
export function openRecording(path: string): Recording {
  const { index, state, isCut } = scanned(path)
  if (isCut || !index.isFinished)
    throw new KeeperError(
      'bad-record',
      `${path} ends before it is finished: run the same \`plimsoll record\` again, which goes on from there`,
    )
  return recordingOver(path, index, openTapeFile(path, state, false))
}

/**
 * Begins a recording, or goes on with one of the same range: what was cut off by a crash is dropped.
 * @throws `bad-argument`: the file holds another range or chain. `bad-record`: it is altered.
 */
export function openTape(path: string, head: RecordingHead): Tape {
  const found = existsSync(path) ? scanned(path) : null
  // Broken off before anything was written: it begins anew.
  if (found === null || found.index.head === null) return begun(path, head)
  const { index, state } = found
  const isSame = JSON.stringify(index.head) === JSON.stringify(head)
  if (!isSame)
    throw new KeeperError(
      'bad-argument',
      `${path} records ${rangeText(found.index.head)}, not ${rangeText(head)}: give another file, or the same range`,
    )
  return tapeOver(path, index, openTapeFile(path, state))
}

function begun(path: string, head: RecordingHead): Tape {
  const index = { ...emptyIndex(), head }
  const file = openTapeFile(path)
  file.append(kinds.head, bytesOf(head))
  file.flush()
  return tapeOver(path, index, file)
}

const rangeText = ({ chainId, from, to, chunkBlocks }: RecordingHead): string =>
  `blocks ${from} to ${to} of chain ${chainId} in chunks of ${chunkBlocks}`

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const emptyIndex = (): Index => ({
  head: null,
  isFinished: false,
  ...{ answers: [], answerOf: new Map(), asks: new Map(), order: [], numbers: new Map(), hashes: new Map() },
})

/** Keys are long and many: what is kept in memory is a hash of each. */
const brief = (text: string | Buffer): string => digestOf('sha256', text, 'base64url').slice(0, 22)

function scanned(path: string): { readonly index: Index; readonly state: TapeState; readonly isCut: boolean } {
  if (!existsSync(path)) throw new KeeperError('not-found', `there is no ${path}: \`plimsoll record\` makes one`)
  const index = emptyIndex()
  const records = recordsOf(path, named)
  let next = records.next()
  for (; next.done !== true; next = records.next()) take(index, next.value.kind, next.value.body, next.value.place)
  const state = next.value
  if (index.head !== null && 'run' in index.head)
    throw new KeeperError(
      'bad-argument',
      `${path} records a run, not history: \`plimsoll replay ${path}\` lives through it`,
    )
  return { index, state, isCut: state.isCut }
}

/** A recording that was altered may hold anything in the place of a question. */
function named(kind: number, body: Buffer): string {
  if (kind === kinds.head) return 'its head'
  if (kind === kinds.block) return 'a block’s hash'
  if (kind === kinds.end) return 'its end'
  try {
    return nameOf(askOf(kind, body))
  } catch {
    return 'a question'
  }
}

function take(index: Index, kind: number, body: Buffer, place: Place): void {
  if (kind === kinds.head) index.head = JSON.parse(body.toString()) as RecordingHead
  else if (kind === kinds.told) {
    const { key, answer } = parts(body)
    index.asks.set(brief(key), index.answers.length)
    index.answerOf.set(brief(answer), index.answers.length)
    index.answers.push({ ...place, at: place.at + 4 + key.length, length: answer.length })
    index.order.push({ kind, id: index.answers.length - 1, place })
  } else if (kind === kinds.again) {
    const id = body.readUInt32LE(0)
    index.asks.set(brief(body.subarray(4)), id)
    index.order.push({ kind, id, place })
  } else if (kind === kinds.block) {
    const hash = `0x${body.toString('hex', 8)}`
    const number = Number(body.readBigUInt64LE(0))
    index.numbers.set(hash, number)
    index.hashes.set(number, hash)
  } else if (kind === kinds.end) index.isFinished = true
}

function askOf(kind: number, body: Buffer): Ask {
  const key = kind === kinds.told ? parts(body).key : body.subarray(4)
  const [method, ...params] = JSON.parse(key.toString()) as [string, ...unknown[]]
  return { method, params }
}

/** Of a question told with its answer: the question's length, the question, the answer. */
function parts(body: Buffer): { readonly key: Buffer; readonly answer: Buffer } {
  const end = 4 + body.readUInt32LE(0)
  return { key: body.subarray(4, end), answer: body.subarray(end) }
}

function word32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function recordingOver(path: string, index: Index, file: TapeFile): Recording {
  const head = index.head as RecordingHead
  const answer = (id: number): Held => JSON.parse(file.read(index.answers[id] as Place).toString()) as Held
  const hashOf = (number: number): string | undefined => index.hashes.get(number)
  const numberOf = (hash: string): number | undefined => index.numbers.get(hash)
  const held = (ask: Ask): Held | undefined => {
    const id = index.asks.get(brief(keyOf(ask)))
    return id === undefined ? undefined : answer(id)
  }
  return {
    ...{ path, head },
    isFinished: () => index.isFinished,
    find: (ask) => {
      const plain = plainAsk(ask, head.to)
      for (const one of [plain, ...otherWays(plain, { hashOf, numberOf })]) {
        const found = held(one) ?? light(one, held)
        if (found !== undefined) return found
      }
      return undefined
    },
    entries: function* () {
      for (const { kind, id, place } of index.order) yield { ask: askOf(kind, file.read(place)), answer: answer(id) }
    },
    size: () => ({ bytes: file.size(), asks: index.order.length, answers: index.answers.length }),
    digest: file.digest,
    close: file.close,
  }
}

/** A block with its transactions' hashes is the one with its transactions, told shorter. */
function light({ method, params }: Ask, held: (ask: Ask) => Held | undefined): Held | undefined {
  if (!method.startsWith('eth_getBlockBy') || params[1] !== false) return undefined
  const { result } = held({ method, params: [params[0], true] }) ?? {}
  if (result === undefined || result === null) return undefined
  const { transactions, ...block } = result as { readonly transactions: readonly { readonly hash: string }[] }
  return { result: { ...block, transactions: transactions.map(({ hash }) => hash) } }
}

function tapeOver(path: string, index: Index, file: TapeFile): Tape {
  const { head } = index
  const lastBlock = (head as RecordingHead).to
  const add = (kind: number, body: Buffer): void => take(index, kind, body, file.append(kind, body))
  const tape = recordingOver(path, index, file)
  return {
    ...tape,
    put: (ask, answer) => {
      const plain = plainAsk(ask, lastBlock)
      const key = Buffer.from(keyOf(plain))
      if (index.asks.has(brief(key))) return
      const body = bytesOf(answer)
      const id = index.answerOf.get(brief(body))
      if (id === undefined) add(kinds.told, Buffer.concat([word32(key.length), key, body]))
      else add(kinds.again, Buffer.concat([word32(id), key]))
      if (plain.method === 'eth_getBlockByNumber') addBlock(answer.result, add)
    },
    flush: file.flush,
    finish: () => {
      if (!index.isFinished) add(kinds.end, Buffer.alloc(0))
      file.flush()
    },
  }
}

/** A block's two names, so that it is found by either. */
function addBlock(result: unknown, add: (kind: number, body: Buffer) => void): void {
  const { number, hash } = (result ?? {}) as { readonly number?: string; readonly hash?: string }
  if (number === undefined || hash === undefined) return
  const body = Buffer.alloc(40)
  body.writeBigUInt64LE(BigInt(number))
  body.set(Buffer.from(hash.slice(2), 'hex'), 8)
  add(kinds.block, body)
}
