/** Bytes written one after the other into memory that grows. */
export type Writer = { bytes: Uint8Array; at: number }
/** Bytes read one after the other. */
export type Reader = { bytes: Uint8Array; at: number }

export const newWriter = (): Writer => ({ bytes: new Uint8Array(1024), at: 0 })

/** Room for `count` more bytes. */
export function reserve(to: Writer, count: number): void {
  if (to.at + count <= to.bytes.length) return
  const grown = new Uint8Array(Math.max(to.bytes.length * 2, to.at + count))
  grown.set(to.bytes)
  to.bytes = grown
}

export function writeByte(to: Writer, byte: number): void {
  if (to.at === to.bytes.length) reserve(to, 1)
  to.bytes[to.at] = byte
  to.at += 1
}

export function writeBytes(to: Writer, bytes: Uint8Array): void {
  reserve(to, bytes.length)
  to.bytes.set(bytes, to.at)
  to.at += bytes.length
}

/** Seven bits a byte, low first; any safe integer from 0. */
export function writeInt(to: Writer, value: number): void {
  let rest = value
  while (rest >= 128) {
    writeByte(to, (rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  writeByte(to, rest)
}

export const readByte = (from: Reader): number => {
  const byte = from.bytes[from.at] as number
  from.at += 1
  return byte
}

export function readInt(from: Reader): number {
  let byte = readByte(from)
  if (byte < 128) return byte
  let value = byte - 128
  for (let scale = 128; ; scale *= 128) {
    byte = readByte(from)
    if (byte < 128) return value + byte * scale
    value += (byte - 128) * scale
  }
}

export function readBytes(from: Reader, count: number): Uint8Array {
  const found = from.bytes.subarray(from.at, from.at + count)
  from.at += count
  return found
}

/** Any string: one byte a character where that is enough, else two. */
export function writeString(to: Writer, text: string): void {
  let isWide = false
  for (let at = 0; at < text.length; at += 1) isWide ||= text.charCodeAt(at) > 255
  writeInt(to, text.length * 2 + (isWide ? 1 : 0))
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    writeByte(to, code & 255)
    if (isWide) writeByte(to, code >> 8)
  }
}

export function readString(from: Reader): string {
  const head = readInt(from)
  const isWide = head % 2 === 1
  let text = ''
  for (let left = (head - (head % 2)) / 2; left > 0; left -= 1) {
    text += String.fromCharCode(isWide ? readByte(from) + readByte(from) * 256 : readByte(from))
  }
  return text
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The value of a lower-case hex digit's character code. */
const nibble = (code: number): number => (code < 58 ? code - 48 : code - 87)

/** The bytes of lower-case hex text from a place in it on. */
export function writeHex(to: Writer, text: string, from: number): void {
  for (let at = from; at < text.length; at += 2) {
    writeByte(to, nibble(text.charCodeAt(at)) * 16 + nibble(text.charCodeAt(at + 1)))
  }
}

/** With 0x in front. */
export function readHex(from: Reader, count: number): string {
  let text = '0x'
  for (let left = count; left > 0; left -= 1) text += digits[readByte(from)]
  return text
}
