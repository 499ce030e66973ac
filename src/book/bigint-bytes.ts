import { type Reader, readByte, readInt, reserve, type Writer, writeByte, writeInt } from './bytes.ts'

/**
 * A bigint in as few bytes as it needs, behind one that says how: up to 32 bytes of a magnitude, or the places of its
 * bits where these are fewer (a bitmap of few), or any length at all.
 */
const sparse = 0x20
const negative = 0x40
const long = 0xff
const plainMax = 32
const sparseMax = 15
const scratch = new DataView(new ArrayBuffer(8))
const scratchBytes = new Uint8Array(scratch.buffer)
const bitsOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1
  return count
})

export function writeBigint(to: Writer, value: bigint): void {
  const isNegative = value < 0n
  const head = to.at
  writeByte(to, 0)
  const count = writeMagnitude(to, isNegative ? -value : value)
  if (count > plainMax) {
    writeLong(to, head, count, isNegative)
    return
  }
  const bits = isNegative ? count : bitCount(to.bytes, head + 1, count)
  if (bits < count && bits <= sparseMax) writeSparse(to, head, bits)
  else to.bytes[head] = isNegative ? negative + count : count
}

/** Low byte first, without zeros at the end. @returns how many. */
function writeMagnitude(to: Writer, magnitude: bigint): number {
  const from = to.at
  for (let rest = magnitude; rest > 0n; rest >>= 64n) {
    scratch.setBigUint64(0, BigInt.asUintN(64, rest), true)
    reserve(to, 8)
    to.bytes.set(scratchBytes, to.at)
    to.at += 8
  }
  while (to.at > from && to.bytes[to.at - 1] === 0) to.at -= 1
  return to.at - from
}

function bitCount(bytes: Uint8Array, from: number, count: number): number {
  let bits = 0
  for (let at = from; at < from + count; at += 1) bits += bitsOf[bytes[at] as number] as number
  return bits
}

function writeSparse(to: Writer, head: number, bits: number): void {
  const magnitude = to.bytes.slice(head + 1, to.at)
  to.bytes[head] = sparse + bits
  to.at = head + 1
  magnitude.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit += 1) if (((byte >> bit) & 1) === 1) writeByte(to, at * 8 + bit)
  })
}

function writeLong(to: Writer, head: number, count: number, isNegative: boolean): void {
  const magnitude = to.bytes.slice(head + 1, to.at)
  to.bytes[head] = long
  to.at = head + 1
  writeInt(to, count * 2 + (isNegative ? 1 : 0))
  reserve(to, count)
  to.bytes.set(magnitude, to.at)
  to.at += count
}

export function readBigint(from: Reader): bigint {
  const head = readByte(from)
  if (head <= plainMax) return readMagnitude(from, head)
  if (head === long) {
    const sized = readInt(from)
    const magnitude = readMagnitude(from, Math.floor(sized / 2))
    return sized % 2 === 1 ? -magnitude : magnitude
  }
  if (head > negative) return -readMagnitude(from, head - negative)
  let value = 0n
  for (let left = head - sparse; left > 0; left -= 1) value |= 1n << BigInt(readByte(from))
  return value
}

function readMagnitude(from: Reader, count: number): bigint {
  let value = 0n
  for (let high = count; high > 0; ) {
    const low = (high - 1) & ~7
    scratch.setBigUint64(0, 0n, true)
    for (let at = low; at < high; at += 1) scratchBytes[at - low] = from.bytes[from.at + at] as number
    const limb = scratch.getBigUint64(0, true)
    value = value === 0n ? limb : (value << 64n) | limb
    high = low
  }
  from.at += count
  return value
}
