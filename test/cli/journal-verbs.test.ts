import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Rec } from '#core/plain.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import { aSum } from '../builders/plan.ts'
import { command } from './command.ts'

const path = join(mkdtempSync(join(tmpdir(), 'verbs-')), 'plimsoll.sqlite')
const ether = 10n ** 18n
const position = '0x87870bca3f3fd6335c3f4ce8392d69350b4fa4e2/0xe9526c72f5ffb2b0e8d7d1f1c1d3f9ea11118698'
const other = '0x87870bca3f3fd6335c3f4ce8392d69350b4fa4e2/0x00000000000000000000000000000000000000aa'
const intent = (plan: string): Rec => ({
  plan,
  strategy: 'aave-v3',
  trigger: 'update-landed',
  via: 'bundle',
  block: 101,
  nonce: 7,
  steps: [{ position }],
  sum: aSum(),
})

beforeAll(async () => {
  const journal = openJournal(path, { chainId: 1, executor: 'none' })
  const skip = { block: 100, trigger: 'head', do: 'skip', reason: 'no-route', detail: 'no pool takes it', plan: null }
  await journal.append('verdict', { ...skip, positions: [other] })
  await journal.append('verdict', {
    block: 101,
    trigger: 'head',
    do: 'act',
    reason: null,
    positions: [position],
    plan: { id: '0xp1', sum: aSum() },
  })
  await journal.append('intent', intent('0xp1'))
  await journal.append('attempt', { plan: '0xp1', status: 'sent', block: 101, detail: '' })
  await journal.append('attempt', { plan: '0xp1', status: 'included', block: 101, detail: 'in block 101' })
  const actual = aSum({ gas: -ether / 50n })
  await journal.append('receipt', {
    plan: '0xp1',
    receipt: { plan: '0xp1', transactionHash: '0x77', status: 'included', block: 101, actual },
  })
  await journal.append('intent', intent('0xp2'))
  await journal.append('attempt', {
    plan: '0xp2',
    status: 'dropped',
    block: 101,
    detail: 'not in the block it was meant for',
  })
  await journal.append('undone', { from: 99, to: 99, hashes: ['0x99'] })
  journal.close()
})

const plimsoll = (...args: string[]) => command([...args, '--journal', path])

describe('plimsoll history', () => {
  it('joins what was foreseen with what came of it', async () => {
    const rows = JSON.parse((await plimsoll('history', '--json')).out)
    expect(rows).toMatchObject([
      {
        plan: '0xp1',
        status: 'included',
        tx: '0x77',
        positions: [position],
        net: { predicted: '990000000000000000', actual: '980000000000000000' },
      },
      { plan: '0xp2', status: 'dropped', tx: null, net: { actual: null } },
    ])
    expect((await plimsoll('history')).out).toMatch(
      /included[\s\S]*0\.990000[\s\S]*0\.980000[\s\S]*2 plans, 0\.980000 ether realised/,
    )
  })

  it('can be narrowed', async () => {
    expect(JSON.parse((await plimsoll('history', '--status', 'dropped', '--json')).out)).toHaveLength(1)
    expect(JSON.parse((await plimsoll('history', '--limit', '1', '--json')).out)).toMatchObject([{ plan: '0xp2' }])
    expect(await plimsoll('history', '--since', 'yesterday')).toMatchObject({ code: 2 })
  })
})

describe('plimsoll without a configuration', () => {
  it('says which file is missing and how to give it', async () => {
    const ended = await command(['config'])
    expect(ended.code).toBe(2)
    expect(ended.said).toMatch(/there is no plimsoll.yaml here[\s\S]*chain.id is missing[\s\S]*--config <file>/)
    const named = await command(['config', '--config', '/nowhere/plimsoll.yaml'])
    expect(named).toMatchObject({ code: 2, said: expect.stringContaining('/nowhere/plimsoll.yaml cannot be read') })
  })

  it('knows its verbs', async () => {
    expect(await command(['scna'])).toMatchObject({ code: 2, said: expect.stringContaining('Did you mean scan?') })
    expect(await command([])).toMatchObject({ code: 2 })
    for (const verb of [
      'demo',
      'run',
      'scan',
      'explain',
      'history',
      'misses',
      'study',
      'doctor',
      'deploy',
      'withdraw',
      'guards',
      'config',
    ]) {
      const ended = await command(['help', verb])
      expect(ended, verb).toMatchObject({ code: 0, out: expect.stringContaining('Examples:') })
    }
  })
})

describe('plimsoll explain', () => {
  it('tells a position’s whole story by its owner alone, with every term of the sum', async () => {
    const { out, code } = await plimsoll('explain', '0xe9526c72f5ffb2b0e8d7d1f1c1d3f9ea11118698')
    expect(code).toBe(0)
    expect(out).toMatch(
      /verdict +block 101, head: act[\s\S]*intent[\s\S]*sent[\s\S]*included: in block 101[\s\S]*receipt +included in block 101: 0x77/,
    )
    expect(out).toMatch(/gas +-20000000000000000 wei/)
    expect(out).toMatch(/net +980000000000000000 wei/)
    expect(out).not.toContain('no-route')
  })

  it('gives the reason where nothing was done', async () => {
    expect((await plimsoll('explain', other)).out).toContain('skip, no-route: no pool takes it')
  })

  it('marks what was said upon a block that a reorg took away, and nothing else', async () => {
    expect((await plimsoll('explain', other)).out).toMatch(/no-route: .* \(of a block that was reorganised away\)/)
    expect((await plimsoll('explain', '0xe9526c72')).out).not.toContain('reorganised away')
  })

  it('follows a transaction back to its verdict', async () => {
    const streams = JSON.parse((await plimsoll('explain', '0x77', '--json')).out).map(
      (entry: { stream: string }) => entry.stream,
    )
    expect(streams).toEqual(['verdict', 'intent', 'attempt', 'attempt', 'receipt'])
  })
})
