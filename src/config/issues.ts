import { isKeeperError } from '#core/error.ts'
import { nearest } from './nearest.ts'
import type { Path } from './yaml-source.ts'

export type Issue = { readonly path: Path; readonly what: string }
type Raw = {
  readonly code?: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
  readonly expected?: string
}

/** What a schema found wrong, in sentences that say what to do. `known` are the names that may stand at a path. */
export function issuesOf(error: unknown, known: (path: Path) => readonly string[] = () => []): readonly Issue[] {
  const raw = (error as { issues?: readonly Raw[] }).issues
  if (raw === undefined) {
    if (isKeeperError(error)) return [{ path: [], what: error.message }]
    throw error
  }
  return raw.flatMap((one): readonly Issue[] => {
    const path = one.path.map((part) => (typeof part === 'number' ? part : String(part)))
    if (one.code === 'unrecognized_keys') {
      return (one.keys ?? []).map((key) => ({ path: [...path, key], what: unknownKey(key, known(path)) }))
    }
    return [{ path, what: one.code === 'invalid_type' ? wrongShape(one) : one.message }]
  })
}

function unknownKey(key: string, names: readonly string[]): string {
  const meant = nearest(key, names)
  if (meant !== null) return `is no setting: did you mean ${meant}?`
  return names.length === 0
    ? 'is no setting: remove it'
    : `is no setting: remove it, or write one of ${names.join(', ')}`
}

function wrongShape({ expected, message }: Raw): string {
  if (expected === 'object' || expected === 'record') return 'is not a group: write its settings below it, indented'
  if (expected === 'array') return 'is not a list: write each entry on a line of its own, behind "- "'
  if (/received undefined$/.test(message)) return `is missing: write ${article(expected ?? 'value')}`
  return `${message.replace(/^Invalid input: /, 'is not what it must be: ')}; write it so`
}

const article = (word: string): string => (/^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`)
