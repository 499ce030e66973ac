import { createWriteStream, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import { KeeperError } from '#core/error.ts'
import { fromText, type Plain, toText } from '#core/plain.ts'
import { chainStart, encodeRecord, frameHead, magic, type Recorded, recordsOf } from './frames.ts'
import { orSay } from './tape-file.ts'

/** What happened on a keeper's seam to the world, in one order: see `src/replay/seam.ts`. */
export type RunEvent = readonly [kind: string, ...rest: readonly Plain[]]

/** A run that is being recorded. */
export interface RunTape {
  /** Taken at once, made to text and written behind. `make` is called once, soon. */
  readonly put: (make: () => RunEvent) => void
  /** Everything taken is in the file. */
  readonly close: () => Promise<void>
}

const kinds = { head: 1, event: 16, end: 5 } as const
const packed = promisify(zstdCompress)
/** Places for what was taken and is not text yet: where they are full, it is made text at once. */
const places = 65_536
/** Plain bytes after which a frame is packed, beside the keeper's thread; and as long a frame waits for company. */
const frameBytes = 2 ** 18
const frameMs = 1_000
/** Milliseconds of making text at a time: what a head may have to wait for. */
const sliceMs = 1

/**
 * Begins a file that must not be there yet: it may be the only record of another run. A run's recording is only as whole as the run's end: what a crash cuts off was not recorded.
 * `onFault`: told once; nothing is recorded from there on, and the run goes on.
 */
export function createRunTape(path: string, head: Plain, onFault: (error: KeeperError) => void): RunTape {
  // It may hold signatures of what was never sent: its owner's alone.
  const file = createWriteStream(path, { fd: orSay(path, () => openSync(path, 'wx', 0o600)) })
  const waiting: (() => RunEvent)[] = []
  let [first, isScheduled, isBroken] = [0, false, false]
  let { crc, digest } = chainStart
  let parts: Buffer[] = []
  let size = 0
  let writing: Promise<void> = Promise.resolve()
  const broken = (cause: unknown): void => {
    if (!isBroken)
      onFault(new KeeperError('store-failed', `the run is recorded no further: ${path} cannot be written`, { cause }))
    isBroken = true
    waiting.length = 0
    first = 0
  }
  file.on('error', broken)
  file.write(magic)
  const add = (kind: number, body: Buffer): void => {
    const record = encodeRecord(kind, body, crc)
    crc = record.crc
    parts.push(record.bytes)
    size += record.bytes.length
    if (size >= frameBytes) frame()
  }
  const frame = (): void => {
    if (size === 0) return
    const plain = Buffer.concat(parts)
    parts = []
    size = 0
    writing = writing
      .then(async () => {
        const bytes = await packed(plain, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
        const made = frameHead(bytes.length, plain, digest)
        digest = made.digest
        if (!isBroken) file.write(Buffer.concat([made.bytes, bytes]))
      })
      .catch(broken)
  }
  const slice = (lastsMs: number): void => {
    isScheduled = false
    const until = performance.now() + lastsMs
    while (first < waiting.length && performance.now() < until)
      add(kinds.event, Buffer.from(toText(waiting[first++]?.())))
    if (first === waiting.length) [first, waiting.length] = [0, 0]
    else wake()
  }
  const wake = (): void => {
    if (!isScheduled) setImmediate(slice, sliceMs)
    isScheduled = true
  }
  const timer = setInterval(frame, frameMs)
  timer.unref()
  add(kinds.head, Buffer.from(toText(head)))
  return {
    put: (make) => {
      if (isBroken) return
      waiting.push(make)
      if (waiting.length - first >= places) slice(Number.POSITIVE_INFINITY)
      wake()
    },
    close: async () => {
      clearInterval(timer)
      slice(Number.POSITIVE_INFINITY)
      add(kinds.end, Buffer.alloc(0))
      frame()
      await writing
      await new Promise<void>((done) => (isBroken ? done() : file.end(done)))
    },
  }
}

export type RunRecording = {
  readonly head: Plain
  /** From the first on; `true` at the end where the run ended cleanly, `false` where it was cut off. */
  readonly events: Iterator<RunEvent, boolean>
}

/** @throws `bad-record`: altered, or no recording of a run. */
export function openRunTape(path: string): RunRecording {
  const records = recordsOf(path, (_kind, body) => `the event ${body.toString('utf8', 0, 60)}…`)
  const begin = records.next()
  if (begin.done === true || begin.value.kind !== kinds.head)
    throw new KeeperError('bad-record', `${path} holds nothing: give what \`plimsoll run --record\` has written`)
  const head = JSON.parse(begin.value.body.toString()) as object
  if (!('run' in head))
    throw new KeeperError(
      'bad-argument',
      `${path} records history, not a run: \`plimsoll replay --serve\` answers from it`,
    )
  return { head: fromText(begin.value.body.toString()), events: eventsOf(records) }
}

function* eventsOf(records: Iterator<Recorded>): Generator<RunEvent, boolean> {
  for (let next = records.next(); next.done !== true; next = records.next()) {
    if (next.value.kind === kinds.end) return true
    yield fromText(next.value.body.toString()) as RunEvent
  }
  return false
}
