import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openToken } from '../../src/console/open-token.ts'

const file = join(mkdtempSync(join(tmpdir(), 'token-')), 'plimsoll.token')

it('makes a token for its owner’s eyes and keeps it, but not one that others could read', () => {
  const { text } = openToken(null, file)
  expect([statSync(file).mode & 0o777, readFileSync(file, 'utf8').trim()]).toEqual([0o600, text])
  expect(openToken(null, file).text).toBe(text)
  chmodSync(file, 0o644)
  expect(openToken(null, file).text).not.toBe(text)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it('leaves a file alone that holds something else: it may be a key', () => {
  const keystore = '{"crypto":{}}'
  writeFileSync(file, keystore, { mode: 0o600 })
  expect(() => openToken(null, file)).toThrow(/holds something else than a token/)
  expect(readFileSync(file, 'utf8')).toBe(keystore)
})
