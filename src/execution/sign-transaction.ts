import type { Address, Hex } from '#core/address.ts'
import { least, type Wei } from '#core/numbers.ts'
import type { Signer } from '#core/signer.ts'
import { hexOf, keccak } from './keccak.ts'

export type Signed = { readonly raw: Hex; readonly hash: Hex }

/** What differs among the transactions of a keeper (EIP-1559): no value, no access list. */
export type Unsigned = {
  readonly chainId: number
  readonly nonce: number
  readonly priorityFee: Wei
  readonly maxFee: Wei
  readonly gasLimit: number
  readonly to: Address
  readonly data: Hex
}

/** Room before a list's items for its type and head, and behind them for the signature. */
const headMax = 10
const signatureMax = 1 + 33 + 33
const fieldsMax = 160
/** Written anew each time; signing is synchronous, so nobody else writes meanwhile. */
let scratch = Buffer.allocUnsafe(16_384)

/**
 * Signs a transaction: its bytes, as ethers writes them, and their hash. The items are written once; hashing puts a head
 * before them, and the signature is appended under another.
 */
export function signTransaction(signer: Signer, transaction: Unsigned): Signed {
  const { chainId, nonce, priorityFee, maxFee, gasLimit, to, data } = transaction
  const needed = headMax + fieldsMax + data.length / 2 + signatureMax
  if (scratch.length < needed) scratch = Buffer.allocUnsafe(needed)
  let at = headMax
  at = writeNumber(at, BigInt(chainId))
  at = writeNumber(at, BigInt(nonce))
  at = writeNumber(at, least(priorityFee, maxFee))
  at = writeNumber(at, maxFee)
  at = writeNumber(at, BigInt(gasLimit))
  at = writeBytes(at, to)
  at = writeNumber(at, 0n)
  at = writeBytes(at, data)
  scratch[at++] = 0xc0
  const signature = signer.sign(keccak(scratch.subarray(writeHead(at), at)))
  at = writeNumber(at, BigInt(signature[64] ?? 0))
  at = writeScalar(at, signature.subarray(0, 32))
  at = writeScalar(at, signature.subarray(32, 64))
  const raw = scratch.subarray(writeHead(at), at)
  return { raw: hexOf(raw), hash: hexOf(keccak(raw)) }
}

/** A list's head and the type before it, ending where the items begin. @returns where it begins. */
function writeHead(end: number): number {
  const length = end - headMax
  const size = length < 56 ? 0 : byteCount(length)
  const begin = headMax - size - 2
  scratch[begin] = 2
  scratch[begin + 1] = size === 0 ? 0xc0 + length : 0xf7 + size
  if (size > 0) scratch.writeUIntBE(length, begin + 2, size)
  return begin
}

/** RLP of a number below 2^256: no leading zeros, and nothing at all for 0. */
function writeNumber(at: number, value: bigint): number {
  if (value === 0n) {
    scratch[at] = 0x80
    return at + 1
  }
  if (value < 0x80n) {
    scratch[at] = Number(value)
    return at + 1
  }
  const digits = value.toString(16)
  const size = (digits.length + 1) >> 1
  scratch[at] = 0x80 + size
  scratch.write(digits.length % 2 === 0 ? digits : `0${digits}`, at + 1, 'hex')
  return at + 1 + size
}

/** RLP of a number of 32 bytes. */
function writeScalar(at: number, bytes: Uint8Array): number {
  let zeros = 0
  while (zeros < bytes.length && bytes[zeros] === 0) zeros += 1
  const rest = bytes.subarray(zeros)
  if (rest.length === 1 && (rest[0] ?? 0) < 0x80) {
    scratch[at] = rest[0] ?? 0
    return at + 1
  }
  scratch[at] = 0x80 + rest.length
  scratch.set(rest, at + 1)
  return at + 1 + rest.length
}

function writeBytes(at: number, text: Hex | Address): number {
  const size = (text.length - 2) / 2
  if (size === 1 && Number(text) < 0x80) {
    scratch[at] = Number(text)
    return at + 1
  }
  if (size < 56) scratch[at] = 0x80 + size
  else {
    const wide = byteCount(size)
    scratch[at] = 0xb7 + wide
    scratch.writeUIntBE(size, at + 1, wide)
    at += wide
  }
  scratch.write(text.slice(2), at + 1, 'hex')
  return at + 1 + size
}

const byteCount = (length: number): number => (length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 3)
