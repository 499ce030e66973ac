import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { killFile } from '../../src/guards/kill-file.ts'

describe('the kill file', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'kill-')), 'plimsoll.kill')

  it('is there from when it is made until it is removed', () => {
    const [operator, keeper] = [killFile(path), killFile(path)]
    expect(keeper.isThere()).toBe(false)
    operator.make('odd prices')
    expect(keeper.isThere()).toBe(true)
    operator.remove()
    operator.remove()
    expect(keeper.isThere()).toBe(false)
  })

  it('holds back where nobody can tell whether it is there', () => {
    const keeper = killFile(join(path, 'below', 'plimsoll.kill'))
    killFile(path).make('a file, and no folder')
    expect(keeper.isThere()).toBe(true)
    killFile(path).remove()
    expect(keeper.isThere()).toBe(false)
  })

  it('holds back where it cannot be read, and says why', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'kill-')), 'plimsoll.kill')
    mkdirSync(folder)
    expect(killFile(folder).read()).toEqual({ why: 'it cannot be read (EISDIR)', sinceMs: expect.any(Number) })
    expect(killFile(`${folder}.none`).read()).toBeNull()
  })

  it('carries each wish to close a guard to the keeper once', () => {
    const [operator, keeper] = [killFile(path), killFile(path)]
    operator.askToClose('kill')
    operator.askToClose('too-good:aave-v3')
    operator.askToClose('kill')
    expect(keeper.takeAsked()).toEqual(['kill', 'too-good:aave-v3'])
    expect(keeper.takeAsked()).toEqual([])
  })
})
