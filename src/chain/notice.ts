import { JsonCursor, malformed } from './json-cursor.ts'

/** What becomes of a subscription's notices: each is read from where the cursor stands to its end, and then taken. */
export type Taker<Value = unknown> = {
  readonly read: (result: JsonCursor) => Value
  readonly take: (value: Value) => void
}
type TakerOf = (subscription: string) => Taker | undefined

/**
 * Reads a message as far as it must: a subscription's notice in one pass, given only when all of it was read.
 * @returns whether it was a notice; if not it is an answer, and nothing was done.
 * @throws `bad-answer` where it is not JSON, or is written in a way only `JSON.parse` reads.
 */
export function readNotice(bytes: Buffer, takerOf: TakerOf): boolean {
  const cursor = new JsonCursor(bytes)
  // A batch's answers come as a list.
  if (cursor.takes(openArray)) return false
  for (let has = cursor.firstMember(); has; has = cursor.nextMember()) {
    if (cursor.is('id') || cursor.is('error') || cursor.is('result')) return false
    if (cursor.is('params')) {
      const give = readParams(cursor, takerOf)
      for (let more = cursor.nextMember(); more; more = cursor.nextMember()) cursor.skip()
      cursor.end()
      give()
      return true
    }
    cursor.skip()
  }
  throw malformed(bytes, cursor.at, 'an answer or a notice')
}

const openArray = 0x5b
const nobody: Taker = { read: (cursor) => cursor.skip(), take: () => undefined }

function readParams(cursor: JsonCursor, takerOf: TakerOf): () => void {
  let taker: Taker | undefined
  let value: unknown
  let isRead = false
  let passed = -1
  for (let has = cursor.firstMember(); has; has = cursor.nextMember()) {
    if (cursor.is('subscription')) {
      if (cursor.text()) throw malformed(cursor.bytes, cursor.from, 'a name without escapes')
      taker = takerOf(cursor.slice()) ?? nobody
    } else if (!cursor.is('result')) cursor.skip()
    else if (taker === undefined) {
      passed = cursor.at
      cursor.skip()
    } else {
      value = taker.read(cursor)
      isRead = true
    }
  }
  if (passed >= 0 && taker !== undefined) {
    // Its name came behind: what was passed over is read now.
    const again = new JsonCursor(cursor.bytes)
    again.at = passed
    value = taker.read(again)
    isRead = true
  }
  if (!isRead) throw malformed(cursor.bytes, cursor.at, 'a subscription and its result')
  return () => taker?.take(value)
}

/** The same message as any node would write it: without escapes, with nothing between. `null` where it is not JSON. */
export function rewritten(bytes: Buffer): Buffer | null {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(bytes.toString('utf8'))))
  } catch {
    return null
  }
}
