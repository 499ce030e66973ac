import { isScalar, LineCounter, parseDocument, visit } from 'yaml'

export type Path = readonly (string | number)[]
export type Problem = { readonly where: string; readonly what: string }
/** A configuration file read, with the line of everything in it. */
export type YamlSource = {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** `plimsoll.yaml:12`: the line of the path, or of the nearest thing around it. */
  readonly where: (path: Path) => string
}

/**
 * Reads YAML. Whole numbers become bigints, since wei do not fit a double; what begins with 0x stays text, since YAML
 * would make a number of an unquoted address and lose its checksum. `${NAME}` is replaced from `env`.
 */
export function yamlSource(name: string, text: string, env: Readonly<Record<string, string | undefined>>): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, { intAsBigInt: true, lineCounter: lines, prettyErrors: false })
  const at = (offset: number): string => `${name}:${lines.linePos(offset).line}`
  const problems: Problem[] = document.errors.slice(0, 1).map((error) => ({
    where: at(error.pos[0]),
    what: sentenceOf(error.code, error.message),
  }))
  visit(document, {
    Scalar: (_key, node) => {
      if (node.type === 'PLAIN' && node.source !== undefined && /^0x/i.test(node.source)) node.value = node.source
      if (typeof node.value !== 'string') return
      node.value = node.value.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
        const found = env[name]
        if (found !== undefined && found !== '') return found
        const what = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
          ? `\${${name}} is not set: export it, or write ${name}=… into .env`
          : `${whole} is not a reference: write \${NAME} with the name of an environment variable`
        problems.push({ where: at(node.range?.[0] ?? 0), what })
        return whole
      })
    },
  })

  const where = (path: Path): string => {
    for (let length = path.length; length > 0; length--) {
      const offset = offsetOf(document.contents, path.slice(0, length))
      if (offset !== null) return at(offset)
    }
    return `${name}:1`
  }
  return { value: document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 }), problems, where }
}

/** Where the last part of the path stands: a map's key, a list's item. */
function offsetOf(node: unknown, path: Path): number | null {
  let here = node
  let offset: number | null = null
  for (const part of path) {
    const items = (here as { items?: readonly unknown[] } | null)?.items
    if (items === undefined) return null
    if (typeof part === 'number') {
      here = items[part]
      offset = (here as { range?: readonly number[] } | undefined)?.range?.[0] ?? null
    } else {
      const pair = items.find((one) => keyOfPair(one) === part) as { key: unknown; value: unknown } | undefined
      here = pair?.value
      offset = (pair?.key as { range?: readonly number[] } | undefined)?.range?.[0] ?? null
    }
    if (offset === null) return null
  }
  return offset
}

const keyOfPair = (pair: unknown): string | null => {
  const key = (pair as { key?: unknown } | null)?.key
  return isScalar(key) ? String(key.value) : null
}

function sentenceOf(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'the same setting is written twice: keep one of them'
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line: use spaces'
  const first = message.split('\n')[0] ?? message
  return `this is not YAML: ${first.replace(/[.:]?$/, '')}; mend the line`
}
