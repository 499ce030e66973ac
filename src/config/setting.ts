import { z } from 'zod'
import { KeeperError } from '#core/error.ts'

/**
 * One setting, said once: how it is read, its default, what it means, whether it is secret. Its environment variable
 * and its flag follow from where it stands, so they cannot differ from it.
 */
export type Setting<T> = {
  /** One sentence for the tables of the documentation. */
  readonly doc: string
  /** What to write, in words: it ends every error message. */
  readonly form: string
  /** @throws `bad-argument` with what is wrong; the value itself is added to the message unless it is secret. */
  readonly read: (raw: unknown) => T
  /** As an operator would write it; a setting without one must be given. */
  readonly preset?: string
  /** Shown as `[secret]`, and never part of a message. */
  readonly secret?: boolean
  /** A file or folder: relative ones are resolved against the configuration file's folder. */
  readonly path?: boolean
  /** Read again while a keeper runs: SIGHUP. What is not needs a new start. */
  readonly hot?: boolean
  /** Too structured for a flag or a variable: the file alone can hold it. */
  readonly fileOnly?: boolean
}

export const settings = z.registry<Omit<Setting<unknown>, 'read'>>()

/** A schema that reads with the setting's own words for what is wrong. */
export function setting<T>(it: Setting<T>): z.ZodType<T> {
  const schema = z.unknown().transform((raw, context): T => {
    const given = raw === undefined ? it.preset : raw
    if (given === undefined || given === null) {
      const what = raw === null ? 'is empty' : 'is missing'
      context.addIssue({ code: 'custom', message: `${what}: write ${it.form}` })
      return z.NEVER
    }
    try {
      return it.read(given)
    } catch (error) {
      context.addIssue({ code: 'custom', message: wrong(it, given, error) })
      return z.NEVER
    }
  })
  return optionalKey(schema).register(settings, it) as unknown as z.ZodType<T>
}

/** The same, where leaving it out means none. */
export function optionalSetting<T>(it: Omit<Setting<T>, 'preset'>): z.ZodType<T | null> {
  const schema = z.unknown().transform((raw, context): T | null => {
    if (raw === undefined || raw === null) return null
    try {
      return it.read(raw)
    } catch (error) {
      context.addIssue({ code: 'custom', message: wrong(it, raw, error) })
      return z.NEVER
    }
  })
  return optionalKey(schema).register(settings, { ...it, preset: 'none' }) as unknown as z.ZodType<T | null>
}

/** A missing key reaches the reader as `undefined`, so that one place says what to write. */
const optionalKey = <T>(schema: z.ZodType<T>): z.ZodType<T> => schema.prefault(undefined)

function wrong<T>(it: Setting<T>, raw: unknown, error: unknown): string {
  const why = error instanceof KeeperError ? error.message : 'cannot be read'
  const shown = it.secret === true || typeof raw === 'object' || looksLikeKey(raw) ? '' : ` (${show(raw)})`
  return `${why}${shown}: write ${it.form}`
}

const show = (raw: unknown): string => (typeof raw === 'string' ? `"${raw.slice(0, 60)}"` : String(raw))

/** A private key in a wrong place must not reach a terminal or a log through the message about it. */
const looksLikeKey = (raw: unknown): boolean => typeof raw === 'string' && /[0-9a-fA-F]{64}/.test(raw)
