import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isKeeperError } from '#core/error.ts'
import type { Rec } from '#core/plain.ts'
import { createReload } from '../../src/cli/reload.ts'
import { fields } from '../../src/config/fields.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { registry } from '../config/registry.ts'

const smallest = `
chain: { id: 31337, rpc: 'http://127.0.0.1:8545', wrappedNative: 0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2 }
protocols: { aave-v3: [mainnet] }
flash: { morpho: [mainnet] }
`

function setUp() {
  const file = join(mkdtempSync(join(tmpdir(), 'reload-')), 'plimsoll.yaml')
  const write = (more: string): void => writeFileSync(file, `${smallest}${more}\n`)
  const load = () => loadConfig({ file, env: {}, flags: {}, registry })
  write('')
  const heard = { commands: [] as Rec[], limits: [] as unknown[], records: [] as Rec[], warnings: [] as string[] }
  const reload = createReload({
    config: load(),
    read: async () => load(),
    command: (body) => void heard.commands.push(body),
    limit: (limits) => void heard.limits.push(limits),
    store: { append: async (stream, record) => void heard.records.push({ stream, ...record }) },
    observe: {
      reloaded: () => undefined,
      warning: (text) => void heard.warnings.push(text),
      failed: () => undefined,
    },
  })
  return { write, reload, heard }
}

describe('a configuration read again', () => {
  it('puts limits and policy in force, journals what was and is, and a second time changes nothing', async () => {
    const { write, reload, heard } = setUp()
    write('guards: { dailyLossWei: 1 ether, markets: [0xaa] }\nsubmission: { minimumNetWei: 2 ether, lateMs: 1000 }')
    const { changed, waiting } = await reload()
    expect(changed.map(({ name }) => name).sort()).toEqual(
      ['guards.dailyLossWei', 'guards.markets', 'submission.lateMs', 'submission.minimumNetWei'].sort(),
    )
    expect(waiting).toEqual([])
    expect(heard.limits).toMatchObject([{ dailyLossWei: 10n ** 18n, markets: ['0xaa'] }])
    expect(heard.commands).toMatchObject([{ policy: { minimumNet: 2n * 10n ** 18n, lateMs: 1_000 } }])
    expect(heard.records).toMatchObject([
      { stream: 'reload', changed: expect.arrayContaining([{ name: 'submission.lateMs', from: '4000', to: '1000' }]) },
    ])
    expect((await reload()).changed).toEqual([])
    expect(heard.commands).toHaveLength(1)
  })

  it('names what needs a new start, and still does the rest', async () => {
    const { write, reload, heard } = setUp()
    write(`journal: { path: other.sqlite }\nguards: { dailyGasWei: 1 ether }\nsubmission: { blocks: 7 }`)
    const { changed, waiting } = await reload()
    expect(changed.map(({ name }) => name)).toEqual(['guards.dailyGasWei'])
    expect(waiting.map(({ name }) => name)).toEqual(['submission.blocks', 'journal.path'])
    expect(heard.limits).toHaveLength(1)
    // It is said again each time, for as long as it is so.
    expect((await reload()).waiting).toHaveLength(2)
  })

  it('that is wrong in one place changes nothing at all, and says where', async () => {
    const { write, reload, heard } = setUp()
    write('guards: { dailyLossWei: 1 ether }\nsubmission: { lateMs: soon }')
    const failure = await reload().catch((error: unknown) => error)
    expect(isKeeperError(failure, 'bad-config')).toBe(true)
    expect(heard.warnings).toEqual([
      expect.stringMatching(/nothing has changed:\nplimsoll.yaml:\d+: submission.lateMs/),
    ])
    expect([heard.commands, heard.limits, heard.records]).toEqual([[], [], []])
  })

  it('shows nothing of a secret that changed', async () => {
    const { write, reload } = setUp()
    write('journal: { url: "postgres://me:hunter2@db/plimsoll" }')
    const { waiting } = await reload()
    expect(waiting).toEqual([{ name: 'journal.url', isHot: false, from: '[secret]', to: '[secret]' }])
  })

  it('can change no key, node or executor', () => {
    const hot = fields.filter(({ isHot }) => isHot).map(({ name }) => name)
    expect(hot.filter((name) => /^(chain|executor|keys|journal|http|protocols)/.test(name))).toEqual([])
    expect(hot).toContain('guards.dailyLossWei')
  })
})
