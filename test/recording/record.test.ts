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
/** Sixteen blocks, the last of them the chain's newest. */
let to = 0
const args = (last = to): readonly string[] => [
  ...['record', '--from', `${to - 15}`, '--to', `${last}`, '--out', path, '--config', file],
]
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let env: Readonly<Record<string, string>>
let stop: () => Promise<void>
beforeAll(async () => {
  const sandbox = await startSandbox({ borrowers: 'few', aave: ['3.6'] })
  stop = sandbox.stop
  env = sandboxEnv(sandbox)
  writeFileSync(file, sandboxConfig(sandbox, { journalPath: join(folder, 'j.sqlite'), executor: null, dryRun: true }))
  await sandbox.setPrice('WETH', 200_000_000_000n)
  for (let block = 0; block < 16; block += 1) to = (await sandbox.mine()).number
}, 60_000)

describe('plimsoll record', () => {
  it('says what is wrong before it asks', async () => {
    expect((await command(['record', '--from', 'x', '--to', '1'], env)).code).toBe(2)
    expect((await command(['record', '--from', '9', '--to', '8', '--config', file], env)).said).toContain('--from')
    expect((await command(args(to + 1), env)).said).toContain(`newest block is ${to}`)
    expect((await command(['replay', '--verify', join(folder, 'none.tape')], env)).said).toContain('there is no')
  })

  it('gathers a range that is what its headers say, and goes on where it was broken off', async () => {
    const first = await command([...args(), '--json'], env)
    expect(first, first.said).toMatchObject({ code: 0, said: expect.stringContaining('headers: 16 of 16') })
    const { digest, headers, logs, logsBefore } = JSON.parse(first.out)
    expect(headers).toBe(17)
    expect(logs).toBeGreaterThan(0)
    expect(logsBefore).toBeGreaterThan(0)
    const size = statSync(path).size
    truncateSync(path, size - 10)
    expect((await command(['replay', '--verify', path], env)).said).toContain('ends before it is finished')
    expect(JSON.parse((await command([...args(), '--json'], env)).out)).toMatchObject({ digest, headers: 17 })
    expect((await command(args(to - 1), env)).said).toContain(`not blocks ${to - 15} to ${to - 1}`)
  })

  it('is answered from with the chain gone', async () => {
    await stop()
    const served = start(['replay', '--serve', path, '--port', '0', '--json'], env)
    for (let waits = 0; waits < 1_000 && !served.out().includes('}'); waits += 1)
      await new Promise((done) => setTimeout(done, 10))
    const rpc = httpRpc(JSON.parse(served.out()).url)
    expect(await rpc.request('eth_blockNumber', [])).toBe(`0x${to.toString(16)}`)
    const [block, other] = await rpc.batch([
      { method: 'eth_getBlockByNumber', params: [`0x${(to - 5).toString(16)}`, false] },
      { method: 'eth_getBlockByNumber', params: ['0x1', false] },
    ])
    expect(block).toMatchObject({ number: `0x${(to - 5).toString(16)}` })
    expect((other as Error).message).toContain('eth_getBlockByNumber at block 1 is not recorded')
    served.stop('SIGINT')
    expect(await served.ended).toMatchObject({
      code: 0,
      said: expect.stringContaining('not recorded: eth_getBlockByNumber'),
    })
  })
})
