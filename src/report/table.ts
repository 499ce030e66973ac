import { ether, grouped, time } from './amounts.ts'
import type { Markup } from './markup.ts'

/** What a table says, however it is written down. */
export type Table = {
  readonly caption: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** Of all rows, one cell a column. */
  readonly total?: readonly Cell[]
}
export type Column = { readonly name: string; readonly isNumber?: boolean }
export type Row = {
  readonly cells: readonly Cell[]
  /** Labels it is found by. */
  readonly kinds?: readonly string[]
  /** What a click shows. */
  readonly more?: More
  /** Where a link leads to. */
  readonly id?: string
}
/** What a click shows, or where it stands already. */
export type More = { readonly title: string; readonly body: Markup } | { readonly title: string; readonly href: string }
export type Cell = {
  readonly text: string
  /** What it is ordered by: the whole figure behind a rounded one. */
  readonly exact?: string
  readonly unit?: string
  /** An id, or words from a chain. */
  readonly isCode?: boolean
  /** A result: a word with a colour beside it. */
  readonly mark?: string
}

export const columns = (...names: readonly string[]): readonly Column[] =>
  names.map((name) => (name.startsWith('#') ? { name: name.slice(1), isNumber: true } : { name }))

export const plain = (text: string): Cell => ({ text })
export const code = (text: string, exact = text): Cell => ({ text, exact, isCode: true })
export const count = (value: number): Cell => ({ text: grouped(String(value)), exact: String(value) })
/** Wei as ether; nothing where it is not known. */
export const wei = (value: string | null, isLeast = false): Cell =>
  value === null ? { text: '' } : { text: `${isLeast ? '≥ ' : ''}${ether(value)}`, exact: value, unit: 'wei' }
export const at = (timestamp: number): Cell => plain(time(timestamp))
