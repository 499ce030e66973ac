import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Draws docs/demo.svg from what a demo printed: `npm run docs:picture`.
 * The beginning and the end, as they came; what lies between is said to be left out.
 */
const headLines = 34
const tailLines = 3
const [fontSize, lineHeight, charWidth, margin] = [13, 18, 7.83, 16]

const lines = readFileSync(0, 'utf8').trimEnd().split('\n')
const left = lines.length - headLines - tailLines
const shown =
  left <= 0
    ? lines
    : [
        ...lines.slice(0, headLines),
        `… ${left} more lines: positions liquidated, and those left alone with the reason`,
        ...lines.slice(-tailLines),
      ]
const width = Math.ceil(Math.max(...shown.map((line) => line.length)) * charWidth + 2 * margin)
const height = shown.length * lineHeight + 2 * margin
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
const colour = (line: string): string =>
  /^(chain|keeper:|crash|…)/.test(line)
    ? '#8b949e'
    : /^block/.test(line)
      ? '#79c0ff'
      : /0 wei off/.test(line)
        ? '#7ee787'
        : '#e6edf3'
const rows = shown.map(
  (line, at) =>
    `<text x="${margin}" y="${margin + (at + 0.8) * lineHeight}" fill="${colour(line)}" xml:space="preserve">${escaped(line)}</text>`,
)
writeFileSync(
  'docs/demo.svg',
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace,Menlo,Consolas,monospace" font-size="${fontSize}">`,
    '<title>What npm run demo prints</title>',
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n'),
)
