import { readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, resolve } from 'node:path'
import { KeeperError } from '#core/error.ts'
import { choose } from './choose.ts'
import type { Config } from './config.ts'
import { crossChecks } from './cross-checks.ts'
import type { Registry } from './discover.ts'
import { fields } from './fields.ts'
import { issuesOf } from './issues.ts'
import type { KeySource } from './key-source.ts'
import type { Env } from './load-env.ts'
import { nearest } from './nearest.ts'
import { type Settings, schema } from './schema.ts'
import { type Path, type Problem, yamlSource } from './yaml-source.ts'

/** What stands for the file's name where the text came from elsewhere. */
const unnamed = 'configuration'

export type ConfigSources = {
  /** The file's path; its text is read unless `text` gives it. `null`: environment and flags alone. */
  readonly file: string | null
  readonly text?: string
  readonly env: Env
  /** By the setting's name: `{ 'chain.rpc': '…' }`. */
  readonly flags: Readonly<Record<string, string>>
  readonly registry: Registry
}

/**
 * The configuration, complete: a flag counts before the environment, that before the file, that before the default.
 * @throws `bad-config` with every problem on a line of its own: where, which setting, what is wrong, what to do.
 */
export function loadConfig(sources: ConfigSources): Config {
  const text = textOf(sources)
  const source = yamlSource(sources.file === null ? unnamed : basename(sources.file), text, sources.env)
  if (source.value === undefined && source.problems.length > 0) throw failed(source.problems)

  const problems: Problem[] = [...source.problems, ...unknownVariables(sources.env, text)]
  const folder = sources.file === null ? process.cwd() : dirname(resolve(sources.file))
  const { merged, overridden } = overlay(source.value, sources, folder)
  const issue = (path: Path, what: string): void => {
    const dotted = dottedOf(path)
    problems.push({
      where: overridden.get(dotted) ?? source.where(path),
      what: dotted === '' ? `the file ${what}` : `${dotted} ${what}`,
    })
  }

  const parsed = schema.safeParse(merged)
  // A reference that is not set has been named already; its place then holds nothing sensible to complain about.
  if (problems.length > 0) throw failed(problems)
  if (!parsed.success) {
    for (const { path, what } of issuesOf(parsed.error, namesAt)) issue(path, what)
    throw failed(problems)
  }
  const where = (setting: string): string => overridden.get(setting) ?? source.where(setting.split('.'))
  const config = { ...complete(parsed.data, sources.registry, folder, issue), where }
  if (problems.length === 0) crossChecks(config, issue)
  if (problems.length > 0) throw failed(problems)
  return config
}

function complete(
  settings: Settings,
  registry: Registry,
  folder: string,
  issue: (path: Path, what: string) => void,
): Omit<Config, 'where'> {
  return {
    ...settings,
    keys: {
      operators: settings.keys.operators.map((one) => inFolder(one, folder)),
      relay: settings.keys.relay === null ? null : inFolder(settings.keys.relay, folder),
    },
    protocols: choose('protocols', settings.protocols, registry.strategies, issue),
    venues: choose('venues', settings.venues, registry.venues, issue),
    exits: choose('exits', settings.exits, registry.exits, issue),
    flash: choose('flash', settings.flash, registry.flash, issue),
  }
}

/** Flags over environment over file; paths made absolute by whose they are, but for `none`. */
function overlay(
  file: unknown,
  { env, flags }: ConfigSources,
  folder: string,
): { readonly merged: unknown; readonly overridden: ReadonlyMap<string, string> } {
  const merged = file === null || file === undefined ? {} : file
  const overridden = new Map<string, string>()
  if (typeof merged !== 'object' || Array.isArray(merged)) return { merged, overridden }
  for (const field of fields) {
    const fromFlag = field.flag === null ? undefined : flags[field.name]
    const fromEnv = field.env === null ? undefined : env[field.env] || undefined
    const given = fromFlag ?? fromEnv
    if (given !== undefined) {
      overridden.set(field.name, fromFlag === undefined ? `${field.env} (environment)` : `${field.flag} (flag)`)
      put(merged, field.path, () => (field.isPath && given !== 'none' ? resolve(given) : given))
    } else if (field.isPath) {
      put(merged, field.path, (old) => {
        const path = old === undefined ? field.preset : old
        const isNone = path === '' || path === 'none'
        return typeof path === 'string' && !isNone && !isAbsolute(path) ? resolve(folder, path) : path
      })
    }
  }
  return { merged, overridden }
}

/** A misspelt variable would be a setting silently lost; one that the file itself names (a key, a reference) is its own. */
function unknownVariables(env: Env, text: string): readonly Problem[] {
  const known = fields.flatMap((field) => field.env ?? [])
  const said = text.replace(/(^|\s)#.*$/gm, '')
  return Object.keys(env)
    .filter((name) => name.startsWith('PLIMSOLL_') && !known.includes(name) && !said.includes(name))
    .map((name) => {
      const meant = nearest(name, known)
      const what = meant === null ? 'remove it; `plimsoll config --list` names all' : `did you mean ${meant}?`
      return { where: `${name} (environment)`, what: `is no setting: ${what}` }
    })
}

/** Groups on the way are made where they are missing; one that is no group is left for the schema to refuse. */
function put(into: object, path: readonly string[], value: (old: unknown) => unknown): void {
  let here = into as Record<string, unknown>
  for (const part of path.slice(0, -1)) {
    here[part] ??= {}
    const next = here[part]
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return
    here = next as Record<string, unknown>
  }
  const last = path.at(-1)
  if (last !== undefined) here[last] = value(here[last])
}

const inFolder = (source: KeySource, folder: string): KeySource =>
  'env' in source
    ? source
    : {
        keystore: resolve(folder, source.keystore),
        passwordFile: source.passwordFile === null ? null : resolve(folder, source.passwordFile),
      }

function textOf({ file, text }: ConfigSources): string {
  if (text !== undefined || file === null) return text ?? ''
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new KeeperError('bad-config', `${file} cannot be read: give the configuration's path with --config <file>`, {
      cause,
    })
  }
}

const dottedOf = (path: Path): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')

/** The settings' names below a path, for "did you mean". */
function namesAt(path: Path): readonly string[] {
  const prefix = dottedOf(path)
  const below = fields.filter(({ name }) => prefix === '' || name.startsWith(`${prefix}.`))
  return [...new Set(below.map((field) => field.path[path.length] ?? ''))]
}

const failed = (problems: readonly Problem[]): KeeperError =>
  new KeeperError('bad-config', problems.map(({ where, what }) => `${where}: ${what}`).join('\n'))
