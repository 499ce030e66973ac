import { seen } from './seen.ts'
import type { Cell, Table } from './table.ts'

/** The same table as Markdown; what a click would show is left out. */
export function markdownTable({ caption, columns, rows, total }: Table): string {
  if (rows.length === 0) return `${words(caption)}: none.`
  const lines = [
    columns.map(({ name }) => words(name)),
    columns.map(({ isNumber }) => (isNumber ? '---:' : '---')),
    ...rows.map(({ cells }) => cells.map(cellOf)),
    ...(total === undefined ? [] : [total.map(cellOf)]),
  ]
  return `${words(caption)}:\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`
}

const cellOf = ({ text, isCode }: Cell): string => (isCode && text !== '' ? codeOf(text) : words(text))

/** Nothing in it is read as markup, nor as a link or the end of a cell: two signs look a little different for it. */
export const codeOf = (text: string): string => `\`${seen(text).replaceAll('`', '’').replaceAll('|', '¦')}\``

/** Nothing in it is read as markup. */
export const words = (text: string): string =>
  seen(text).replace(/[\\`*_[\]#|~<>&]/g, (one) => `&#${one.charCodeAt(0)};`)
