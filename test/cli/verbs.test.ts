import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Address, address, checksummed } from '#core/address.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { command, everything, start } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'verbs-'))
const file = join(folder, 'plimsoll.yaml')
let sandbox: Sandbox
let env: Record<string, string>
let mining: NodeJS.Timeout
let executor: Address

/** Writes the configuration an operator would have, with what is to be different. */
const configure = (
  given: { executor?: Address | null; dryRun?: boolean; change?: (text: string) => string } = {},
): void => {
  const text = sandboxConfig(sandbox, {
    executor: given.executor === undefined ? executor : given.executor,
    journalPath: join(folder, 'journal.sqlite'),
    dryRun: given.dryRun ?? true,
  })
  const change = given.change ?? ((same) => same)
  writeFileSync(file, change(`${text}http:\n  port: 0\n`))
}
const plimsoll = (...args: string[]) => command([...args, '--config', file], env)

beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few' })
  env = { ...sandboxEnv(sandbox), DEPLOYER_KEY: sandbox.accounts.deployer.privateKey }
  let isMining = false
  mining = setInterval(async () => {
    if (isMining) return
    isMining = true
    await sandbox.mine().catch(() => null)
    isMining = false
  }, 100)
})
afterAll(async () => {
  clearInterval(mining)
  await sleep(300)
  await sandbox.stop()
})

describe('plimsoll deploy', () => {
  const { owner, sink } = { owner: () => sandbox.accounts.owner.address, sink: () => sandbox.accounts.sink.address }

  it('shows what it would do, and sends nothing without --yes', async () => {
    configure({ executor: null })
    const before = sandbox.sends()
    const ended = await plimsoll('deploy', '--owner', owner(), '--sink', sink())
    expect(ended.code).toBe(0)
    expect(ended.said).toMatch(/owner .*\nsink .*\noperators .*\n[\s\S]*may +call 0x00a718a9[\s\S]*Nothing was sent/)
    expect(sandbox.sends()).toBe(before)
  })

  it('refuses an address with a wrong checksum and a delay too short', async () => {
    const wrong = checksummed(owner()).replace(/[a-f]/, (letter) => letter.toUpperCase())
    expect(await plimsoll('deploy', '--owner', wrong, '--sink', sink())).toMatchObject({ code: 2 })
    const short = await plimsoll('deploy', '--owner', owner(), '--sink', sink(), '--delay', '60')
    expect(short).toMatchObject({ code: 2, said: expect.stringContaining('write seconds from 3600 to 7776000') })
  })

  it('puts the executor on the chain, reads it back and prints the lines to configure', async () => {
    const ended = await plimsoll('deploy', '--owner', owner(), '--sink', sink(), '--key-env', 'DEPLOYER_KEY', '--yes')
    expect(ended.said).toContain('code, owner, sink, operators and registry were read back')
    expect(ended.code).toBe(0)
    executor = address(/address: "(0x\w{40})"/.exec(ended.out)?.[1] ?? '')
    expect(ended.out).toContain(`sink: "${checksummed(sink())}"`)
  })
})

describe('plimsoll doctor', () => {
  it('finds nothing to mend in what deploy made', async () => {
    configure({ dryRun: false })
    const ended = await plimsoll('doctor', '--json')
    const checks = JSON.parse(ended.out) as { name: string; state: string; found: string }[]
    expect(checks.filter(({ state }) => state === 'failure')).toEqual([])
    expect(ended.code).toBe(0)
    const names = checks.map(({ name }) => name)
    for (const name of [
      'chain',
      'logs',
      'simulation',
      'lane',
      'executor code',
      'executor sink',
      'registry',
      'feeds',
      'pools',
    ])
      expect(names).toContain(name)
  })

  it('lists the token that nobody trades, and ends well all the same', async () => {
    configure({ dryRun: false })
    const ended = await plimsoll('doctor')
    expect(ended.code).toBe(0)
    expect(ended.out).toMatch(/On the chain and not served:[\s\S]*aave-v3:1 .*ORPHAN 0x.*no-exit/)
    const rows = JSON.parse((await plimsoll('doctor', '--json')).out) as { unserved?: { symbol: string } }[]
    expect(new Set(rows.flatMap(({ unserved }) => unserved?.symbol ?? []))).toEqual(new Set(['ORPHAN']))
  })

  it('names what is wrong and ends with 4', async () => {
    const stranger = checksummed(sandbox.accounts.trader.address)
    configure({ change: (text) => text.replace(/ {2}sink: .*/, `  sink: "${stranger}"`) })
    const ended = await plimsoll('doctor', '--quick')
    expect(ended.code).toBe(4)
    expect(ended.out).toMatch(/FAIL.*executor sink/)
  })
})

describe('on a rollup', () => {
  const oracle = '0x420000000000000000000000000000000000000f'
  it('an executor that counts no data fee is found out, and still emptied', async () => {
    configure()
    await sandbox.rpc.request('anvil_setCode', [oracle, '0x00'])
    try {
      const ended = await plimsoll('doctor', '--quick')
      expect(ended.code).toBe(4)
      expect(ended.out).toMatch(/FAIL.*the chain takes data fees \(op-stack\), the executor counts none/)
      expect((await plimsoll('run')).code).toBe(4)
      expect((await plimsoll('withdraw')).code).toBe(0)
      const { owner, sink } = sandbox.accounts
      const shown = await plimsoll('deploy', '--owner', owner.address, '--sink', sink.address)
      expect(shown.said).toContain('data fees  op-stack')
    } finally {
      await sandbox.rpc.request('anvil_setCode', [oracle, '0x'])
    }
  })
})

describe('a run does not start', () => {
  const lineOf = (word: string): number =>
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(word)) + 1

  it('on another chain, and says on which line that is', async () => {
    configure({ change: (text) => text.replace(/ {2}id: \d+/, '  id: 1') })
    const ended = await plimsoll('run')
    expect(ended).toMatchObject({ code: 4 })
    expect(ended.said).toContain(`plimsoll.yaml:${lineOf('  id: 1')}: chain.id is 1, the node answers 31337`)
  })

  it('regression 6: with someone else’s sink', async () => {
    const stranger = checksummed(sandbox.accounts.trader.address)
    configure({ dryRun: false, change: (text) => text.replace(/ {2}sink: .*/, `  sink: "${stranger}"`) })
    const ended = await plimsoll('run')
    expect(ended).toMatchObject({ code: 4 })
    expect(ended.said).toContain(`plimsoll.yaml:${lineOf('  sink:')}: executor.sink is ${stranger}, the executor pays`)
  })

  it('with an operator the executor does not know, or where there is no executor', async () => {
    configure({ dryRun: false })
    const ended = await command(['run', '--config', file], { ...env, DEMO_OPERATOR_0_KEY: `0x${'77'.repeat(32)}` })
    expect(ended).toMatchObject({ code: 4, said: expect.stringContaining('is no operator of the executor') })
    configure({ executor: sandbox.accounts.trader.address })
    expect(await plimsoll('run')).toMatchObject({ code: 4, said: expect.stringContaining('there is no executor at') })
  })

  it('with an address that is no contract, and says on which line that is', async () => {
    const nobody = checksummed(sandbox.accounts.trader.address)
    configure({ change: (text) => text.replace(/( {4}- factory: ).*/, `$1"${nobody}"`) })
    const ended = await plimsoll('run')
    expect(ended).toMatchObject({ code: 4 })
    expect(ended.said).toContain(
      `plimsoll.yaml:${lineOf('uniswap-v3:')}: factory of uniswap-v3:1 is ${nobody}, where chain 31337 has no contract`,
    )
  })

  it('with a node that does not answer', async () => {
    configure({ change: (text) => text.replace(/ {2}rpc: .*/, '  rpc: http://127.0.0.1:1') })
    expect(await plimsoll('run')).toMatchObject({ code: 3, said: expect.stringContaining('cannot be reached') })
  })
})

describe('plimsoll run', () => {
  it('lives as a dry run, sends nothing, and ends cleanly when told', async () => {
    configure()
    const sends = sandbox.sends()
    const running = start(['run', '--config', file], env)
    const ready = async (): Promise<number> => {
      const port = /"port":(\d+)/.exec(running.said())?.[1]
      return port === undefined ? 0 : (await fetch(`http://127.0.0.1:${port}/readyz`)).status
    }
    await expect.poll(ready, { timeout: 20_000, interval: 100 }).toBe(200)
    expect(running.said()).toContain('DRY RUN')
    const busy = await plimsoll('run')
    expect(busy).toMatchObject({ code: 1, said: expect.stringContaining('is written by another keeper') })
    const withdrawal = await plimsoll('withdraw', '--yes')
    expect(withdrawal.said).toMatch(
      /nothing stands in the executor|a keeper runs with this operator's key .*stop it first/,
    )
    running.stop('SIGINT')
    expect(await running.ended).toMatchObject({ code: 0 })
    expect(sandbox.sends()).toBe(sends)
  })

  it('leaves a journal that history and explain can read', async () => {
    expect(await plimsoll('history', '--json')).toMatchObject({ code: 0 })
    expect(await plimsoll('explain', '0x1234567890')).toMatchObject({
      code: 2,
      said: expect.stringContaining('knows nothing'),
    })
  })
})

describe('plimsoll scan', () => {
  it('lists positions by their health, without a key', async () => {
    configure({ executor: null })
    const ended = await command(['scan', '--config', file, '--below', '3', '--json'])
    expect(ended.said).not.toContain('bug')
    const { positions } = JSON.parse(ended.out) as { positions: { healthFactor: string; owner: string }[] }
    expect(positions.length).toBeGreaterThan(0)
    const healths = positions.map(({ healthFactor }) => BigInt(healthFactor))
    expect(healths).toEqual([...healths].sort((a, b) => (a < b ? -1 : 1)))
    expect((await command(['scan', '--config', file, '--below', '3'])).out).toMatch(/protocol.*owner.*health/)
  })
})

describe('plimsoll guards', () => {
  it('kills by hand and lets go on', async () => {
    configure()
    expect((await plimsoll('guards')).out).toContain('Nothing holds sending back')
    await plimsoll('guards', 'kill', 'odd prices')
    expect((await plimsoll('guards')).out).toContain('kill')
    expect(await plimsoll('guards', 'close', 'kill')).toMatchObject({ code: 0 })
    expect((await plimsoll('guards')).out).toContain('Nothing holds sending back')
    expect(await plimsoll('guards', 'close', 'kill')).toMatchObject({ code: 2 })
  })
})

describe('plimsoll withdraw', () => {
  it('moves what stands in the executor to its sink', async () => {
    configure()
    const value = '0xde0b6b3a7640000'
    const [{ deployer, sink }, weth] = [sandbox.accounts, sandbox.addresses.weth]
    await sandbox.rpc.request('anvil_setBalance', [deployer.address, '0x56bc75e2d63100000'])
    await sandbox.rpc.request('anvil_impersonateAccount', [deployer.address])
    const sent = { from: deployer.address, maxFeePerGas: '0x174876e800', gas: '0x30d40' }
    await sandbox.rpc.request('eth_sendTransaction', [{ ...sent, to: weth, value, data: '0xd0e30db0' }])
    await sleep(400)
    const transfer = `0xa9059cbb${executor.slice(2).padStart(64, '0')}${value.slice(2).padStart(64, '0')}`
    await sandbox.rpc.request('eth_sendTransaction', [{ ...sent, to: weth, data: transfer }])
    await sleep(400)
    const shown = await plimsoll('withdraw')
    expect(shown.said).toMatch(/1\.000000 of the wrapped native token\nNothing was sent/)
    const moved = await plimsoll('withdraw', '--yes', '--json')
    expect(moved.said).toMatch(/1\.000000 of the wrapped native token moved to 0x\w{40}: 0x\w{64}/)
    const balance = await sandbox.rpc.request('eth_call', [
      { to: weth, data: `0x70a08231${sink.address.slice(2).padStart(64, '0')}` },
      'latest',
    ])
    expect(BigInt(balance as string)).toBe(10n ** 18n)
  })
})

describe('no secret is in any output', () => {
  it('of any verb, whatever it was told', async () => {
    configure({ dryRun: false, change: (text) => text.replace(/( {2}rpc: .*)/, '$1/v1/apikey-12345') })
    for (const verb of [
      ['config'],
      ['config', '--json'],
      ['doctor', '--quick'],
      ['doctor', '--json', '--quick'],
      ['scan'],
      ['withdraw'],
    ])
      await plimsoll(...verb)
    await command(
      ['run', '--config', file, '--chain-rpc', 'http://127.0.0.1:1/v1/apikey-12345', '--log-level', 'trace'],
      env,
    )
    await command(['run', '--config', file, '--chain-rpc', 'ftp://127.0.0.1/apikey-12345'], env)
    const text = everything.join('\n').toLowerCase()
    expect(text.length).toBeGreaterThan(20_000)
    expect(text).not.toContain('apikey')
    for (const [name, key] of Object.entries(env)) expect(text, name).not.toContain(key.slice(2).toLowerCase())
  })
})
