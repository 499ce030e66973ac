import { KeeperError } from '#core/error.ts'

/** Where a key comes from. The key itself is never part of the configuration. */
export type KeySource = { readonly keystore: string; readonly passwordFile: string | null } | { readonly env: string }

/** @throws `bad-argument` unless it names exactly one place; a key written out is refused without being repeated. */
export function keyOf(raw: unknown): KeySource {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const looksLikeKey = typeof raw === 'string' && /^(0x)?[0-9a-fA-F]{64}$/.test(raw)
    throw bad(looksLikeKey ? 'is a key itself, which no file may hold (take it out, treat it as lost)' : 'is no key')
  }
  const { keystore, passwordFile, env, ...rest } = raw as Record<string, unknown>
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) throw bad(`has an unknown setting ${unknown}`)
  if (env !== undefined && keystore !== undefined) throw bad('names two places')
  if (env !== undefined) {
    if (typeof env !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(env)) throw bad('names no environment variable')
    if (passwordFile !== undefined) throw bad('has a passwordFile without a keystore')
    return { env }
  }
  if (typeof keystore !== 'string' || keystore === '') throw bad('names no keystore')
  if (passwordFile !== undefined && passwordFile !== null && (typeof passwordFile !== 'string' || passwordFile === ''))
    throw bad('names no password file')
  return { keystore, passwordFile: (passwordFile as string | undefined) ?? null }
}

/** A list of them, none twice: two lanes on one key would use each nonce twice. */
export function keysOf(raw: unknown): readonly KeySource[] {
  if (!Array.isArray(raw)) throw bad('is not a list')
  const all = raw.map(keyOf)
  const places = all.map(placeOf)
  const twice = places.find((place, index) => places.indexOf(place) !== index)
  if (twice !== undefined) throw bad(`names ${twice} twice`)
  return all
}

export const placeOf = (source: KeySource): string => ('env' in source ? source.env : source.keystore)

const bad = (message: string): KeeperError => new KeeperError('bad-argument', message)
