import type { Command } from 'commander'
import { isKeeperError, KeeperError } from '#core/error.ts'
import { lock } from '../journal/lock.ts'
import { keysInUse } from '../journal/open-postgres-journal.ts'
import type { Key } from '../keys/key.ts'
import { openKey } from '../keys/open-keys.ts'
import type { Loaded } from './config-options.ts'
import type { Context } from './context.ts'
import { keyOf } from './open-store.ts'

export type OwnKeyOptions = {
  readonly keystore?: string
  readonly passwordFile?: string
  readonly keyEnv?: string
}

/** Flags that name the key of a single transaction. */
export const ownKeyOptions = (command: Command): Command =>
  command
    .option('--keystore <file>', 'the key that sends it; the first operator otherwise')
    .option('--password-file <file>', 'its password; asked for otherwise')
    .option('--key-env <NAME>', 'the environment variable that holds the key instead')

/**
 * The key named by flags, or the first operator. An operator's nonces belong to a running keeper, so its journal must
 * be free; `release` gives it back.
 * @throws `key-unusable`; `store-failed` while a keeper runs on that key.
 */
export async function ownKey(
  options: OwnKeyOptions,
  { config, env }: Loaded,
  context: Context,
): Promise<{ readonly key: Key; readonly release: () => void }> {
  const deps = { env, warn: (text: string) => context.say(`warning: ${text}\n`), ...promptOf(context) }
  const { keystore, passwordFile, keyEnv } = options
  if (keystore !== undefined && keyEnv !== undefined)
    throw new KeeperError('bad-argument', 'two keys are named: give --keystore or --key-env, not both')
  if (keyEnv !== undefined) return { key: await openKey('key', { env: keyEnv }, deps), release: nothing }
  if (keystore !== undefined)
    return { key: await openKey('key', { keystore, passwordFile: passwordFile ?? null }, deps), release: nothing }
  const first = config.keys.operators[0]
  if (first === undefined)
    throw new KeeperError('key-unusable', 'there is no key to send it with: give --keystore, or write keys.operators')
  const held = config.journal.url === null ? lockFor(config.journal.path) : { release: nothing }
  try {
    const key = await openKey('operator 1', first, deps)
    if (config.journal.url !== null) await insistUnused(config.journal.url, keyOf(config.chain.id, key.address))
    return { key, release: held.release }
  } catch (error) {
    held.release()
    throw error
  }
}

/** @throws `store-failed` while a keeper leads that signs with it. */
async function insistUnused(url: string, key: string): Promise<void> {
  const journal = await keysInUse(url, [key])
  if (journal === null) return
  const say = `a keeper leads with this operator's key (${journal}): stop it first, or give another key with --keystore`
  throw new KeeperError('store-failed', say, { retryable: true })
}

/** Another journal.path would be the wrong way out: the key's nonces are in use all the same. */
function lockFor(path: string): ReturnType<typeof lock> {
  try {
    return lock(path)
  } catch (cause) {
    if (!isKeeperError(cause, 'store-failed') || !cause.retryable) throw cause
    const say = `a keeper runs with this operator's key (${path} is in use): stop it first, or give another key with --keystore`
    throw new KeeperError('store-failed', say, { retryable: true, cause })
  }
}

export const promptOf = ({ prompt }: Context): { prompt?: NonNullable<Context['prompt']> } =>
  prompt === undefined ? {} : { prompt }

const nothing = (): void => undefined
