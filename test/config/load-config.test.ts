import { describe, expect, it } from 'vitest'
import { discover } from '../../src/config/discover.ts'
import { fields } from '../../src/config/fields.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { redacted } from '../../src/config/redacted.ts'
import { registry } from './registry.ts'

const smallest = `
chain: { id: 31337, rpc: 'http://127.0.0.1:8545', wrappedNative: 0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2 }
protocols: { aave-v3: [mainnet] }
flash: { morpho: [mainnet] }
`
const load = (text: string, env: Record<string, string> = {}, flags: Record<string, string> = {}) =>
  loadConfig({ file: '/etc/plimsoll/plimsoll.yaml', text, env, flags, registry })

describe('a configuration', () => {
  it('needs three groups, and is a dry run unless it says otherwise', () => {
    const config = load(smallest)
    expect(config.submission.dryRun).toBe(true)
    expect(config.chain.wrappedNative).toBe('0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2')
    expect(config.protocols.map(({ label }) => label)).toEqual(['aave-v3:mainnet'])
    expect(config.executor).toBeNull()
  })

  it('takes a flag before the environment, that before the file, that before the default', () => {
    const file = `${smallest}\nlog: { level: warn }`
    expect(load(smallest).log.level).toBe('info')
    expect(load(file).log.level).toBe('warn')
    expect(load(file, { PLIMSOLL_LOG_LEVEL: 'error' }).log.level).toBe('error')
    expect(load(file, { PLIMSOLL_LOG_LEVEL: 'error' }, { 'log.level': 'fatal' }).log.level).toBe('fatal')
  })

  it('reads amounts with units, to the wei', () => {
    const guards = 'guards: { dailyLossWei: 1.000000000000000001 ether, dailyGasWei: 123456789012345678901 }'
    const config = load(`${smallest}\n${guards}`)
    expect(config.guards.dailyLossWei).toBe(1_000_000_000_000_000_001n)
    expect(config.guards.dailyGasWei).toBe(123_456_789_012_345_678_901n)
  })

  it('replaces references to the environment', () => {
    const config = load(smallest.replace('http://127.0.0.1:8545', 'https://${HOST}/v1'), { HOST: 'node.example' })
    expect(config.chain.rpc).toBe('https://node.example/v1')
  })

  it("resolves the file's paths against the file, a flag's against the working folder", () => {
    expect(load(smallest).journal.path).toBe('/etc/plimsoll/plimsoll.sqlite')
    expect(load(`${smallest}\njournal: { path: /var/x.sqlite }`).journal.path).toBe('/var/x.sqlite')
    expect(load(smallest).snapshot.path).toBe('/etc/plimsoll/plimsoll.book')
    expect(load(`${smallest}\nsnapshot: { path: none }`).snapshot.path).toBeNull()
    expect(load(`${smallest}\nsnapshot: { path: '' }`).snapshot.path).toBeNull()
    expect(load(smallest, {}, { 'snapshot.path': 'none' }).snapshot.path).toBeNull()
    expect(load(smallest, {}, { 'journal.path': 'here.sqlite' }).journal.path).toBe(`${process.cwd()}/here.sqlite`)
  })

  it('takes lists by comma outside the file', () => {
    const hubs = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8, 0x5FbDB2315678afecb367f032d93F642f64180aa3'
    expect(load(smallest, { PLIMSOLL_HUBS: hubs }).hubs).toHaveLength(2)
  })

  it('hides what is secret when it is shown', () => {
    const text = smallest.replace('http://127.0.0.1:8545', 'https://user:word@node.example/v1/apikey?x=1')
    const shown = JSON.stringify(redacted(load(text)))
    expect(shown).toContain('https://node.example/[secret]')
    for (const part of ['apikey', 'word', 'x=1']) expect(shown).not.toContain(part)
  })
})

describe('every setting', () => {
  it('is documented, and has a variable and a flag of its own', () => {
    expect(fields.length).toBeGreaterThan(30)
    for (const field of fields) expect(field.doc, field.name).toMatch(/\.$/)
    const flags = fields.flatMap(({ flag }) => (flag === null ? [] : [flag]))
    expect(new Set(flags).size).toBe(flags.length)
    expect(flags).toContain('--chain-block-seconds')
  })
})

describe('discovery', () => {
  it('finds nothing in folders that are not there', async () => {
    const found = await discover(new URL('file:///nowhere/'))
    expect([found.strategies.size, found.venues.size, found.exits.size, found.flash.size]).toEqual([0, 0, 0, 0])
  })

  it('loads what the project has, each under the name of its folder', async () => {
    const found = await discover()
    for (const [name, definition] of found.strategies) expect(definition.name).toBe(name)
  })
})
