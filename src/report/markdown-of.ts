import type { Report } from '../backtest/report.ts'
import type { Sweep } from '../backtest/walk-forward.ts'
import { answerOf, figuresOf, restsOn, titleOf } from './headline.ts'
import { codeOf, markdownTable, words } from './markdown-table.ts'
import { columns, plain, type Table } from './table.ts'
import { actTable } from './tables/act-table.ts'
import { forcedTable, sensitivityTable, sweepTable, walkedTable } from './tables/changes.ts'
import { liquidationTable } from './tables/liquidation-table.ts'
import { parityTable } from './tables/parity-table.ts'
import { missesTable, saidTable, sharesTable } from './tables/summaries.ts'
import { lead, sectionNames, tiers, tierWords } from './words.ts'

/** The page's words and tables as Markdown; whole sums are in the page and in the JSON. */
export function markdownOf(report: Report, sweep: Sweep | null = null): string {
  const tables: Readonly<Partial<Record<keyof typeof sectionNames, readonly Table[]>>> = {
    profit: [sharesTable(report, 'day')],
    misses: [missesTable(report)],
    shares: [sharesTable(report, 'protocol'), sharesTable(report, 'trigger')],
    parity: [parityTable(report)],
    changes: report.sensitivity.length === 0 ? [] : [sensitivityTable(report)],
    sweep: sweep === null ? [] : [sweepTable(sweep), walkedTable(sweep)],
    forced: report.forced.length === 0 ? [] : [forcedTable(report)],
    liquidations: [liquidationTable(report, new Map())],
    acts: [actTable(report, new Map())],
    said: [saidTable(report)],
  }
  const sections = Object.entries(sectionNames).flatMap(([id, title]) => {
    const those = tables[id as keyof typeof sectionNames] ?? []
    return those.length === 0 ? [] : [`## ${title}`, ...those.map(markdownTable)]
  })
  return `${[
    `# ${words(titleOf(report))}`,
    words(answerOf(report)),
    markdownTable(figuresTable(report)),
    ...sections,
    `## ${sectionNames.faults}`,
    ...(report.faults.length === 0
      ? [lead.noFaults]
      : [lead.faults, report.faults.map((fault) => `- ${codeOf(fault)}`).join('\n')]),
    '## What this rests on',
    [...tiers.map((tier) => `${tierWords[tier].name}: ${tierWords[tier].means}`), ...restsOn(report)]
      .map(item)
      .join('\n'),
  ].join('\n\n')}\n`
}

const item = (text: string): string => `- ${words(text)}`

const figuresTable = (report: Report): Table => ({
  caption: 'Two tiers, side by side',
  columns: columns('', ...tiers.map((tier) => tierWords[tier].name)),
  rows: figuresOf(report).map(({ name, of }) => ({
    cells: [plain(name), ...tiers.map((tier) => plain(`${of[tier].value} (${of[tier].note})`))],
  })),
})
