import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox } from '../../sandbox/start.ts'
import { httpRpc } from '../../src/chain/rpc.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { command, start } from '../cli/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-record-'))
const path = join(folder, 'range.tape')
const file = join(folder, 'plimsoll.yaml')
const args = ['record', '--from', '4', '--to', '20', '--out', path, '--config', file]
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let env: Readonly<Record<string, string>>
let stop: () => Promise<void>
beforeAll(async () => {
  const sandbox = await startSandbox({ borrowers: 'few', aave: ['3.6'] })
  stop = sandbox.stop
  env = sandboxEnv(sandbox)
  writeFileSync(file, sandboxConfig(sandbox, { journalPath: join(folder, 'j.sqlite'), executor: null, dryRun: true }))
  await sandbox.setPrice('WETH', 200_000_000_000n)
  for (let block = 0; block < 16; block += 1) await sandbox.mine()
}, 60_000)

describe('plimsoll record', () => {
  it('says what is wrong before it asks', async () => {
    expect((await command([...args.slice(0, 1), '--from', 'x', '--to', '1'], env)).code).toBe(2)
    expect((await command(['record', '--from', '9', '--to', '8', '--config', file], env)).said).toContain('--from')
    expect((await command(['replay', '--verify', join(folder, 'none.tape')], env)).said).toContain('there is no')
  })

  it('gathers a range that is what its headers say, and goes on where it was broken off', async () => {
    const first = await command([...args, '--json'], env)
    expect(first, first.said).toMatchObject({ code: 0, said: expect.stringContaining('headers: 17 of 17') })
    const { digest, headers, logs } = JSON.parse(first.out)
    expect(headers).toBe(18)
    expect(logs).toBeGreaterThan(0)
    const size = statSync(path).size
    truncateSync(path, size - 10)
    expect((await command(['replay', '--verify', path], env)).said).toContain('ends before it is finished')
    expect(JSON.parse((await command([...args, '--json'], env)).out)).toMatchObject({ digest, headers: 18 })
    expect((await command([...args, '--to', '19'], env)).said).toContain('not blocks 4 to 19')
  })

  it('is answered from with the chain gone', async () => {
    await stop()
    const served = start(['replay', '--serve', path, '--port', '0', '--json'], env)
    while (!served.out().includes('}')) await new Promise((done) => setTimeout(done, 10))
    const rpc = httpRpc(JSON.parse(served.out()).url)
    expect(await rpc.request('eth_blockNumber', [])).toBe('0x14')
    const [block, other] = await rpc.batch([
      { method: 'eth_getBlockByNumber', params: ['0x5', false] },
      { method: 'eth_getBlockByNumber', params: ['0x1', false] },
    ])
    expect(block).toMatchObject({ number: '0x5' })
    expect((other as Error).message).toContain('eth_getBlockByNumber at block 1 is not recorded')
    served.stop('SIGINT')
    expect(await served.ended).toMatchObject({
      code: 0,
      said: expect.stringContaining('not recorded: eth_getBlockByNumber'),
    })
  })
})
