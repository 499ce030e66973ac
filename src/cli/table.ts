import Table from 'cli-table3'

/** A table for a terminal: plain lines, no colour, so that it can be pasted into an issue as it is. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
  /** The last column is broken at so many characters. */
  lastWidth: number | null = null,
): string {
  const made = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    ...(lastWidth === null ? {} : { colWidths: [...head.slice(1).map(() => null), lastWidth], wordWrap: true }),
    colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
  })
  for (const row of rows) made.push([...row])
  return made.toString()
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
