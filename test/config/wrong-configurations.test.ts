import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isKeeperError } from '#core/error.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { registry } from './registry.ts'

/**
 * Every file of `wrong/` is a configuration with one mistake, and `wrong.txt` holds the message each gets, as an
 * operator would read it. A line `# env: A=b` or `# flag: chain.id=1` in a file is given beside it.
 */
const folder = new URL('wrong/', import.meta.url)
const files = readdirSync(folder).sort()
const given = (text: string, kind: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(new RegExp(`^# ${kind}: ([^=]+)=(.*)$`, 'gm'))].map(([, key, value]) => [key, value]),
  )

function messageOf(file: string): string {
  const text = readFileSync(new URL(file, folder), 'utf8')
  try {
    loadConfig({ file: `/nowhere/${file}`, text, env: given(text, 'env'), flags: given(text, 'flag'), registry })
  } catch (error) {
    if (isKeeperError(error, 'bad-config')) return error.message
    throw error
  }
  return 'was accepted'
}

describe('a wrong configuration is refused with the line, what is wrong and what to do', () => {
  it('for at least forty mistakes', () => {
    expect(files.length).toBeGreaterThanOrEqual(40)
  })

  it('in the words of wrong.txt', async () => {
    const all = files.map((file) => `${messageOf(file)}\n`).join('\n')
    await expect(all).toMatchFileSnapshot('wrong.txt')
  })

  it.each(files)('%s names a line, and accepts nothing', (file) => {
    for (const line of messageOf(file).split('\n')) {
      expect(line).toMatch(/^(\S+\.yaml:\d+|PLIMSOLL_\w+ \(environment\)|--[\w-]+ \(flag\)): \S/)
    }
  })

  it('never repeats a secret', () => {
    const all = files.map(messageOf).join('\n')
    expect(all).not.toContain('node.example')
    expect(all).not.toContain('abababab')
  })
})
