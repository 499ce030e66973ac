import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { root } from '../walls/source-files.ts'
import { type Case, ruleCases } from './rule-cases.ts'
import { alerts } from './rules.ts'
import { type Tool, tools } from './tools.ts'

const { promtool, amtool } = tools()
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rules-'))
const ask = ({ command, before }: Tool, ...args: readonly string[]): string => {
  try {
    return execFileSync(command, [...before, ...args], { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string }
    return `FAILED\n${stdout}\n${stderr}`
  }
}

/** One test of promtool's: whether that alert alone is firing after an hour. */
const testOf = (alert: string, series: Case, isFiring: boolean) => ({
  interval: '1m',
  input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
  promql_expr_test: [
    {
      expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
      eval_time: '1h',
      exp_samples: isFiring ? [{ labels: '{}', value: 1 }] : [],
    },
  ],
})

function promtoolSays(cases: readonly (readonly [string, Case, boolean])[]): string {
  const file = join(folder, 'rules.test.yml')
  const rule_files = [join(root, 'ops', 'prometheus', 'plimsoll.rules.yml')]
  writeFileSync(file, stringify({ rule_files, evaluation_interval: '1m', tests: cases.map((one) => testOf(...one)) }))
  return ask(promtool, 'test', 'rules', file)
}

describe('the rules', () => {
  it('are read by promtool, and so is the configuration', () => {
    expect(ask(promtool, 'check', 'rules', 'ops/prometheus/plimsoll.rules.yml')).toContain(
      `${alerts.length} rules found`,
    )
    expect(ask(promtool, 'check', 'config', 'ops/prometheus/prometheus.yml')).toContain('SUCCESS')
  })

  it.each(Object.entries(ruleCases))('%s fires, and is silent beside', (alert, { fires, silent }) => {
    const said = promtoolSays([
      [alert, fires, true],
      [alert, silent, false],
    ])
    expect(said).toContain('SUCCESS')
  })

  it('are told apart by the cases: what is swapped fails', () => {
    for (const [alert, { fires, silent }] of Object.entries(ruleCases).slice(0, 3)) {
      expect(promtoolSays([[alert, silent, true]]), alert).toContain('FAILED')
      expect(promtoolSays([[alert, fires, false]]), alert).toContain('FAILED')
    }
  })
})

describe('the routes', () => {
  const file = 'ops/alertmanager/alertmanager.yml'
  const routed = (...labels: readonly string[]): string =>
    ask(amtool, 'config', 'routes', 'test', '--config.file', file, ...labels)
      .trim()
      .split('\n')
      .at(-1) ?? ''

  it('are read by amtool', () => {
    expect(ask(amtool, 'check-config', file)).toMatch(/SUCCESS[\s\S]*2 receivers/)
  })

  it('take everything to the chats, and what cannot wait to the pager too', () => {
    expect(routed('severity=page', 'alertname=PlimsollBlind')).toBe('chats,pager')
    expect(routed('severity=warning', 'alertname=PlimsollLoss')).toBe('chats')
  })
})
