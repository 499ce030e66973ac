import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { unknown } from '../grafana/lint.ts'
import { parse } from '../grafana/selectors.ts'
import { ruleCases } from '../ops/rule-cases.ts'
import { alerts } from '../ops/rules.ts'
import { root } from '../walls/source-files.ts'

const runbook = readFileSync(join(root, 'docs', 'runbook.md'), 'utf8')
const sections = new Map(
  [...runbook.matchAll(/^## (Plimsoll\w+)\n([\s\S]*?)(?=^## |$(?![\s\S]))/gm)].map(([, name = '', text = '']) => [
    name,
    text,
  ]),
)

describe('the alerts', () => {
  it('have a section of the runbook each, and no section is of none', () => {
    expect(alerts.length).toBeGreaterThan(20)
    expect([...sections.keys()].sort()).toEqual(alerts.map(({ alert }) => alert).sort())
    for (const [name, text] of sections)
      for (const part of ['**Means.**', '**Look at.**', '**Do.**']) expect(text, `${name} ${part}`).toContain(part)
  })

  it('say what happened, how grave it is, and where to read on', () => {
    for (const { alert, labels, annotations } of alerts) {
      expect(annotations.runbook_url, alert).toBe(`docs/runbook.md#${alert.toLowerCase()}`)
      expect(annotations.summary, alert).toBeTruthy()
      expect(annotations.description, alert).toContain('{{ $labels.instance }}')
      expect(['page', 'warning'], alert).toContain(labels.severity)
      expect(sections.get(alert)?.toLowerCase(), alert).toContain(`${labels.severity}.`)
    }
  })

  it('ask for what a keeper has, in PromQL', () => {
    for (const { alert, expr } of alerts) {
      const parsed = parse(expr)
      expect(parsed.hasErrors, alert).toBe(false)
      const others = { ...parsed, selectors: parsed.selectors.filter(({ metric }) => metric !== 'up') }
      expect(unknown(others), alert).toEqual([])
    }
    expect(unknown(parse('sum by (guard) (plimsoll_guard_opne)'))).not.toEqual([])
  })

  it('have a case that fires and one that does not, each', () => {
    expect(Object.keys(ruleCases).sort()).toEqual(alerts.map(({ alert }) => alert).sort())
  })
})
