/**
 * Keccak-f[1600] over blocks of 136 bytes, as a WebAssembly module written out here: the permutation is made of 64-bit
 * words, which JavaScript has only as bigints or in halves. Source: FIPS 202 §3.2 (theta, rho, pi, chi, iota).
 * Memory: the state at 0, the round constants at 200, the padded message at `messageAt`.
 */
export const messageAt = 512
export const rateBytes = 136

const lanes = 25
const roundConstantsAt = 200
const rounds = 24
const op = {
  ...{ block: 0x02, loop: 0x03, end: 0x0b, brIf: 0x0d, get: 0x20, set: 0x21, tee: 0x22, load64: 0x29, store64: 0x37 },
  ...{ i32: 0x41, i64: 0x42, ltU: 0x49, add: 0x6a, and: 0x83, xor: 0x85, rotl: 0x89 },
} as const

/** Unsigned LEB128; constants below 2^31 only. */
const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)])
const signed = (value: number): number[] => (value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)])
const vector = (...parts: readonly number[][]): number[] => [...leb(parts.length), ...parts.flat()]
const section = (id: number, body: readonly number[]): number[] => [id, ...leb(body.length), ...body]
const name = (text: string): number[] => [text.length, ...Buffer.from(text)]

/** Locals: the message's end (a parameter), where we are in it, the round's constant; then 64-bit words. */
const [end, at, constant] = [0, 1, 2]
const a = (lane: number): number => 3 + (lane % lanes)
const b = (lane: number): number => 3 + lanes + (lane % lanes)
const c = (column: number): number => 3 + 2 * lanes + (column % 5)
const d = 3 + 2 * lanes + 5
const get = (local: number): number[] => [op.get, ...leb(local)]
const set = (local: number): number[] => [op.set, ...leb(local)]
const i32 = (value: number): number[] => [op.i32, ...signed(value)]
const each = (count: number, code: (index: number) => number[]): number[] =>
  Array.from({ length: count }, (_, index) => code(index)).flat()
const rotated = (by: number): number[] => (by === 0 ? [] : [op.i64, ...signed(by), op.rotl])

/** How far each lane is turned (rho), by walking the lanes as pi does. */
function turns(): readonly number[] {
  const found: number[] = new Array<number>(lanes).fill(0)
  for (let step = 0, x = 1, y = 0; step < 24; step += 1) {
    found[x + 5 * y] = (((step + 1) * (step + 2)) / 2) % 64
    ;[x, y] = [y, (2 * x + 3 * y) % 5]
  }
  return found
}

function round(): number[] {
  const turn = turns()
  return [
    ...each(5, (x) => [...get(a(x)), ...each(4, (y) => [...get(a(x + 5 * (y + 1))), op.xor]), ...set(c(x))]),
    ...each(5, (x) => [
      ...[...get(c(x + 4)), ...get(c(x + 1)), ...rotated(1), op.xor, ...set(d)],
      ...each(5, (y) => [...get(a(x + 5 * y)), ...get(d), op.xor, ...set(a(x + 5 * y))]),
    ]),
    ...each(lanes, (lane) => {
      const [x, y] = [lane % 5, Math.floor(lane / 5)]
      return [...get(a(lane)), ...rotated(turn[lane] ?? 0), ...set(b(y + 5 * ((2 * x + 3 * y) % 5)))]
    }),
    ...each(lanes, (lane) => {
      const row = lane - (lane % 5)
      const [one, two] = [b(row + ((lane + 1) % 5)), b(row + ((lane + 2) % 5))]
      return [...get(b(lane)), ...get(one), op.i64, 0x7f, op.xor, ...get(two), op.and, op.xor, ...set(a(lane))]
    }),
    ...[...get(a(0)), ...get(constant), op.load64, 3, 0, op.xor, ...set(a(0))],
  ]
}

/** `absorb(end)`: takes in every block from `messageAt` to `end`, and leaves the state, whose first 32 bytes are it. */
function absorb(): number[] {
  const load = (offset: number): number[] => [op.load64, 3, ...leb(offset)]
  const code = [
    ...[...i32(messageAt), ...set(at), op.loop, 0x40],
    ...each(rateBytes / 8, (lane) => [...get(a(lane)), ...get(at), ...load(lane * 8), op.xor, ...set(a(lane))]),
    ...[...i32(roundConstantsAt), ...set(constant), op.loop, 0x40],
    ...round(),
    ...[...get(constant), ...i32(8), op.add, op.tee, ...leb(constant), ...i32(roundConstantsAt + rounds * 8), op.ltU],
    ...[op.brIf, 0, op.end],
    ...[...get(at), ...i32(rateBytes), op.add, op.tee, ...leb(at), ...get(end), op.ltU, op.brIf, 0, op.end],
    ...each(4, (lane) => [...i32(lane * 8), ...get(a(lane)), op.store64, 3, 0]),
    op.end,
  ]
  const body = [...vector([...leb(2), 0x7f], [...leb(2 * lanes + 6), 0x7e]), ...code]
  return [...leb(body.length), ...body]
}

/** The constants of iota: bits of a shift register (FIPS 202 §3.2.5), as bytes. */
function roundConstants(): number[] {
  const bytes: number[] = []
  let register = 1
  const bit = (): boolean => {
    const found = (register & 1) === 1
    register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1
    return found
  }
  for (let index = 0; index < rounds; index += 1) {
    let word = 0n
    for (let power = 0; power < 7; power += 1) if (bit()) word |= 1n << ((1n << BigInt(power)) - 1n)
    for (let byte = 0n; byte < 8n; byte += 1n) bytes.push(Number((word >> (byte * 8n)) & 255n))
  }
  return bytes
}

/** The module's bytes; `pages` of 64 KiB of memory. */
export function keccakModule(pages: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([0x60, 1, 0x7f, 0])),
    ...section(3, vector([0])),
    ...section(5, vector([0, ...leb(pages)])),
    ...section(7, vector([...name('memory'), 2, 0], [...name('absorb'), 0, 0])),
    ...section(10, vector(absorb())),
    ...section(11, vector([0, ...i32(roundConstantsAt), op.end, ...leb(rounds * 8), ...roundConstants()])),
  ])
}
