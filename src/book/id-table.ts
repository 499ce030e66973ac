import type { Row } from '#core/packed.ts'

/** Which row has an id: open addressing over 32-bit rows, linear probing, nothing for the collector to follow. */
export interface IdTable {
  /** The first row with this hash that `isIt`. */
  readonly find: (hash: number, isIt: (row: Row) => boolean) => Row | null
  readonly insert: (hash: number, row: Row) => void
  readonly replace: (hash: number, from: Row, to: Row) => void
  readonly remove: (hash: number, row: Row) => void
  readonly size: () => number
  /** A row drawn by a 32-bit number; `null` where it meets an empty place: draw again, so that all are as likely. */
  readonly draw: (number: number) => Row | null
}

const empty = 0xffffffff
const loadMax = 0.8
const growth = 1.25

/** `hashAt`: of the id that a row's record has. `room`: rows expected. */
export function createIdTable(hashAt: (row: Row) => number, room = 12): IdTable {
  let slots = new Uint32Array(Math.ceil(Math.max(12, room) / loadMax) + 1).fill(empty)
  let size = 0
  // The high bits of hash × length: any length will do, not powers of two only.
  const home = (hash: number): number => Math.floor((hash * slots.length) / 0x100000000)
  const next = (slot: number): number => (slot + 1 === slots.length ? 0 : slot + 1)
  const slotOf = (hash: number, row: Row): number => {
    let slot = home(hash)
    while (slots[slot] !== row) slot = next(slot)
    return slot
  }
  const place = (hash: number, row: Row): void => {
    let slot = home(hash)
    while (slots[slot] !== empty) slot = next(slot)
    slots[slot] = row
  }
  const grow = (): void => {
    const old = slots
    slots = new Uint32Array(Math.ceil(old.length * growth)).fill(empty)
    for (const row of old) if (row !== empty) place(hashAt(row), row)
  }
  return {
    find: (hash, isIt) => {
      for (let slot = home(hash); ; slot = next(slot)) {
        const row = slots[slot] as Row
        if (row === empty) return null
        if (isIt(row)) return row
      }
    },
    insert: (hash, row) => {
      if (size + 1 > slots.length * loadMax) grow()
      place(hash, row)
      size += 1
    },
    replace: (hash, from, to) => {
      slots[slotOf(hash, from)] = to
    },
    remove: (hash, row) => {
      let hole = slotOf(hash, row)
      // Whoever stands behind its own place, past the hole, moves up: no probe may end early.
      for (let slot = next(hole); slots[slot] !== empty; slot = next(slot)) {
        const wanted = home(hashAt(slots[slot] as Row))
        const isReached = hole <= slot ? wanted <= hole || wanted > slot : wanted <= hole && wanted > slot
        if (!isReached) continue
        slots[hole] = slots[slot] as Row
        hole = slot
      }
      slots[hole] = empty
      size -= 1
    },
    size: () => size,
    draw: (number) => {
      const row = slots[number % slots.length] as Row
      return row === empty ? null : row
    },
  }
}
