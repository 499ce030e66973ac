import { hash as digestOf } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { KeeperError } from '#core/error.ts'

/** Where a record's body lies: in which frame, from which byte of the frame's plain bytes, and how long it is. */
export type Place = { readonly frame: number; readonly at: number; readonly length: number }
/** Where a frame lies in its file. */
export type FramePlace = { readonly at: number; readonly packed: number; readonly plain: number }
/** What ties a frame to all that came before it. */
export type Chain = { readonly digest: string; readonly crc: number }

/** The file begins with it; its last character is the version of the format. */
export const magic = Buffer.from('PLIMTAP1', 'latin1')
export const chainStart: Chain = { digest: '00'.repeat(32), crc: 0 }
/** Packed length, plain length, and the chain's digest behind it. */
const headBytes = 4 + 4 + 32
/** Kind, body's length, body, checksum. */
const recordBytes = 1 + 4 + 4
/** A larger frame than this is no frame of ours. */
const plainMax = 2 ** 30

/** A record's bytes, and the checksum so far: of this record and every one before it. */
export function encodeRecord(
  kind: number,
  body: Uint8Array,
  crc: number,
): { readonly bytes: Buffer; readonly crc: number } {
  const bytes = Buffer.alloc(recordBytes + body.length)
  bytes.writeUInt8(kind, 0)
  bytes.writeUInt32LE(body.length, 1)
  bytes.set(body, 5)
  const next = crc32(bytes.subarray(0, 5 + body.length), crc)
  bytes.writeUInt32LE(next, 5 + body.length)
  return { bytes, crc: next }
}

/** @returns the frame's bytes; `digest`: the chain's, behind it. */
export function encodeFrame(plain: Buffer, before: string): { readonly bytes: Buffer; readonly digest: string } {
  const packed = zstdCompressSync(plain, {
    params: { [constants.ZSTD_c_compressionLevel]: 6, [constants.ZSTD_c_checksumFlag]: 1 },
  })
  const { bytes, digest } = frameHead(packed.length, plain, before)
  return { bytes: Buffer.concat([bytes, packed]), digest }
}

/** What stands before a frame's packed bytes. */
export function frameHead(packed: number, plain: Buffer, before: string) {
  const digest = chained(before, plain)
  const bytes = Buffer.alloc(headBytes)
  bytes.writeUInt32LE(packed, 0)
  bytes.writeUInt32LE(plain.length, 4)
  bytes.set(Buffer.from(digest, 'hex'), 8)
  return { bytes, digest }
}

/** SHA-256 of the digest before, then the plain bytes. */
const chained = (before: string, plain: Buffer): string =>
  digestOf('sha256', Buffer.concat([Buffer.from(before, 'hex'), plain]), 'hex')

/** The plain bytes of a frame. @throws what zstd finds wrong with them. */
export function readFrame(file: number, { at, packed, plain }: FramePlace): Buffer {
  const bytes = readBytes(file, at + headBytes, packed)
  const opened = zstdDecompressSync(bytes, { maxOutputLength: plain })
  if (opened.length !== plain) throw new KeeperError('bad-record', `${opened.length} bytes where ${plain} should be`)
  return opened
}

export type Scanned = {
  readonly frames: readonly FramePlace[]
  readonly chain: Chain
  /** Where the last whole frame ends; what lies behind it was cut while it was written. */
  readonly end: number
  readonly isCut: boolean
}
export type Recorded = { readonly kind: number; readonly body: Buffer; readonly place: Place }
/** What to call a record in an error. */
export type Named = (kind: number, body: Buffer) => string

/**
 * Reads a file from its first frame to its last whole one, and checks every record on the way.
 * @throws `bad-record`: it is no recording, or altered; what is altered is named.
 */
export function* recordsOf(path: string, named: Named): Generator<Recorded, Scanned> {
  const file = openSync(path, 'r')
  try {
    const size = fstatSync(file).size
    const begin = readBytes(file, 0, Math.min(magic.length, size))
    if (!begin.equals(magic)) throw notOurs(path, begin)
    const frames: FramePlace[] = []
    let { digest, crc } = chainStart
    // Named only where something is wrong: a recording has many.
    let last: { readonly kind: number; readonly body: Buffer } | null = null
    const behind = (): string => (last === null ? 'its beginning' : named(last.kind, last.body))
    let at = magic.length
    const damaged = (why: string, cause?: unknown): KeeperError =>
      new KeeperError(
        'bad-record',
        `${path} is altered behind ${behind()} (frame ${frames.length}: ${why}): ${remedy}`,
        {
          cause,
        },
      )
    while (at + headBytes <= size) {
      const head = readBytes(file, at, headBytes)
      const frame = { at, packed: head.readUInt32LE(0), plain: head.readUInt32LE(4) }
      if (frame.plain > plainMax) throw damaged('its length')
      if (at + headBytes + frame.packed > size) break
      const plain = opened(file, frame, damaged)
      for (let from = 0; from < plain.length; ) {
        const record = recordAt(plain, from, crc)
        if (record === null) throw damaged('a record’s length')
        const { kind, body } = record
        if (!record.isWhole) {
          const what = `${named(kind, body)} is altered (checksum), behind ${behind()}`
          throw new KeeperError('bad-record', `${path}: ${what}: ${remedy}`)
        }
        yield { kind, body, place: { frame: frames.length, at: from + 5, length: body.length } }
        last = { kind, body }
        crc = record.crc
        from = record.next
      }
      digest = chained(digest, plain)
      if (digest !== head.toString('hex', 8)) throw damaged('its digest: a frame is missing, or another’s')
      frames.push(frame)
      at += headBytes + frame.packed
    }
    return { frames, chain: { digest, crc }, end: at, isCut: at !== size }
  } finally {
    closeSync(file)
  }
}

const remedy = 'record it again, or take an unaltered copy'

function opened(file: number, frame: FramePlace, damaged: (why: string, cause: unknown) => KeeperError): Buffer {
  try {
    return readFrame(file, frame)
  } catch (cause) {
    throw damaged(cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function recordAt(plain: Buffer, from: number, before: number) {
  if (from + recordBytes > plain.length) return null
  const kind = plain.readUInt8(from)
  const end = from + 5 + plain.readUInt32LE(from + 1)
  if (end + 4 > plain.length) return null
  const crc = crc32(plain.subarray(from, end), before)
  const isWhole = crc === plain.readUInt32LE(end)
  return { kind, body: plain.subarray(from + 5, end), crc, isWhole, next: end + 4 }
}

function readBytes(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let done = 0; done < length; ) {
    const got = readSync(file, bytes, done, length - done, at + done)
    if (got === 0) return bytes.subarray(0, done)
    done += got
  }
  return bytes
}

function notOurs(path: string, begin: Buffer): KeeperError {
  const isOtherVersion = begin.subarray(0, 7).equals(magic.subarray(0, 7))
  const what = isOtherVersion
    ? `a recording of format ${begin.toString('latin1', 7)}, and 1 is read here`
    : 'no recording'
  return new KeeperError('bad-record', `${path} is ${what}: give a file that \`plimsoll record\` has written`)
}
