import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { KeeperError } from '#core/error.ts'
import {
  type Chain,
  chainStart,
  encodeFrame,
  encodeRecord,
  type FramePlace,
  magic,
  type Place,
  readFrame,
} from './frames.ts'

/** Records appended in frames, and any of them read again. */
export interface TapeFile {
  /** @returns where its body will be found. */
  readonly append: (kind: number, body: Uint8Array) => Place
  readonly read: (place: Place) => Buffer
  /** Writes the frame that is being filled, however short. */
  readonly flush: () => void
  /** Bytes in the file; the frame being filled is not among them. */
  readonly size: () => number
  /** Changes with every frame; of a finished file it is the hash of all it holds. */
  readonly digest: () => string
  readonly close: () => void
}

/** Plain bytes after which a frame is written: what reading one record costs to unpack. */
const frameBytes = 2 ** 20
/** Unpacked frames kept at hand. */
const keptFrames = 32

export type TapeState = { readonly frames: readonly FramePlace[]; readonly chain: Chain; readonly end: number }
const empty: TapeState = { frames: [], chain: chainStart, end: 0 }

/** `state`: as scanned; without it the file begins anew. `isWritten`: it is to be appended to, and cut where it ends. */
export function openTapeFile(path: string, state: TapeState = empty, isWritten = true): TapeFile {
  const file = orSay(path, () => openSync(path, isWritten ? (state.end === 0 ? 'w+' : 'r+') : 'r'))
  if (isWritten && state.end === 0) orSay(path, () => writeSync(file, magic, 0, magic.length, 0))
  if (isWritten && state.end > 0) ftruncateSync(file, state.end)
  const frames = [...state.frames]
  let end = Math.max(state.end, magic.length)
  let { digest, crc } = state.chain
  /** Records of the frame being filled, each with where it begins. */
  let filling: { readonly from: number; readonly bytes: Buffer }[] = []
  let filled = 0
  const kept = new Map<number, Buffer>()
  const frame = (index: number): Buffer => {
    const found = kept.get(index) ?? readFrame(file, frames[index] as FramePlace)
    kept.delete(index)
    kept.set(index, found)
    for (const old of kept.keys()) if (kept.size > keptFrames) kept.delete(old)
    return found
  }
  const flush = (): void => {
    if (filled === 0) return
    const plain = Buffer.concat(filling.map(({ bytes: part }) => part))
    const { bytes, digest: next } = encodeFrame(plain, digest)
    orSay(path, () => writeSync(file, bytes, 0, bytes.length, end))
    frames.push({ at: end, packed: bytes.readUInt32LE(0), plain: plain.length })
    digest = next
    end += bytes.length
    filling = []
    filled = 0
  }
  return {
    append: (kind, body) => {
      const record = encodeRecord(kind, body, crc)
      if (filled > 0 && filled + record.bytes.length > frameBytes) flush()
      const place = { frame: frames.length, at: filled + 5, length: body.length }
      crc = record.crc
      filling.push({ from: filled, bytes: record.bytes })
      filled += record.bytes.length
      return place
    },
    read: ({ frame: index, at, length }) => {
      if (index < frames.length) return frame(index).subarray(at, at + length)
      const { from, bytes } = filling.findLast((one) => one.from <= at) as (typeof filling)[number]
      return bytes.subarray(at - from, at - from + length)
    },
    flush,
    size: () => end,
    digest: () => digest,
    close: () => closeSync(file),
  }
}

/** What the system says against a file, as an error of ours. @throws `store-failed`. */
export function orSay<T>(path: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new KeeperError(
      'store-failed',
      `${path} cannot be written or read (${why}): mend that, or give another file`,
      {
        cause,
      },
    )
  }
}
