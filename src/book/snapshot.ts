import { createHash } from 'node:crypto'
import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import type { Hex } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { isKeeperError, KeeperError } from '#core/error.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import type { StoredGroup } from './rows.ts'
import type { StoredShelf } from './shelf.ts'

/** Every module's records and every feed's reading at one block, as they lie in memory. */
export type Snapshot = {
  /** The block they are of. */
  readonly number: number
  readonly hash: Hex
  readonly shelves: ReadonlyMap<string, StoredShelf>
  readonly feeds: ReadonlyMap<FeedId, Reading>
}
/** Of each owner of records: its `layout`; and of what else they depend on, a word. What was stored with others is refused. */
export type Layouts = { readonly [owner: string]: number | string }

/** Raised when what is written here changes. */
const format = 1
const magic = 'plimsoll-book'
const digestBytes = 32
const sliceBytes = 2 ** 20

/**
 * Copies the book at once, then writes it slice by slice beside everything else: to a temporary file, renamed when it
 * is whole, so that whoever reads finds the old one or the new one. One at a time in a room.
 * @throws `store-failed` where the disk refuses, or the book is more than a file of this format holds.
 */
export async function saveSnapshot(
  path: string,
  snapshot: Snapshot,
  layouts: Layouts,
  room: Room = createRoom(),
): Promise<void> {
  const beside = `${path}.new`
  try {
    const body = copied(partsOf(snapshot, layouts), room)
    const file = await open(beside, 'w')
    try {
      await write(file, body)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (cause) {
    throw new KeeperError('store-failed', `the book cannot be written to ${path}`, { cause })
  }
}

/**
 * Memory that copies are made in, kept from one to the next: of a million positions the copy is 45 MB, and memory that
 * was never used costs many times the copying.
 */
type Room = { bytes: Uint8Array }
export const createRoom = (): Room => ({ bytes: new Uint8Array(0) })

function copied(parts: readonly Uint8Array[], room: Room): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  // An eighth more, so that a book that grows finds room for long.
  if (room.bytes.length < length) room.bytes = new Uint8Array(length + (length >> 3))
  let at = 0
  for (const part of parts) {
    room.bytes.set(part, at)
    at += part.length
  }
  return room.bytes.subarray(0, length)
}

/** Hashed on this thread, for about a millisecond at a time. The digest goes first, and is known last. */
async function write(file: FileHandle, body: Uint8Array): Promise<void> {
  const hash = createHash('sha256')
  await file.writeFile(new Uint8Array(digestBytes))
  for (let from = 0; from < body.length; from += sliceBytes) {
    const slice = body.subarray(from, from + sliceBytes)
    hash.update(slice)
    await file.writeFile(slice)
  }
  await file.write(hash.digest(), 0, digestBytes, 0)
}

/**
 * `null` where there is none.
 * @throws `bad-record` for one that is damaged, cut short, or of another format or layout: bootstrap instead.
 */
export async function loadSnapshot(path: string, layouts: Layouts): Promise<Snapshot | null> {
  let file: Buffer<ArrayBuffer>
  try {
    file = await readFile(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new KeeperError('store-failed', `the book cannot be read from ${path}`, { cause })
  }
  const body = file.subarray(digestBytes)
  const digest = await digestOf(body)
  if (file.length < digestBytes || !digest.equals(file.subarray(0, digestBytes))) {
    throw refused(path, 'it is damaged or cut short')
  }
  try {
    return readSnapshot({ body, at: 0 }, path, layouts)
  } catch (cause) {
    if (isKeeperError(cause)) throw cause
    throw new KeeperError('bad-record', `the book stored in ${path} cannot be understood`, { cause })
  }
}

/** Why a stored book is not used. */
export const refused = (path: string, why: string): KeeperError =>
  new KeeperError('bad-record', `the book stored in ${path} is not used: ${why}; it is read from the chain`)

type Head = {
  readonly magic: string
  readonly format: number
  readonly layouts: Layouts
  readonly number: number
  readonly hash: Hex
  readonly owners: readonly string[]
}

/** Heads behind their lengths, and each shelf's chunks as they are behind its head. */
function partsOf({ number, hash, shelves, feeds }: Snapshot, layouts: Layouts): readonly Uint8Array[] {
  const head: Head = { magic, format, layouts, number, hash, owners: [...shelves.keys()] }
  const parts: Uint8Array[] = [...framed(head)]
  for (const { markets, positions } of shelves.values()) {
    const groups = positions.groups.map(({ kind, width, length, free, chunks }) => {
      return { kind, width, length, free, chunks: chunks.length, chunkBytes: chunks[0]?.length ?? 0 }
    })
    parts.push(...framed({ markets, records: positions.records, groups } satisfies ShelfHead))
    for (const { chunks } of positions.groups) parts.push(...chunks)
  }
  parts.push(...framed([...feeds]))
  return parts
}

type Cursor = { readonly body: Buffer; at: number }

function readSnapshot(from: Cursor, path: string, layouts: Layouts): Snapshot {
  const head = unframed(from) as Head
  if (head.magic !== magic || head.format !== format) throw refused(path, `it is not of format ${format}`)
  for (const owner of new Set([...head.owners, ...Object.keys(head.layouts), ...Object.keys(layouts)])) {
    if (head.layouts[owner] !== layouts[owner])
      throw refused(path, `${owner} is another by now, or its records are laid out otherwise`)
  }
  const shelves = new Map(head.owners.map((owner) => [owner, readShelf(from)]))
  const feeds = new Map(unframed(from) as readonly [FeedId, Reading][])
  return { number: head.number, hash: head.hash, shelves, feeds }
}

type ShelfHead = {
  readonly markets: readonly Market[]
  readonly records: StoredShelf['positions']['records']
  readonly groups: readonly (Omit<StoredGroup, 'chunks'> & { readonly chunks: number; readonly chunkBytes: number })[]
}

function readShelf(from: Cursor): StoredShelf {
  const { markets, records, groups } = unframed(from) as ShelfHead
  const read = groups.map(({ chunks, chunkBytes, ...group }) => ({
    ...group,
    chunks: Array.from({ length: chunks }, () => taken(from, chunkBytes)),
  }))
  return { markets, positions: { records, groups: read } }
}

/** Copied: a view would keep the whole file in memory. */
function taken(from: Cursor, bytes: number): Uint8Array {
  const found = new Uint8Array(from.body.subarray(from.at, from.at + bytes))
  from.at += bytes
  return found
}

function framed(value: unknown): readonly Uint8Array[] {
  const bytes = serialize(value)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return [length, bytes]
}

function unframed(from: Cursor): unknown {
  const length = from.body.readUInt32LE(from.at)
  from.at += 4 + length
  return deserialize(from.body.subarray(from.at - length, from.at))
}

/** SHA-256, off this thread. */
const digestOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<Buffer> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', bytes))
