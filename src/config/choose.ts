import type { Chosen } from './config.ts'
import { type Issue, issuesOf } from './issues.ts'
import { nearest } from './nearest.ts'
import type { Path } from './yaml-source.ts'

type Choosable = {
  readonly config: { parse(input: unknown): unknown }
  readonly presets: { readonly [name: string]: unknown }
}

/** Presets by name, or deployments written out, each read by the schema of its own folder. */
export function choose<D extends Choosable>(
  section: string,
  written: Readonly<Record<string, readonly unknown[]>>,
  registry: ReadonlyMap<string, D>,
  issue: (path: Path, what: string) => void,
): readonly Chosen<D>[] {
  const chosen: Chosen<D>[] = []
  for (const [name, entries] of Object.entries(written)) {
    const definition = registry.get(name)
    if (definition === undefined) {
      issue([section, name], `is not known${listOf(name, registry.keys())}`)
      continue
    }
    entries.forEach((entry, index) => {
      const path = [section, name, index]
      const one = read(name, index, entry, definition, (below, what) => issue([...path, ...below], what))
      if (one === null) return
      const twin = chosen.find((other) => other.name === name && same(other.config, one.config))
      if (twin === undefined) chosen.push(one)
      else issue(path, `is ${twin.label} once more: remove one of them`)
    })
  }
  return chosen
}

function read<D extends Choosable>(
  name: string,
  index: number,
  entry: unknown,
  definition: D,
  issue: (below: Path, what: string) => void,
): Chosen<D> | null {
  const isPreset = typeof entry === 'string'
  const raw = isPreset ? definition.presets[entry] : entry
  if (raw === undefined || raw === null) {
    const names = Object.keys(definition.presets)
    issue([], `${isPreset ? `is not a preset of ${name} ("${entry}")` : 'is empty'}${listOf(String(entry), names)}`)
    return null
  }
  try {
    const config = definition.config.parse(numbered(raw))
    return { name, label: `${name}:${isPreset ? entry : index + 1}`, definition, config }
  } catch (error) {
    const issues: readonly Issue[] = issuesOf(error)
    for (const { path, what } of issues) issue(path, what)
    return null
  }
}

/** A folder's schema counts in ordinary numbers: whole numbers that fit are handed over as such. */
function numbered(raw: unknown): unknown {
  if (typeof raw === 'bigint') return raw <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(raw) : raw
  if (Array.isArray(raw)) return raw.map(numbered)
  if (typeof raw !== 'object' || raw === null) return raw
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, numbered(value)]))
}

function listOf(written: string, names: Iterable<string>): string {
  const all = [...names]
  if (all.length === 0) return ': there is none to choose, write the addresses out'
  const meant = nearest(written, all)
  return meant === null ? `: write one of ${all.join(', ')}` : `: did you mean ${meant}?`
}

const same = (a: unknown, b: unknown): boolean => text(a) === text(b)
const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))
