import type { Address, Hex } from '#core/address.ts'

/** What a raw transaction calls. */
export type RawCall = { readonly to: Address; readonly data: Hex }

/** Hex digits; no mempool passes on a larger transaction. */
const longest = 2 * 131_072
/** Items before `to`, by the type's byte; a legacy transaction has none before its list. */
const before: Readonly<Record<string, number>> = { '01': 4, '02': 5, '04': 5 }

/**
 * Read from the signed bytes by the lengths in them (RLP), legacy or typed; who signed is not looked at. `null` for a
 * creation, a blob, and for what is no transaction at all.
 */
export function callOf(raw: Hex): RawCall | null {
  if (raw.length < 4 || raw.length > longest) return null
  const type = raw.slice(2, 4)
  const isLegacy = Number.parseInt(type, 16) >= 0xc0
  const skipped = isLegacy ? 3 : before[type]
  const list = itemAt(raw, isLegacy ? 2 : 4, raw.length)
  if (skipped === undefined || list === null || !list.isList) return null
  let at = list.from
  for (let item = 0; item < skipped; item += 1) {
    const found = itemAt(raw, at, list.to)
    if (found === null) return null
    at = found.to
  }
  const to = itemAt(raw, at, list.to)
  const value = to === null ? null : itemAt(raw, to.to, list.to)
  const data = value === null ? null : itemAt(raw, value.to, list.to)
  if (to === null || data === null || to.isList || data.isList || to.to - to.from !== 40) return null
  return {
    to: `0x${raw.slice(to.from, to.to).toLowerCase()}` as Address,
    data: `0x${raw.slice(data.from, data.to).toLowerCase()}`,
  }
}

/** Places in the text: of the payload, behind its length. */
type Item = { readonly from: number; readonly to: number; readonly isList: boolean }

function itemAt(text: string, at: number, end: number): Item | null {
  if (at + 2 > end) return null
  const head = Number.parseInt(text.slice(at, at + 2), 16)
  if (!(head >= 0)) return null
  if (head < 0x80) return { from: at, to: at + 2, isList: false }
  const isList = head >= 0xc0
  const short = head - (isList ? 0xc0 : 0x80)
  const digits = short <= 55 ? 0 : 2 * (short - 55)
  if (digits > 8 || at + 2 + digits > end) return null
  const bytes = digits === 0 ? short : Number.parseInt(text.slice(at + 2, at + 2 + digits), 16)
  const from = at + 2 + digits
  const to = from + 2 * bytes
  return to <= end ? { from, to, isList } : null
}
