import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DashboardJson } from '../grafana/lint.ts'
import { root } from '../walls/source-files.ts'
import { type WatchedCrash, watchedCrash } from './watched-crash.ts'

const folder = join(root, 'ops', 'grafana', 'dashboards')
const panels = readdirSync(folder).flatMap((name) => {
  const { uid, panels: all } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as DashboardJson
  return all.flatMap(({ title = '', targets = [] }) =>
    targets.map((target) => ({ ...target, title: `${uid}: ${title}` })),
  )
})

let crash: WatchedCrash
beforeAll(async () => {
  crash = await watchedCrash()
})
afterAll(() => crash?.stop())

/** Without what hides that nothing is there. */
const bare = (expr: string): string => expr.replaceAll(' or vector(0)', '')

/** How many finite numbers a query gives over the crash. */
async function finite(expr: string, isInstant: boolean): Promise<number> {
  const { prometheus, asked, from, to } = crash
  const series = isInstant
    ? await prometheus.at(asked(expr), to)
    : await prometheus.query(asked(expr), { from, to, step: 1 })
  return series.flatMap(({ values }) => values).filter(Number.isFinite).length
}

async function empty(all: typeof panels): Promise<readonly string[]> {
  const found: string[] = []
  for (const { title, refId, expr, instant = false } of all)
    for (const one of new Set([expr, bare(expr)]))
      if ((await finite(one, instant)) === 0) found.push(`${title} ${refId}: ${one}`)
  return found
}

describe('every query of every panel', () => {
  it('gives finite numbers of a crash that a real keeper lived through, its fallback left out too', async () => {
    expect(panels.length).toBeGreaterThan(60)
    expect(await empty(panels)).toEqual([])
  })

  it('gives none where a metric is misnamed, whatever its fallback', async () => {
    const planted = panels.map((one) => ({ ...one, expr: one.expr.replaceAll('plimsoll_', 'plimsol_') }))
    const found = await empty(planted)
    for (const { title, refId } of panels)
      expect(
        found.filter((said) => said.startsWith(`${title} ${refId}:`)),
        `${title} ${refId}`,
      ).not.toEqual([])
  })

  it('saw what the crash was made to bring', async () => {
    const { keeper } = crash
    for (const metric of ['sent_total', 'send_refused_total', 'rpc_faults_total', 'receipts_total', 'inputs_total'])
      expect(await keeper.metric(`plimsoll_${metric}`), metric).toBeGreaterThan(0)
    expect(await keeper.metric('plimsoll_misses_total')).toBeGreaterThan(0)
    expect(await keeper.metric('plimsoll_fates_total{via="bundle",status="included"}')).toBeGreaterThan(0)
    expect(await keeper.metric('plimsoll_predictions_total{result="inexact"}')).toBe(0)
    expect(await keeper.metric('plimsoll_predictions_total{result="exact"}')).toBeGreaterThan(0)
  })
})
