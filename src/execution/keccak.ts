import { keccak_256 } from '@noble/hashes/sha3.js'
import type { Hex } from '#core/address.ts'
import { keccakModule, messageAt, rateBytes } from './keccak-module.ts'

type Keccak = (bytes: Uint8Array) => Uint8Array
type Exports = { readonly memory: { readonly buffer: ArrayBuffer }; readonly absorb: (end: number) => void }
/** What TypeScript knows of it only together with a browser. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Exports }
}

const pages = 4
const longest = pages * 65_536 - messageAt - rateBytes

/** Some five times as fast as the one in JavaScript; what is longer than its memory goes there. */
function compiled(): Keccak {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(keccakModule(pages)))
  const { memory, absorb } = instance.exports
  const bytes = new Uint8Array(memory.buffer)
  return (message) => {
    if (message.length > longest) return keccak_256(message)
    const end = messageAt + message.length
    const padded = messageAt + (Math.floor(message.length / rateBytes) + 1) * rateBytes
    bytes.set(message, messageAt)
    bytes.fill(0, end, padded)
    bytes[end] = 1
    bytes[padded - 1] = (bytes[padded - 1] ?? 0) | 0x80
    absorb(padded)
    return bytes.slice(0, 32)
  }
}

/** Checked against the other at the start, around the length of a block: a wrong hash would sign a wrong thing. */
function checked(make: () => Keccak): Keccak {
  try {
    const found = make()
    for (const length of [0, 1, 135, 136, 137, 700]) {
      const message = new Uint8Array(length).fill(length)
      if (!Buffer.from(found(message)).equals(keccak_256(message))) return keccak_256
    }
    return found
  } catch {
    return keccak_256
  }
}

/** keccak256 of bytes: 32 new bytes. */
export const keccak: Keccak = checked(compiled)

export const hexOf = (bytes: Uint8Array): Hex =>
  `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
/** keccak256 of what the text stands for. */
export const keccakOf = (hex: Hex): Hex => hexOf(keccak(Buffer.from(hex.slice(2), 'hex')))
