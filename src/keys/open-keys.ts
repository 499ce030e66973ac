import { readFileSync, statSync } from 'node:fs'
import { getBytes, Wallet } from 'ethers'
import { KeeperError } from '#core/error.ts'
import { createSigner } from './create-signer.ts'
import type { Key, Keys } from './key.ts'

type Source = { readonly keystore: string; readonly passwordFile: string | null } | { readonly env: string }
export type KeyDeps = {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Asks a person; absent where there is none to ask. */
  readonly prompt?: (question: string) => Promise<string>
  readonly warn: (text: string) => void
}

/**
 * Opens every key once, at the start. An operator met twice, or as the relay's identity, is refused: two lanes on one
 * account would use each nonce twice, and relays would learn who sends.
 * @throws `key-unusable` with what to do; never with any part of a key or password.
 */
export async function openKeys(
  sources: { readonly operators: readonly Source[]; readonly relay: Source | null },
  deps: KeyDeps,
): Promise<Keys> {
  const operators: Key[] = []
  for (const [index, source] of sources.operators.entries()) {
    const key = await openKey(`operator ${index + 1}`, source, deps)
    const twin = operators.find((other) => other.address === key.address)
    if (twin !== undefined) throw unusable(`${key.label} is ${twin.label} once more: give each lane a key of its own`)
    operators.push(key)
  }
  const relay = sources.relay === null ? freshRelay(deps) : await openKey('relay', sources.relay, deps)
  if (operators.some((operator) => operator.address === relay.address))
    throw unusable('the relay key is an operator: relays see it often, so write a key of its own under keys.relay')
  return { operators, relay }
}

/** One key. @throws `key-unusable`. */
export async function openKey(label: string, source: Source, deps: KeyDeps): Promise<Key> {
  const wallet = 'env' in source ? fromEnvironment(label, source.env, deps) : await fromKeystore(label, source, deps)
  return keyOf(label, wallet)
}

function keyOf(label: string, wallet: Wallet): Key {
  const signer = createSigner(getBytes(wallet.privateKey))
  return { label, address: signer.address, signer, wallet: () => wallet }
}

function fromEnvironment(label: string, name: string, { env, warn }: KeyDeps): Wallet {
  const text = env[name]?.trim()
  if (text === undefined || text === '')
    throw unusable(`${label}: ${name} is not set: export it, or write it into .env; better, use a keystore`)
  if (!/^(0x)?[0-9a-fA-F]{64}$/.test(text))
    throw unusable(`${label}: ${name} holds no private key: it must be 64 hex digits`)
  warn(`${label} comes from ${name}: an environment is easily read by others, so use a keystore for real money`)
  try {
    return new Wallet(text.startsWith('0x') ? text : `0x${text}`)
  } catch {
    throw unusable(`${label}: ${name} holds a number that no key can be: make a new one`)
  }
}

async function fromKeystore(
  label: string,
  { keystore, passwordFile }: { readonly keystore: string; readonly passwordFile: string | null },
  deps: KeyDeps,
): Promise<Wallet> {
  const json = readText(keystore, `${label}: the keystore`)
  warnIfOpen(keystore, deps.warn)
  const password = await passwordOf(label, keystore, passwordFile, deps)
  try {
    // An own Wallet: what the keystore also held (a mnemonic) is dropped.
    return new Wallet((await Wallet.fromEncryptedJson(json, password)).privateKey)
  } catch (error) {
    const isPassword = error instanceof Error && /incorrect password/i.test(error.message)
    throw unusable(
      isPassword
        ? `${label}: the password does not open ${keystore}: check ${passwordFile ?? 'what was typed'}`
        : `${label}: ${keystore} is no encrypted keystore: make one with \`cast wallet import\` or geth`,
    )
  }
}

async function passwordOf(label: string, keystore: string, file: string | null, deps: KeyDeps): Promise<string> {
  if (file !== null) {
    // Editors end a file with a newline that is no part of the password.
    const password = readText(file, `${label}: the password file`).replace(/\r?\n$/, '')
    warnIfOpen(file, deps.warn)
    return password
  }
  if (deps.prompt === undefined)
    throw unusable(`${label}: ${keystore} needs a password and nobody is there to ask: write a passwordFile beside it`)
  return deps.prompt(`Password of ${label} (${keystore})`)
}

function freshRelay({ warn }: KeyDeps): Key {
  warn('no keys.relay: a fresh identity is used, so no relay will remember this keeper after a restart')
  return keyOf('relay', new Wallet(Wallet.createRandom().privateKey))
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    throw unusable(`${what} ${path} cannot be read (${code}): write the path of a file this user may read`)
  }
}

function warnIfOpen(path: string, warn: (text: string) => void): void {
  const mode = statSync(path).mode & 0o777
  if ((mode & 0o077) !== 0)
    warn(`${path} can be read by others (mode ${mode.toString(8).padStart(4, '0')}): run chmod 600 on it`)
}

const unusable = (message: string): KeeperError => new KeeperError('key-unusable', message)
