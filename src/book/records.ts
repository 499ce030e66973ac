import type { Address } from '#core/address.ts'
import { type MarketId, type Position, type PositionId, positionId } from '#core/book.ts'
import type { Rec } from '#core/plain.ts'
import {
  newWriter,
  type Reader,
  readHex,
  readInt,
  readString,
  type Writer,
  writeHex,
  writeInt,
  writeString,
} from './bytes.ts'
import { type Codec, createCodec } from './codec.ts'

/** What positions share: their home, what stands before the address in their ids, and how their owner is told. */
type Head = { readonly market: MarketId; readonly prefix: string; readonly id: IdKind; readonly owner: OwnerKind }
type IdKind = 'address' | 'text'
type OwnerKind = 'none' | 'in-id' | 'address' | 'text'

/** A position as bytes: the number of its head from 1 on, the rest of its id, its owner where that is another, its data. */
export interface Records {
  /** Valid until the next call. */
  readonly pack: (position: Position) => Uint8Array
  readonly unpack: (bytes: Uint8Array, at: number) => Position
  readonly homeOf: (bytes: Uint8Array, at: number) => MarketId
  /** Of an id, and of the record that has it: the same. */
  readonly hashOfId: (id: PositionId) => number
  readonly hashAt: (bytes: Uint8Array, at: number) => number
  /** Whether the record there has the id last hashed. */
  readonly isHashed: (bytes: Uint8Array, at: number) => boolean
  readonly stored: () => StoredRecords
}
/** What a snapshot keeps beside the bytes. */
export type StoredRecords = { readonly heads: readonly string[]; readonly forms: readonly string[] }

const addressEnd = /0x[0-9a-f]{40}$/
const addressText = /^0x[0-9a-f]{40}$/

export function createRecords(stored: StoredRecords = { heads: [], forms: [] }): Records {
  const codec: Codec = createCodec(stored.forms)
  const heads: Head[] = []
  const names: string[] = []
  const numbers = new Map<string, number>()
  const internHead = (name: string): number => {
    const found = numbers.get(name)
    if (found !== undefined) return found
    heads.push(headOf(name))
    names.push(name)
    numbers.set(name, heads.length)
    return heads.length
  }
  for (const name of stored.heads) internHead(name)
  const out = newWriter()
  const from: Reader = { bytes: out.bytes, at: 0 }
  const start = (bytes: Uint8Array, at: number): Head => {
    from.bytes = bytes
    from.at = at
    return heads[readInt(from) - 1] as Head
  }
  const wanted: Writer = newWriter()
  let wantedPrefix = ''
  const want = (id: PositionId): void => {
    const kind = idKindOf(id)
    wantedPrefix = kind === 'address' ? id.slice(0, -42) : ''
    wanted.at = 0
    writeId(wanted, id, kind)
  }
  return {
    pack: (position) => {
      const kind = idKindOf(position.id)
      const owner = ownerKindOf(position, kind)
      out.at = 0
      writeInt(out, internHead(nameOf(position, kind, owner)))
      writeId(out, position.id, kind)
      if (owner === 'address') writeHex(out, position.owner as string, 2)
      if (owner === 'text') writeString(out, position.owner as string)
      codec.write(out, position.data)
      return out.bytes.subarray(0, out.at)
    },
    unpack: (bytes, at) => {
      const head = start(bytes, at)
      const rest = head.id === 'address' ? readHex(from, 20) : readString(from)
      const owner = readOwner(head.owner, from, rest)
      const data = codec.read(from) as Rec
      return { id: positionId(head.prefix + rest), market: head.market, owner, data }
    },
    homeOf: (bytes, at) => start(bytes, at).market,
    hashOfId: (id) => {
      want(id)
      return hash(wanted.bytes, 0, wanted.at)
    },
    hashAt: (bytes, at) => {
      const head = start(bytes, at)
      const begin = from.at
      return hash(bytes, begin, endOfId(head.id, from))
    },
    isHashed: (bytes, at) => {
      const head = start(bytes, at)
      const begin = from.at
      if (head.prefix !== wantedPrefix || endOfId(head.id, from) - begin !== wanted.at) return false
      for (let byte = 0; byte < wanted.at; byte += 1) if (bytes[begin + byte] !== wanted.bytes[byte]) return false
      return true
    },
    stored: () => ({ heads: names, forms: codec.forms() }),
  }
}

const idKindOf = (id: PositionId): IdKind => (addressEnd.test(id) ? 'address' : 'text')

function ownerKindOf({ id, owner }: Position, kind: IdKind): OwnerKind {
  if (owner === null) return 'none'
  if (kind === 'address' && id.endsWith(owner) && owner.length === 42) return 'in-id'
  return addressText.test(owner) ? 'address' : 'text'
}

function writeId(to: Writer, id: PositionId, kind: IdKind): void {
  if (kind === 'address') writeHex(to, id, id.length - 40)
  else writeString(to, id)
}

/** Where the id ends that begins where `from` stands. */
function endOfId(kind: IdKind, from: Reader): number {
  if (kind === 'address') return from.at + 20
  const sized = readInt(from)
  return from.at + (sized % 2 === 1 ? sized - 1 : sized / 2)
}

function readOwner(kind: OwnerKind, from: Reader, rest: string): Address | null {
  if (kind === 'none') return null
  if (kind === 'in-id') return rest as Address
  return (kind === 'address' ? readHex(from, 20) : readString(from)) as Address
}

const nameOf = ({ id, market }: Position, kind: IdKind, owner: OwnerKind): string =>
  JSON.stringify([market, kind === 'address' ? id.slice(0, -42) : '', kind, owner])
function headOf(name: string): Head {
  const [market, prefix, id, owner] = JSON.parse(name) as [MarketId, string, IdKind, OwnerKind]
  return { market, prefix, id, owner }
}

/** FNV-1a, and a last mixing: the low bits choose a place. */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let mixed = 0x811c9dc5
  for (let at = from; at < to; at += 1) mixed = Math.imul(mixed ^ (bytes[at] as number), 0x01000193)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
