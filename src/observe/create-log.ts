import { Writable } from 'node:stream'
import { destination, type Logger, pino } from 'pino'
import { build } from 'pino-pretty'

export type LogOptions = {
  readonly level: string
  /** For a person at a terminal; JSON lines otherwise. */
  readonly isPretty: boolean
  /** Values that must never be written: keys, passwords, URLs with a provider's key. */
  readonly secrets?: readonly string[]
  /** Where lines go; standard error otherwise, so that standard output is left to answers. */
  readonly write?: (line: string) => void
}

/** Names under which secrets usually travel. */
const redact = ['key', 'privateKey', 'password', 'mnemonic', 'secret', 'rpc', 'url', 'authorization', 'raw']

/** Structured lines; bigints as decimal text; no secret, whatever it is part of. */
export function createLog({ level, isPretty, secrets = [], write }: LogOptions): Logger {
  const mask = masking(secrets)
  const sink = write ?? (isPretty ? prettyWriter() : plainWriter())
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
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
