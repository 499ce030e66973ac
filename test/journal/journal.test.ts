import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { address } from '#core/address.ts'
import type { Rec } from '#core/plain.ts'
import { openJournal, readJournal } from '../../src/journal/open-journal.ts'

const executor = address('0x5FbDB2315678afecb367f032d93F642f64180aa3')
const mine = { chainId: 1, executor }
const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'journal-')), 'plimsoll.sqlite')
const all = async (records: AsyncIterable<Rec>): Promise<Rec[]> => {
  const found: Rec[] = []
  for await (const record of records) found.push(record)
  return found
}

describe('the journal', () => {
  it('gives back what was appended, in order, amounts to the wei, after a restart', async () => {
    const path = newPath()
    const first = openJournal(path, mine)
    await first.append('intent', { planId: 'a', net: 123_456_789_012_345_678_901n })
    await Promise.all([first.append('verdict', { n: 1 }), first.append('verdict', { n: 2 })])
    first.close()
    const second = openJournal(path, mine)
    await second.append('verdict', { n: 3 })
    expect(await all(second.read('verdict', 0))).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    expect(await all(second.read('verdict', 2))).toEqual([{ n: 3 }])
    expect(await all(second.read('intent', 0))).toEqual([{ planId: 'a', net: 123_456_789_012_345_678_901n }])
    second.close()
  })

  it('commits what came before a durable record together with it', async () => {
    const path = newPath()
    const journal = openJournal(path, mine)
    void journal.append('verdict', { planId: 'early' })
    await journal.append('intent', { planId: 'late' })
    const reader = readJournal(path)
    expect(reader.select({}).map(({ record }) => record.planId)).toEqual(['early', 'late'])
    reader.close()
    journal.close()
  })

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

  it('finds everything that speaks of a position, a plan or a transaction', async () => {
    const journal = openJournal(newPath(), mine)
    await journal.append('verdict', { do: 'skip', reason: 'no-route', positions: ['aave-v3:0xaa', 'aave-v3:0xbb'] })
    await journal.append('verdict', {
      do: 'act',
      plan: { id: 'p1', steps: [{ opportunity: { positions: ['aave-v3:0xbb'] } }] },
    })
    await journal.append('receipt', { plan: 'p1', transactionHash: '0x77', status: 'included' })
    const streams = (kind: 'position' | 'plan' | 'transaction', id: string) =>
      journal.select({ about: { kind, id } }).map(({ stream }) => stream)
    expect(streams('position', 'aave-v3:0xbb')).toEqual(['verdict', 'verdict'])
    expect(streams('plan', 'p1')).toEqual(['verdict', 'receipt'])
    expect(streams('transaction', '0x7')).toEqual(['receipt'])
    expect(journal.select({ limit: 1 }).map(({ stream }) => stream)).toEqual(['receipt'])
    journal.close()
  })

  it('carries ten thousand verdicts without a commit for each', async () => {
    const journal = openJournal(newPath(), mine)
    await Promise.all(Array.from({ length: 10_000 }, (_, n) => journal.append('verdict', { n })))
    expect(await all(journal.read('verdict', 9_998))).toEqual([{ n: 9_998 }, { n: 9_999 }])
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
