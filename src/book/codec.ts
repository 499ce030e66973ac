import { deserialize, serialize } from 'node:v8'
import type { Plain, Rec } from '#core/plain.ts'
import { readBigint, writeBigint } from './bigint-bytes.ts'
import {
  newWriter,
  type Reader,
  readByte,
  readBytes,
  readHex,
  readInt,
  readString,
  type Writer,
  writeBytes,
  writeHex,
  writeInt,
  writeString,
} from './bytes.ts'

/**
 * Plain data as bytes, and back, exactly. What records have in common (names, nesting, nulls, zeros) is a form, kept
 * once; a record is its form's number and the values that differ. Data too large or too various to have forms worth
 * keeping goes whole, as one value.
 */
export interface Codec {
  readonly write: (to: Writer, value: Plain) => void
  readonly read: (from: Reader) => Plain
  /** In order of their numbers: with these a codec elsewhere reads what this one wrote. */
  readonly forms: () => readonly string[]
}

/** One letter each, so that a form is a string: constants, then values, then what holds others. */
type Form =
  | { readonly kind: 'n' | 'f' | 't' | 'z' | 'o' | 'i' | 'd' | 'b' | 's' | 'a' | 'h' | 'v' }
  | { readonly kind: '['; readonly items: readonly Form[] }
  | { readonly kind: '{'; readonly keys: readonly string[]; readonly items: readonly Form[] }

const formsMax = 4096
const itemsMax = 48
const hexShape = /^0x([0-9a-f]{2})+$/
const float = new DataView(new ArrayBuffer(8))
const floatBytes = new Uint8Array(float.buffer)

/** `known`: the forms of the codec that wrote what is to be read. */
export function createCodec(known: readonly string[] = []): Codec {
  const numbers = new Map<string, number>()
  const forms: Form[] = []
  const names: string[] = []
  const intern = (name: string): number | null => {
    const found = numbers.get(name)
    if (found !== undefined) return found
    if (forms.length >= formsMax) return null
    forms.push(parse(name))
    names.push(name)
    numbers.set(name, forms.length - 1)
    return forms.length - 1
  }
  intern('v')
  for (const name of known) intern(name)
  const leaves = newWriter()
  return {
    write: (to, value) => {
      leaves.at = 0
      const number = intern(describe(value, leaves))
      if (number !== null) {
        writeInt(to, number)
        writeBytes(to, leaves.bytes.subarray(0, leaves.at))
        return
      }
      writeInt(to, 0)
      writeWhole(to, value)
    },
    read: (from) => readForm(forms[readInt(from)] as Form, from),
    forms: () => names,
  }
}

/** Writes what differs, and gives the form. */
function describe(value: Plain, leaves: Writer): string {
  if (value === null) return 'n'
  switch (typeof value) {
    case 'boolean':
      return value ? 't' : 'f'
    case 'bigint':
      if (value === 0n) return 'z'
      writeBigint(leaves, value)
      return 'b'
    case 'number':
      return describeNumber(value, leaves)
    case 'string':
      return describeText(value, leaves)
  }
  const items = Array.isArray(value) ? value : Object.values(value as Rec)
  if (items.length > itemsMax) {
    writeWhole(leaves, value)
    return 'v'
  }
  let form = Array.isArray(value) ? '[' : `{${JSON.stringify(Object.keys(value as Rec))}`
  for (const item of items) form += describe(item as Plain, leaves)
  return `${form}${Array.isArray(value) ? ']' : '}'}`
}

function describeNumber(value: number, leaves: Writer): string {
  if (Object.is(value, 0)) return 'o'
  if (Number.isSafeInteger(value) && value > 0) {
    writeInt(leaves, value)
    return 'i'
  }
  float.setFloat64(0, value)
  writeBytes(leaves, floatBytes)
  return 'd'
}

function describeText(value: string, leaves: Writer): string {
  if (!hexShape.test(value)) {
    writeString(leaves, value)
    return 's'
  }
  if (value.length !== 42) writeInt(leaves, value.length / 2 - 1)
  writeHex(leaves, value, 2)
  return value.length === 42 ? 'a' : 'h'
}

function writeWhole(to: Writer, value: Plain): void {
  const whole = serialize(value)
  writeInt(to, whole.length)
  writeBytes(to, whole)
}

function readForm(form: Form, from: Reader): Plain {
  switch (form.kind) {
    case 'n':
      return null
    case 'f':
      return false
    case 't':
      return true
    case 'z':
      return 0n
    case 'o':
      return 0
    case 'i':
      return readInt(from)
    case 'b':
      return readBigint(from)
    case 'd':
      for (let at = 0; at < 8; at += 1) floatBytes[at] = readByte(from)
      return float.getFloat64(0)
    case 's':
      return readString(from)
    case 'a':
      return readHex(from, 20)
    case 'h':
      return readHex(from, readInt(from))
    case 'v':
      return deserialize(readBytes(from, readInt(from))) as Plain
    case '[':
      return form.items.map((item) => readForm(item, from))
    case '{':
      return readRecord(form.keys, form.items, from)
  }
}

function readRecord(keys: readonly string[], items: readonly Form[], from: Reader): Rec {
  const record: { [key: string]: Plain } = {}
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] as string
    const value = readForm(items[at] as Form, from)
    if (key !== '__proto__') record[key] = value
    else Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return record
}

function parse(name: string): Form {
  let at = 0
  const items = (end: string): Form[] => {
    const found: Form[] = []
    while (name[at] !== end) found.push(one())
    at += 1
    return found
  }
  const one = (): Form => {
    const kind = name[at] as Form['kind']
    at += 1
    if (kind === '[') return { kind, items: items(']') }
    if (kind !== '{') return { kind }
    const end = endOfKeys(name, at)
    const keys = JSON.parse(name.slice(at, end)) as string[]
    at = end
    return { kind, keys, items: items('}') }
  }
  return one()
}

/** Behind the bracket that closes the list of names; names may hold brackets, in quotes. */
function endOfKeys(name: string, from: number): number {
  let isQuoted = false
  for (let at = from; ; at += 1) {
    if (name[at] === '\\') at += 1
    else if (name[at] === '"') isQuoted = !isQuoted
    else if (name[at] === ']' && !isQuoted) return at + 1
  }
}
