import type { Report } from '../backtest/report.ts'
import { htmlTable } from './html-table.ts'
import { html, type Markup } from './markup.ts'
import { facts } from './plan-sum.ts'
import { plotOf } from './plot.ts'
import { capturePlot } from './plots/capture-plot.ts'
import { missesPlot } from './plots/misses-plot.ts'
import { parityPlot } from './plots/parity-plot.ts'
import { profitPlot } from './plots/profit-plot.ts'
import { sharesPlot } from './plots/shares-plot.ts'
import { actTable } from './tables/act-table.ts'
import { liquidationTable, type Standing } from './tables/liquidation-table.ts'
import { parityTable } from './tables/parity-table.ts'
import { missesTable, saidTable, sharesTable } from './tables/summaries.ts'
import { fateMeans, resultMeans, resultWords } from './words.ts'

export type Section = { readonly id: string; readonly title: string; readonly body: Markup }

/** The parts of the page, in the order in which questions come. */
export async function sectionsOf(report: Report): Promise<readonly Section[]> {
  const shares = (by: 'protocol' | 'trigger') => plotOf(sharesPlot(report, by))
  const grid = (...plots: readonly Markup[]): Markup => html`<div class="plots">${plots}</div>`
  const standing: Standing = new Map()
  return [
    {
      ...{ id: 'profit', title: 'Profit over time' },
      body: grid(await plotOf(profitPlot(report)), htmlTable(sharesTable(report, 'day'))),
    },
    {
      ...{ id: 'capture', title: 'Capture' },
      body: html`${grid(await plotOf(capturePlot(report, 'committed')), await plotOf(capturePlot(report, 'hinted')))}
${facts(Object.entries(resultMeans).map(([result, means]) => [resultWords[result as keyof typeof resultWords], means]))}`,
    },
    {
      ...{ id: 'misses', title: 'Misses' },
      body: html`${await plotOf(missesPlot(report))}${htmlTable(missesTable(report))}`,
    },
    {
      ...{ id: 'shares', title: 'Protocols and triggers' },
      body: html`${grid(await shares('protocol'), await shares('trigger'))}
${htmlTable(sharesTable(report, 'protocol'))}${htmlTable(sharesTable(report, 'trigger'))}`,
    },
    {
      ...{ id: 'parity', title: 'Parity with winners' },
      body: html`<p>Each winner’s transaction, solved again by us where it stood and for its positions alone: what we would have had before bids, of what the winner had. Where the swaps differ, a click shows pool by pool.</p>
${await plotOf(parityPlot(report))}${htmlTable(parityTable(report), 'long')}`,
    },
    { id: 'liquidations', title: 'Every liquidation', body: htmlTable(liquidationTable(report, standing), 'long') },
    {
      ...{ id: 'acts', title: 'Acts' },
      body: html`${htmlTable(actTable(report, standing), 'long')}${facts(Object.entries(fateMeans))}`,
    },
    { id: 'said', title: 'What was said', body: htmlTable(saidTable(report)) },
    { id: 'faults', title: 'Faults', body: faultsOf(report) },
  ]
}

const faultsOf = ({ faults }: Report): Markup =>
  faults.length === 0
    ? html`<p>None: nothing failed on the way.</p>`
    : html`<p>What failed on the way; figures may be short of it.</p><ul>${faults.map((fault) => html`<li><code>${fault}</code></li>`)}</ul>`
