import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { encryptKeystoreJsonSync } from 'ethers'
import { describe, expect, it } from 'vitest'
import { openKeys } from '../../src/keys/open-keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'keys-'))
const privateKey = `0x${'4a'.repeat(32)}`
const other = `0x${'5b'.repeat(32)}`
const password = 'correct horse battery staple'
const file = (name: string, text: string, mode = 0o600): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}
const { Wallet } = await import('ethers')
const own = new Wallet(privateKey)
// Cheap on purpose: what is tested is reading, not the strength of scrypt.
const json = encryptKeystoreJsonSync({ address: own.address, privateKey }, password, {
  scrypt: { N: 1024, r: 8, p: 1 },
})
const keystore = file('key.json', json)
const passwordFile = file('password', `${password}\n`)

const said: string[] = []
const open = async (
  operators: Parameters<typeof openKeys>[0]['operators'],
  rest: Partial<Parameters<typeof openKeys>[1]> = {},
  relay: Parameters<typeof openKeys>[0]['relay'] = null,
) => {
  said.length = 0
  try {
    const keys = await openKeys({ operators, relay }, { env: {}, warn: (text) => said.push(text), ...rest })
    said.push(
      inspect(keys, { depth: 9 }),
      JSON.stringify(keys),
      String(keys.operators[0]?.wallet()),
      inspect(keys.operators[0]?.signer),
    )
    return keys
  } catch (error) {
    said.push(inspect(error, { depth: 9 }), (error as Error).message)
    throw error
  }
}

describe('a key', () => {
  it('is opened from a keystore with a password file', async () => {
    const keys = await open([{ keystore, passwordFile }])
    expect(keys.operators[0]?.address).toBe(own.address.toLowerCase())
  })

  it('is opened from a keystore with a password that is asked for', async () => {
    const asked: string[] = []
    const prompt = async (question: string) => {
      asked.push(question)
      return password
    }
    expect((await open([{ keystore, passwordFile: null }], { prompt })).operators).toHaveLength(1)
    expect(asked[0]).toContain('operator 1')
  })

  it('comes from the environment with a warning', async () => {
    await open([{ env: 'MY_KEY' }], { env: { MY_KEY: privateKey } })
    expect(said[0]).toMatch(/comes from MY_KEY: .* use a keystore/)
  })

  it('of the relay is a fresh one where none is named, with a warning', async () => {
    const keys = await open([{ env: 'MY_KEY' }], { env: { MY_KEY: privateKey } })
    expect(keys.relay.address).not.toBe(keys.operators[0]?.address)
    expect(said.join()).toMatch(/no keys.relay/)
  })
})

describe('a key is refused', () => {
  const key = { MY_KEY: privateKey, OTHER: other }
  it.each([
    ['a wrong password', [{ keystore, passwordFile: file('wrong', 'not it') }], /the password does not open .* check/],
    ['no keystore there', [{ keystore: '/nowhere/k.json', passwordFile }], /cannot be read \(ENOENT\)/],
    ['no password file there', [{ keystore, passwordFile: '/nowhere/p' }], /the password file .* cannot be read/],
    ['a file that is no keystore', [{ keystore: file('notes', '{}'), passwordFile }], /is no encrypted keystore/],
    ['nobody to ask', [{ keystore, passwordFile: null }], /nobody is there to ask: write a passwordFile/],
    ['a variable that is not set', [{ env: 'NOT_SET' }], /NOT_SET is not set: export it/],
    ['a variable that holds no key', [{ env: 'SHORT' }], /SHORT holds no private key/],
    ['one operator twice', [{ env: 'MY_KEY' }, { keystore, passwordFile }], /operator 2 is operator 1 once more/],
  ])('for %s', async (_what, operators, message) => {
    await expect(open(operators, { env: { ...key, SHORT: '0x1234' } })).rejects.toThrow(message)
  })

  it('as relay when it is an operator', async () => {
    await expect(open([{ env: 'MY_KEY' }], { env: key }, { keystore, passwordFile })).rejects.toThrow(
      /relay key is an operator/,
    )
  })
})

describe('a file others can read', () => {
  it('is warned about, key and password alike', async () => {
    const openKey = file('open.json', json, 0o644)
    const openWord = file('open-word', password, 0o640)
    await open([{ keystore: openKey, passwordFile: openWord }])
    expect(said.filter((text) => /run chmod 600/.test(text)).map((text) => /mode (\d+)/.exec(text)?.[1])).toEqual([
      '0644',
      '0640',
    ])
  })
})

describe('no secret is in any output', () => {
  it('neither when a key opens nor when it does not', async () => {
    const all: string[] = []
    const env = { MY_KEY: privateKey, OTHER: other, SHORT: privateKey.slice(0, 40) }
    for (const source of [
      { keystore, passwordFile },
      { env: 'MY_KEY' },
      { env: 'SHORT' },
      { keystore: passwordFile, passwordFile },
      { keystore, passwordFile: keystore },
    ]) {
      await open([source], { env }).catch(() => null)
      all.push(...said)
    }
    const text = all.join('\n').toLowerCase()
    expect(text.length).toBeGreaterThan(500)
    for (const secret of [privateKey.slice(2), privateKey.slice(2, 34), other.slice(2, 34), password]) {
      expect(text).not.toContain(secret)
    }
  })
})
