import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { KeeperError } from '#core/error.ts'
import { keyOf } from '../../config/key-source.ts'
import type { Ask } from '../ask.ts'
import type { KeyAnswer } from './answers.ts'
import type { InitOptions } from './options.ts'
import { wrongBy } from './wrong-by.ts'

const kinds = [
  { value: 'new', name: 'a new one, made now: an encrypted keystore and its password beside it' },
  { value: 'keystore', name: 'an encrypted keystore that I have' },
  { value: 'env', name: 'a variable of .env: for tests' },
  { value: 'none', name: 'none yet: a dry run needs none' },
] as const

/** Where the key that sends comes from. @throws `bad-argument` for what cannot be one. */
export async function keyAnswer({ key, passwordFile }: InitOptions, ask: Ask | null): Promise<KeyAnswer> {
  if (key !== undefined) return ofFlag(key, passwordFile)
  if (passwordFile !== undefined)
    throw new KeeperError('bad-argument', '--password-file is of no keystore: give --key too')
  if (ask === null) return { kind: 'none' }
  const kind = await ask.one('The key that sends', kinds)
  if (kind === 'none' || kind === 'new') return { kind }
  if (kind === 'env') {
    const secret = await ask.secret('The private key (64 hex digits)', (text) =>
      /^(0x)?[0-9a-fA-F]{64}$/.test(text) ? null : 'is no private key: write 64 hex digits',
    )
    return { kind, name: 'OPERATOR_KEY', secret: secret.trim() }
  }
  const keystore = await ask.text('The keystore', './operator.json', wrongFile)
  const password = await ask.text('The file with its password (empty: ask at each start)', '', (text) =>
    text === '' ? null : wrongFile(text),
  )
  return { kind, keystore: resolve(keystore), passwordFile: password === '' ? null : resolve(password) }
}

function ofFlag(key: string, passwordFile: string | undefined): KeyAnswer {
  const isKeystore = key !== 'none' && key !== 'new' && !key.startsWith('env:')
  if (passwordFile !== undefined && !isKeystore)
    throw new KeeperError('bad-argument', `--password-file is of no keystore: --key is ${key.split(':')[0]}`)
  if (key === 'none' || key === 'new') return { kind: key }
  if (key.startsWith('env:')) {
    const name = key.slice('env:'.length)
    const wrong = wrongBy((text) => keyOf({ env: text }), 'write --key env:NAME')(name)
    if (wrong !== null) throw new KeeperError('bad-argument', `--key ${wrong}`)
    return { kind: 'env', name, secret: null }
  }
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(key))
    throw new KeeperError(
      'bad-argument',
      '--key is a key itself, which others can read in the list of processes (treat it as lost): name a keystore',
    )
  for (const [flag, file] of [
    ['--key', key],
    ['--password-file', passwordFile],
  ] as const) {
    const wrong = file === undefined ? null : wrongFile(file)
    if (wrong !== null) throw new KeeperError('bad-argument', `${flag} ${wrong}`)
  }
  return {
    kind: 'keystore',
    keystore: resolve(key),
    passwordFile: passwordFile === undefined ? null : resolve(passwordFile),
  }
}

const wrongFile = (path: string): string | null =>
  existsSync(path) ? null : `${path} is not there: write the path of a file`
