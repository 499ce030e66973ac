import type { IncomingMessage } from 'node:http'
import { KeeperError } from '#core/error.ts'

const bodyMost = 4_096

/** A small JSON object, as a page sends it. @throws `bad-argument`: another type, too long, or none. */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw bad('send application/json')
  if (Number(request.headers['content-length'] ?? 0) > bodyMost) throw bad(`send no more than ${bodyMost} bytes`)
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > bodyMost) throw bad(`send no more than ${bodyMost} bytes`)
    parts.push(part)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    throw bad('send a JSON object')
  }
  throw bad('send a JSON object')
}

const textMost = 400

/** Without control characters: it goes into files, logs and journals. @throws `bad-argument`. */
export function textIn(value: unknown, name: string, least = 1): string {
  const text = typeof value === 'string' ? value.trim() : ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const isPlain = !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)
  if (text.length >= least && text.length <= textMost && isPlain) return text
  throw bad(`${name}: give a line of ${least} to ${textMost} characters`)
}

/** @throws `bad-argument`. */
export function numberIn(value: string | null, name: string, least: number, most: number): number {
  const number = value === null || value === '' ? Number.NaN : Number(value)
  if (number >= least && number <= most) return number
  throw bad(`${name}: give a number from ${least} to ${most}`)
}

const bad = (message: string): KeeperError => new KeeperError('bad-argument', message)
