import type { Report } from '../backtest/report.ts'
import type { Sweep } from '../backtest/walk-forward.ts'
import { htmlTable } from './html-table.ts'
import { html, type Markup } from './markup.ts'
import { facts } from './plan-sum.ts'
import { plotOf } from './plot.ts'
import { capturePlot } from './plots/capture-plot.ts'
import { changePlot } from './plots/change-plot.ts'
import { missesPlot } from './plots/misses-plot.ts'
import { parityPlot } from './plots/parity-plot.ts'
import { profitPlot } from './plots/profit-plot.ts'
import { sharesPlot } from './plots/shares-plot.ts'
import { actTable } from './tables/act-table.ts'
import { forcedTable, sensitivityTable, sweepTable, walkedTable } from './tables/changes.ts'
import { liquidationTable, type Standing } from './tables/liquidation-table.ts'
import { parityTable } from './tables/parity-table.ts'
import { missesTable, saidTable, sharesTable } from './tables/summaries.ts'
import { fateMeans, lead, resultMeans, resultWords, sectionNames } from './words.ts'

export type Section = { readonly id: string; readonly title: string; readonly body: Markup }

/** The parts of the page, in the order in which questions come. */
export async function sectionsOf(report: Report, sweep: Sweep | null): Promise<readonly Section[]> {
  const standing: Standing = new Map()
  const bodies: Readonly<Record<keyof typeof sectionNames, Markup | null>> = {
    profit: html`${await plotOf(profitPlot(report))}<details><summary>day by day</summary>${htmlTable(sharesTable(report, 'day'))}</details>`,
    capture: html`${grid(await plotOf(capturePlot(report, 'committed')), await plotOf(capturePlot(report, 'hinted')))}
${facts(Object.entries(resultMeans).map(([result, means]) => [resultWords[result as keyof typeof resultWords], means]))}`,
    misses: html`${await plotOf(missesPlot(report))}${htmlTable(missesTable(report))}`,
    shares: html`${grid(await plotOf(sharesPlot(report, 'protocol')), await plotOf(sharesPlot(report, 'trigger')))}
${htmlTable(sharesTable(report, 'protocol'))}${htmlTable(sharesTable(report, 'trigger'))}`,
    parity: html`<p>${lead.parity}</p>${await plotOf(parityPlot(report))}${htmlTable(parityTable(report), 'long')}`,
    changes: await changes(report),
    sweep: sweep === null ? null : html`${htmlTable(sweepTable(sweep))}${htmlTable(walkedTable(sweep))}`,
    forced: report.forced.length === 0 ? null : html`<p>${lead.forced}</p>${htmlTable(forcedTable(report))}`,
    liquidations: htmlTable(liquidationTable(report, standing), 'long'),
    acts: html`${htmlTable(actTable(report, standing), 'long')}${facts(Object.entries(fateMeans))}`,
    said: htmlTable(saidTable(report)),
    faults: faultsOf(report),
  }
  return Object.entries(sectionNames).flatMap(([id, title]) => {
    const body = bodies[id as keyof typeof sectionNames]
    return body === null ? [] : [{ id, title, body }]
  })
}

const grid = (...parts: readonly Markup[]): Markup => html`<div class="plots">${parts}</div>`

async function changes(report: Report): Promise<Markup | null> {
  const rows = report.sensitivity
  if (rows.length === 0) return null
  const plots: Markup[] = []
  for (const of of new Set(rows.map((row) => row.of))) plots.push(await plotOf(changePlot(of, rows)))
  return html`<p>${lead.changes}</p>${grid(...plots)}${htmlTable(sensitivityTable(report))}`
}

const faultsOf = ({ faults }: Report): Markup =>
  faults.length === 0
    ? html`<p>${lead.noFaults}</p>`
    : html`<p>${lead.faults}</p><ul>${faults.map((fault) => html`<li><code>${fault}</code></li>`)}</ul>`
