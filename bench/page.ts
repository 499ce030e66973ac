import type { Row } from './measure.ts'

/** `docs/performance.md`: what was measured, how, and where a target is missed. */
export function pageOf(rows: readonly Row[], machine: string): string {
  const compared = rows.filter(({ ratio }) => ratio !== null)
  const counted = rows.filter(({ ratio }) => ratio === null)
  const missed = rows.filter(({ holds }) => !holds)
  return `# Performance

Written by \`npm run bench\`: do not edit. Measured on ${machine}; absolute figures belong to that machine and that hour,
ratios are what to compare. All arms of a row take turns in one process and must return equal results; a ratio is the
median of the repeats' own ratios, with the least and the largest beside it. Nothing here is checked by a test that a
slow machine could fail: what must hold (counts, bytes, equal results) is marked so.

![Ratios to the reference arms, on a logarithmic scale, with the targets](performance.svg)

## Against a reference

${table(
  ['metric', 'ours', 'reference', 'its value', 'ratio (least – largest)', 'target', 'holds'],
  compared.map((row) => [
    `\`${row.name}\`: ${row.what}`,
    shown(row.value, row.unit),
    row.reference,
    shown(row.referenceValue ?? 0, row.unit),
    `${times(row.ratio)} (${times(row.ratioMin)} – ${times(row.ratioMax)})`,
    row.target,
    held(row),
  ]),
)}

## Counted

${table(
  ['metric', 'value', 'target', 'holds'],
  counted.map((row) => [`\`${row.name}\`: ${row.what}`, shown(row.value, row.unit), row.target, held(row)]),
)}
${missed.length === 0 ? '' : `\n## Missed, and why\n\n${missed.map((row) => `- \`${row.name}\`: ${row.reason || 'no reason is known yet'}`).join('\n')}\n`}`
}

const held = ({ holds, isRequired }: Row): string => `${holds ? 'yes' : '**no**'}${isRequired ? ', must' : ''}`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** Seconds in the unit people read; other units as they are. */
function shown(value: number, unit: string): string {
  if (unit !== 's') return `${digits(value)} ${unit}`
  const [scale, name] = value < 1e-6 ? [1e9, 'ns'] : value < 1e-3 ? [1e6, 'µs'] : value < 1 ? [1e3, 'ms'] : [1, 's']
  return `${digits(value * scale)} ${name}`
}

const times = (ratio: number | null): string => (ratio === null ? '' : `${digits(ratio)}×`)

/** Three that matter. */
const digits = (value: number): string =>
  value !== 0 && Math.abs(value) < 1000 ? String(Number(value.toPrecision(3))) : Math.round(value).toLocaleString('en')
