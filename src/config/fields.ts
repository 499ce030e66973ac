import type { z } from 'zod'
import { schema } from './schema.ts'
import { settings } from './setting.ts'

/** One setting of the schema and all that follows from where it stands. */
export type Field = {
  /** `chain.blockSeconds` */
  readonly name: string
  readonly path: readonly string[]
  /** `PLIMSOLL_CHAIN_BLOCK_SECONDS`; `null` where only the file can hold it. */
  readonly env: string | null
  /** `--chain-block-seconds` */
  readonly flag: string | null
  readonly preset: string | null
  readonly doc: string
  readonly form: string
  readonly isSecret: boolean
  readonly isPath: boolean
  /** Changed while a keeper runs, by SIGHUP. */
  readonly isHot: boolean
}

/** Every setting, in the order of the schema. */
export const fields: readonly Field[] = [...walk(schema, [])]

function* walk(part: z.core.$ZodType, path: readonly string[]): Generator<Field> {
  const known = settings.get(part as z.ZodType)
  if (known !== undefined) {
    yield fieldOf(path, known)
    return
  }
  const def = part._zod.def as { innerType?: z.core.$ZodType; shape?: Record<string, z.core.$ZodType> }
  const doc = (part as z.ZodType).meta?.()?.doc
  if (typeof doc === 'string') {
    yield fieldOf(path, { doc, form: 'a structure', preset: 'none', fileOnly: true })
    return
  }
  if (def.innerType !== undefined) yield* walk(def.innerType, path)
  for (const [key, inner] of Object.entries(def.shape ?? {})) yield* walk(inner, [...path, key])
}

function fieldOf(
  path: readonly string[],
  known: {
    doc: string
    form: string
    preset?: string
    secret?: boolean
    path?: boolean
    fileOnly?: boolean
    hot?: boolean
  },
): Field {
  const words = path.map((key) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).join('-')
  return {
    name: path.join('.'),
    path,
    env: known.fileOnly === true ? null : `PLIMSOLL_${words.replaceAll('-', '_').toUpperCase()}`,
    flag: known.fileOnly === true ? null : `--${words}`,
    preset: known.preset ?? null,
    doc: known.doc,
    form: known.form,
    isSecret: known.secret === true,
    isPath: known.path === true,
    isHot: known.hot === true,
  }
}
