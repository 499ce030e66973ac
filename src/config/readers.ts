import { parseUnits } from 'ethers'
import { type Address, address, ZERO_ADDRESS } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { type Bps, bps, type Wei, wei } from '#core/numbers.ts'

const bad = (message: string): KeeperError => new KeeperError('bad-argument', message)

/** @throws `bad-argument` unless it is a whole number within the bounds, both included. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (raw: unknown): number => {
    const text = plain(raw)
    if (!/^-?\d+$/.test(text)) throw bad('is not a whole number')
    const value = Number(text)
    if (value < least) throw bad(value < 0 && least >= 0 ? 'is negative' : `is below ${least}`)
    if (value > most) throw bad(`is above ${most}`)
    return value
  }

/** @throws `bad-argument` unless it is a number, perhaps with a fraction, within the bounds. */
export const decimal =
  (least: number, most: number) =>
  (raw: unknown): number => {
    const text = plain(raw)
    if (!/^-?\d+(\.\d+)?$/.test(text)) throw bad('is not a number')
    const value = Number(text)
    if (value < 0) throw bad('is negative')
    if (value < least || value > most) throw bad(`is not between ${least} and ${most}`)
    return value
  }

/** Wei: a whole number, or one with a unit (`0.5 ether`, `30 gwei`). Fractions of a wei are refused, never rounded. */
export function weiOf(raw: unknown): Wei {
  const text = plain(raw)
  const found = /^(-?\d+(?:\.\d+)?)(?:\s*(wei|gwei|ether))?$/.exec(text)
  if (found === null) throw bad('is not an amount')
  const [, digits = '', unit = 'wei'] = found
  if (digits.startsWith('-')) throw bad('is negative')
  try {
    return wei(parseUnits(digits, unit))
  } catch {
    throw bad('has a fraction of a wei')
  }
}

export const bpsOf = (raw: unknown): Bps => bps(BigInt(whole(0, 10_000)(raw)))

/** Any case; mixed case must carry its checksum; the zero address is never meant. */
export function addressOf(raw: unknown): Address {
  if (typeof raw !== 'string') throw bad('is not an address')
  let read: Address
  try {
    read = address(raw)
  } catch (error) {
    const meant = /did you mean (0x\w+)/.exec((error as Error).message)?.[1]
    throw bad(meant === undefined ? 'is not an address' : `has a wrong checksum, did you mean ${meant}?`)
  }
  if (read === ZERO_ADDRESS) throw bad('is the zero address')
  return read
}

export function httpUrl(raw: unknown): string {
  if (typeof raw !== 'string' || !URL.canParse(raw)) throw bad('is not a URL')
  const { protocol, hostname } = new URL(raw)
  if (protocol !== 'http:' && protocol !== 'https:') throw bad(`is not HTTP but ${protocol.slice(0, -1)}`)
  if (hostname === '') throw bad('names no host')
  return raw
}

/** HTTP, a WebSocket, or a socket of this machine: `ipc:` and a path, or the path alone. */
export function nodeUrl(raw: unknown): string {
  if (typeof raw !== 'string' || raw.trim() === '') throw bad('is not a URL')
  if (/^(\.{0,2}\/|\\\\|ipc:)/i.test(raw)) return raw
  if (!URL.canParse(raw)) throw bad('is not a URL')
  const { protocol, hostname } = new URL(raw)
  if (!['http:', 'https:', 'ws:', 'wss:'].includes(protocol)) throw bad(`is of no kind a node has: ${protocol}`)
  if (hostname === '') throw bad('names no host')
  return raw
}

export function text(raw: unknown): string {
  if (typeof raw !== 'string' || raw.trim() === '') throw bad('is not a text')
  return raw
}

/** What is a number to YAML and a name to us. */
export const textOrNumber = (raw: unknown): string => text(plain(raw))

export function yesNo(raw: unknown): boolean {
  if (raw === true || raw === 'true') return true
  if (raw === false || raw === 'false') return false
  throw bad('is neither true nor false')
}

export const oneOf =
  <T extends string>(...names: readonly T[]) =>
  (raw: unknown): T => {
    const found = names.find((name) => name === raw)
    if (found === undefined) throw bad('is not one of them')
    return found
  }

/** A list in the file; separated by commas in a variable or a flag. Twice the same is refused. */
export const listOf =
  <T extends string>(read: (raw: unknown) => T) =>
  (raw: unknown): readonly T[] => {
    const parts: readonly unknown[] = Array.isArray(raw) ? raw : text(raw).split(',')
    const all = parts.map((part) => read(typeof part === 'string' ? part.trim() : part))
    const twice = all.findIndex((one, index) => all.indexOf(one) !== index)
    if (twice >= 0) throw bad(`names ${String(parts[twice]).trim()} twice`)
    return all
  }

function plain(raw: unknown): string {
  if (typeof raw === 'string') return raw.trim()
  if (typeof raw === 'bigint' || typeof raw === 'number') return String(raw)
  return ''
}
