import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../walls/source-files.ts'

export type Rule = {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}
export type RulesFile = { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] }

export const shipped = (path: string): string => readFileSync(join(root, 'ops', path), 'utf8')
export const rulesFile = parse(shipped('prometheus/plimsoll.rules.yml')) as RulesFile
export const alerts = rulesFile.groups.flatMap(({ rules }) => rules)
