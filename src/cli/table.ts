import Table from 'cli-table3'

/** A table for a terminal: plain lines, no colour, so that it can be pasted into an issue as it is. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
  /** The last column is broken at so many characters, where it is as wide. */
  lastWidth: number | null = null,
): string {
  const longest = Math.max(
    ...[head, ...rows].map((row) => Math.max(...(row.at(-1) ?? '').split('\n').map((line) => line.length))),
  )
  const made = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    ...(lastWidth === null
      ? {}
      : { colWidths: [...head.slice(1).map(() => null), Math.min(lastWidth, longest + 2)], wordWrap: true }),
    colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
  })
  for (const row of rows) made.push([...row])
  return made.toString()
}

export type Group = { readonly title: string; readonly rows: readonly (readonly string[])[] }

const noLines = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
    [side, ''],
    [`${side}-mid`, ''],
    [`${side}-left`, ''],
    [`${side}-right`, ''],
  ]),
)

/** Rows below a title for each group, all in the same columns, without lines between; the head stands once, on top. */
export function groupedRows(
  head: readonly string[],
  groups: readonly Group[],
  right: readonly string[],
  /** The last column is broken at so many characters. */
  lastWidth: number,
): string {
  const all = [head, ...groups.flatMap(({ rows }) => rows)]
  const widest = (at: number): number => Math.max(...all.map((row) => (row[at] ?? '').length)) + 2
  const colWidths = head.map((_, at) => (at === head.length - 1 ? lastWidth : widest(at)))
  const colAligns = head.map((name) => (right.includes(name) ? ('right' as const) : ('left' as const)))
  const lines = (rows: Group['rows']): string => {
    const style = { head: [], border: [], compact: true }
    const made = new Table({ style, chars: { ...noLines, middle: '' }, colWidths, colAligns, wordWrap: true })
    for (const row of rows) made.push([...row])
    return made.toString().replaceAll(/ +$/gm, '')
  }
  return [lines([head]), ...groups.map(({ title, rows }) => `${title}\n${lines(rows)}`)].join('\n')
}

/** Wei as ether, six digits behind the point, for people: never to compute with. */
export function etherText(wei: bigint): string {
  const sign = wei < 0n ? '-' : ''
  const positive = wei < 0n ? -wei : wei
  const micro = (positive + 500_000_000_000n) / 1_000_000_000_000n
  return `${sign}${micro / 1_000_000n}.${(micro % 1_000_000n).toString().padStart(6, '0')}`
}

/** `0x1234…abcd`, also where an id holds more than the address. */
export const short = (id: string): string => id.replace(/0x([0-9a-fA-F]{4})[0-9a-fA-F]{8,}([0-9a-fA-F]{4})/g, '0x$1…$2')
