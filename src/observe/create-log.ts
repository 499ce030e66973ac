import { Writable } from 'node:stream'
import { destination, type Logger, pino } from 'pino'
import { build } from 'pino-pretty'
import type { Calm } from './calm.ts'

export type LogOptions = {
  readonly level: string
  /** For a person at a terminal; JSON lines otherwise. */
  readonly isPretty: boolean
  /** Values that must never be written: keys, passwords, URLs with a provider's key. */
  readonly secrets?: readonly string[]
  /** Where lines go; standard error otherwise, so that standard output is left to answers. */
  readonly write?: (line: string) => void
  /** What bounds it in a storm; every line is written without. */
  readonly calm?: Calm
}

/** Names under which secrets usually travel. */
const redact = ['key', 'privateKey', 'password', 'mnemonic', 'secret', 'rpc', 'url', 'authorization', 'raw']

/** Structured lines; bigints as decimal text; no secret, whatever it is part of. */
export function createLog({ level, isPretty, secrets = [], write, calm }: LogOptions): Logger {
  const mask = masking(secrets)
  const sink = write ?? (isPretty ? prettyWriter() : plainWriter())
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(args, method, weight) {
          if (weight >= fatal || calm === undefined || calm.admits(kindOf(args[0]))) method.apply(this, args)
        },
      },
      redact: { paths: redact.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' },
    },
    new Writable({
      decodeStrings: false,
      write: (line: string | Buffer, _encoding, done) => {
        sink(mask(String(line)))
        done()
      },
    }),
  )
}

const fatal = pino.levels.values.fatal ?? 60

/** Lines are of a kind by the event they tell, and a verdict by its reason. */
function kindOf(record: unknown): string {
  const { event, reason } = (typeof record === 'object' && record !== null ? record : {}) as Record<string, unknown>
  const kind = typeof event === 'string' ? event : 'other'
  return event === 'verdict' && typeof reason === 'string' ? `${kind} ${reason}` : kind
}

/** Replaces each secret, also as it looks inside JSON; longest first, so that no part of one is left. */
export function masking(secrets: readonly string[]): (text: string) => string {
  const parts = secrets.flatMap((one) => [one, JSON.stringify(one).slice(1, -1)]).filter((one) => one.length >= 4)
  const all = [...new Set(parts)].sort((a, b) => b.length - a.length)
  return (text) => all.reduce((masked, secret) => masked.replaceAll(secret, '[secret]'), text)
}

const plainWriter = (): ((line: string) => void) => {
  const stream = destination({ dest: 2, sync: true })
  return (line) => stream.write(line)
}

function prettyWriter(): (line: string) => void {
  const stream = build({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
  return (line) => stream.write(line)
}
