import type { Block, Log } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import type { Plain, Rec } from '#core/plain.ts'
import type { Input } from '#core/world.ts'
import { decodeLog, type RawLog } from '../chain/log.ts'
import { refusalFromPlain, refusalToPlain } from './refusal.ts'
import type { Form } from './seam.ts'

/** Bytes as hex. */
export const bytesForm: Form<Uint8Array> = {
  toPlain: (bytes) => Buffer.from(bytes).toString('hex'),
  fromPlain: (plain) => new Uint8Array(Buffer.from(String(plain), 'hex')),
}

const logToPlain = (log: Log): Rec => ({
  address: log.address,
  topics: Array.from({ length: log.topicCount }, (_, at) => log.topic(at)),
  data: log.data(),
  transactionHash: log.transactionHash,
  transactionIndex: String(log.transactionIndex),
  logIndex: String(log.logIndex),
})
const logFrom = (plain: Plain, block: Block): Log =>
  decodeLog({ ...(plain as unknown as RawLog), blockNumber: String(block.number), blockHash: '' }, block)

/** The next of a stream; its end, where there is none. */
const stepForm = <T>({ toPlain, fromPlain }: Form<T>): Form<IteratorResult<T, undefined>> => ({
  toPlain: (step) => (step.done === true ? [] : [toPlain(step.value)]),
  fromPlain: (plain) => {
    const [value] = plain as readonly Plain[]
    return value === undefined ? { done: true, value: undefined } : { done: false, value: fromPlain(value) }
  },
})

/** A head's logs are of its own block. */
export const inputStep = stepForm<Input>({
  toPlain: (input) =>
    input.kind === 'head' ? ({ ...input, logs: input.logs.map(logToPlain) } as Rec) : (input as unknown as Rec),
  fromPlain: (plain) => {
    const input = plain as unknown as Input
    if (input.kind !== 'head') return input
    return { ...input, logs: (input.logs as unknown as readonly Plain[]).map((log) => logFrom(log, input.block)) }
  },
})

/** A page of history's logs, each of a block of its own. */
export const logsStep = stepForm<readonly Log[]>({
  toPlain: (logs) => logs.map((log) => [logToPlain(log), log.block as Plain]),
  fromPlain: (plain) =>
    (plain as readonly (readonly [Plain, Plain])[]).map(([log, block]) => logFrom(log, block as unknown as Block)),
})

export const recStep = stepForm<Rec>({ toPlain: (record) => record, fromPlain: (plain) => plain as Rec })

/** A batch's answers: a refused one is an error in its place. */
export const batchForm: Form<readonly (unknown | KeeperError)[]> = {
  toPlain: (answers) =>
    answers.map((one) => (one instanceof KeeperError ? { refused: refusalToPlain(one) } : { answer: one as Plain })),
  fromPlain: (plain) =>
    (plain as readonly Rec[]).map(({ refused, answer }) =>
      refused === undefined ? answer : refusalFromPlain(refused),
    ),
}
