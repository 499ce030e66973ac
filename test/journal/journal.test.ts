import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { address } from '#core/address.ts'
import { openJournal, readJournal } from '../../src/journal/open-journal.ts'

const executor = address('0x5FbDB2315678afecb367f032d93F642f64180aa3')
const mine = { chainId: 1, executor }
const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'journal-')), 'plimsoll.sqlite')

describe('the journal', () => {
  it('keeps an intent whose process is killed right after it was made durable', () => {
    const path = newPath()
    const module = new URL('../../src/journal/open-journal.ts', import.meta.url).href
    const script = `import { openJournal } from '${module}'
      const journal = openJournal('${path}', { chainId: 1, executor: '${executor}' })
      await journal.append('intent', { planId: 'kept' })
      process.kill(process.pid, 'SIGKILL')`
    const ended = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], { cwd: process.cwd() })
    expect(ended.signal).toBe('SIGKILL')
    const journal = openJournal(path, mine)
    expect(journal.select({ streams: ['intent'] }).map(({ record }) => record.planId)).toEqual(['kept'])
    journal.close()
  })
})

describe('a journal is refused', () => {
  const refusal = (open: () => unknown): string => {
    try {
      open()
    } catch (error) {
      return (error as Error).message
    }
    return 'was opened'
  }

  it('while another keeper writes it, and free once that one has ended', () => {
    const path = newPath()
    const first = openJournal(path, mine)
    expect(refusal(() => openJournal(path, mine))).toMatch(/is written by another keeper: stop that one/)
    first.close()
    openJournal(path, mine).close()
  })

  it('while another keeper writes it, and changes nothing in it then', () => {
    const path = newPath()
    const dry = { ...mine, executor: 'none' } as const
    const first = openJournal(path, dry)
    expect(refusal(() => openJournal(path, mine))).toMatch(/is written by another keeper/)
    first.close()
    openJournal(path, dry).close()
  })

  it('when it belongs to another chain or executor', () => {
    const path = newPath()
    openJournal(path, mine).close()
    expect(refusal(() => openJournal(path, { ...mine, chainId: 10 }))).toMatch(/belongs to chain 1 .* not to chain 10/)
    expect(refusal(() => openJournal(path, { ...mine, executor: 'none' }))).toMatch(/write another journal.path/)
  })

  it('but not when a dry run wrote it before there was an executor', async () => {
    const path = newPath()
    const dry = openJournal(path, { ...mine, executor: 'none' })
    await dry.append('verdict', { planId: 'dry' })
    dry.close()
    const live = openJournal(path, mine)
    expect(live.select({}).map(({ record }) => record.planId)).toEqual(['dry'])
    live.close()
    const other = address('0x70997970C51812dc3A010C7d01b50e0d17dc79C8')
    expect(refusal(() => openJournal(path, { ...mine, executor: other }))).toMatch(/write another journal.path/)
  })

  it('when it is no database, or another program’s', () => {
    const text = newPath()
    writeFileSync(text, 'these are my notes, and they are longer than a header of a database is'.repeat(20))
    expect(refusal(() => openJournal(text, mine))).toMatch(/it is no journal, so write another journal.path/)
    const other = newPath()
    const database = new DatabaseSync(other)
    database.exec('CREATE TABLE theirs (x)')
    database.close()
    expect(refusal(() => openJournal(other, mine))).toMatch(/is a database of another program/)
  })

  it('when it is damaged', () => {
    const path = newPath()
    const database = openJournal(path, mine)
    database.close()
    const bytes = Buffer.alloc(8192, 7)
    writeFileSync(path, bytes, { flag: 'r+' })
    expect(refusal(() => openJournal(path, mine))).toMatch(/no journal|damaged/)
  })

  it('when its folder cannot be made', () => {
    expect(refusal(() => openJournal('/dev/null/journal.sqlite', mine))).toMatch(/check that the folder exists/)
  })

  it('when there is nothing to read', () => {
    expect(refusal(() => readJournal('/nowhere/j.sqlite'))).toMatch(/does not exist/)
  })
})
