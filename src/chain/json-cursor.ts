import { KeeperError } from '#core/error.ts'

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d]
/** Bytes that end a run of plain text within quotes: the quote, an escape, and control characters, which are not JSON. */
const isSpecial = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === quote || byte === backslash ? 1 : 0,
)
const isHexDigit = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[0-9a-fA-F]/.test(String.fromCharCode(byte)) ? 1 : 0,
)
const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
/** Deeper than any answer of a node; a deeper one would exhaust the stack. */
const depthMax = 512

/** Bytes that are ASCII, as text. Buffers have this, though not in their types: `toString` looks for it at half the cost of the cut. */
export const cut = (bytes: Buffer, from: number, to: number): string =>
  (bytes as unknown as { readonly latin1Slice: (from: number, to: number) => string }).latin1Slice(from, to)

/**
 * Walks JSON where it lies, byte by byte, and makes nothing but what it is asked for. As strict as `JSON.parse`. A
 * class, since it is what everything hot goes through: its methods are shared and its state is three numbers.
 */
export class JsonCursor {
  readonly bytes: Buffer
  at = 0
  /** Of the text read last, without its quotes. */
  from = 0
  to = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Whether the byte comes next, spaces aside; it is passed over then. */
  takes(byte: number): boolean {
    this.#space()
    if (this.bytes[this.at] !== byte) return false
    this.at += 1
    return true
  }

  /** Steps into an object. @returns whether it has a member; its key, as it is written, is then the text read last. */
  firstMember(): boolean {
    this.#expect(openObject, 'an object')
    if (this.takes(closeObject)) return false
    this.#key()
    return true
  }

  nextMember(): boolean {
    if (this.takes(closeObject)) return false
    this.#expect(comma, 'a comma or the end of an object')
    this.#key()
    return true
  }

  firstElement(): boolean {
    this.#expect(openArray, 'a list')
    return !this.takes(closeArray)
  }

  nextElement(): boolean {
    if (this.takes(closeArray)) return false
    this.#expect(comma, 'a comma or the end of a list')
    return true
  }

  /** A text in quotes. @returns whether it has escapes, so that its bytes are not it. */
  text(): boolean {
    this.#expect(quote, 'a text')
    const { bytes } = this
    this.from = this.at
    let at = this.at
    let hasEscapes = false
    for (;;) {
      while (isSpecial[bytes[at] ?? 0] === 0) at += 1
      if (bytes[at] === quote) break
      if (bytes[at] !== backslash) throw malformed(bytes, at, 'the end of a text')
      hasEscapes = true
      at = escapeEnd(bytes, at)
    }
    this.to = at
    this.at = at + 1
    return hasEscapes
  }

  /** 0x and hex digits in quotes, the shape of nearly all that a node says. @throws `bad-answer` where it is another. */
  hex(): void {
    this.#expect(quote, 'hex')
    const { bytes } = this
    this.from = this.at
    let at = this.at + 2
    if (bytes[at - 2] !== 0x30 || bytes[at - 1] !== 0x78) throw malformed(bytes, this.at, 'hex')
    while (isHexDigit[bytes[at] ?? 0] === 1) at += 1
    if (bytes[at] !== quote) throw malformed(bytes, at, 'a hex digit')
    this.to = at
    this.at = at + 1
  }

  /** Whether the text read last is this one, of ASCII. */
  is(text: string): boolean {
    if (this.to - this.from !== text.length) return false
    for (let at = 0; at < text.length; at += 1) if (this.bytes[this.from + at] !== text.charCodeAt(at)) return false
    return true
  }

  slice(): string {
    return cut(this.bytes, this.from, this.to)
  }

  /** Passes over a whole value. */
  skip(depth = 0): void {
    if (depth > depthMax) throw malformed(this.bytes, this.at, 'less depth')
    this.#space()
    const byte = this.bytes[this.at]
    if (byte === quote) this.text()
    else if (byte === openObject) {
      for (let has = this.firstMember(); has; has = this.nextMember()) this.skip(depth + 1)
    } else if (byte === openArray) {
      for (let has = this.firstElement(); has; has = this.nextElement()) this.skip(depth + 1)
    } else this.#bare()
  }

  /** @throws `bad-answer` unless nothing but spaces follows. */
  end(): void {
    this.#space()
    if (this.at !== this.bytes.length) throw malformed(this.bytes, this.at, 'the end')
  }

  /** A number, `true`, `false` or `null`. */
  #bare(): void {
    const from = this.at
    while (/[-+.\w]/.test(String.fromCharCode(this.bytes[this.at] ?? 0))) this.at += 1
    const word = this.bytes.toString('latin1', from, this.at)
    if (word !== 'null' && word !== 'true' && word !== 'false' && !number.test(word))
      throw malformed(this.bytes, from, 'a value')
  }

  #key(): void {
    this.text()
    const { from, to } = this
    this.#expect(colon, 'a colon')
    this.from = from
    this.to = to
  }

  #expect(byte: number, what: string): void {
    if (!this.takes(byte)) throw malformed(this.bytes, this.at, what)
  }

  #space(): void {
    const { bytes } = this
    for (;;) {
      const byte = bytes[this.at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.at += 1
    }
  }
}

/** @returns the byte behind the escape at `at`. */
function escapeEnd(bytes: Buffer, at: number): number {
  const kind = String.fromCharCode(bytes[at + 1] ?? 0)
  if ('"\\/bfnrt'.includes(kind)) return at + 2
  if (kind === 'u' && /^[0-9a-fA-F]{4}$/.test(bytes.toString('latin1', at + 2, at + 6))) return at + 6
  throw malformed(bytes, at, 'an escape that JSON knows')
}

export function malformed(bytes: Buffer, at: number, wanted: string): KeeperError {
  const near = bytes.toString('latin1', Math.max(0, at - 20), at + 20)
  return new KeeperError('bad-answer', `not what a node says: ${wanted} was to come at byte ${at}, near ${near}`, {
    retryable: true,
  })
}
