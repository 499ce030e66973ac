import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ask, Choice } from '../../src/cli/ask.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { loadEnv } from '../../src/config/load-env.ts'
import { openKeys } from '../../src/keys/open-keys.ts'
import { faultsOf, pathsOf } from '../deploy/compose.ts'
import { command } from './command.ts'
import { startKnownNode, startSocketNode } from './known-node.ts'

const top = mkdtempSync(join(tmpdir(), 'init-'))
let folders = 0
const fresh = (): string => join(top, String(++folders))
let node: Awaited<ReturnType<typeof startKnownNode>>
let strange: Awaited<ReturnType<typeof startKnownNode>>

beforeAll(async () => {
  node = await startKnownNode(1)
  strange = await startKnownNode(777)
})
afterAll(() => {
  node.stop()
  strange.stop()
  rmSync(top, { recursive: true })
})

const init = (folder: string, ...flags: string[]) =>
  command(['init', '--rpc', node.url, '--folder', folder, '--yes', ...flags])
async function read(folder: string) {
  const file = join(folder, 'plimsoll.yaml')
  return loadConfig({ file, env: loadEnv(folder, {}), flags: {}, registry: await discover() })
}

/** Answers in the order of the questions; what is refused is given back to the test, and the next one is tried. */
function person(...answers: readonly unknown[]): Ask & { readonly refused: string[]; readonly asked: string[] } {
  const left = [...answers]
  const refused: string[] = []
  const asked: string[] = []
  const next = (question: string): unknown => {
    asked.push(question)
    if (left.length === 0) throw new Error(`nobody answers: ${question}`)
    return left.shift()
  }
  const typed = async (question: string, wrong: (answer: string) => string | null, usual = ''): Promise<string> => {
    for (;;) {
      const answer = String(next(question) ?? usual)
      const what = wrong(answer)
      if (what === null) return answer
      refused.push(what)
    }
  }
  return {
    refused,
    asked,
    text: (question, usual, wrong) => typed(question, wrong, usual),
    secret: typed,
    one: async <T>(question: string, choices: readonly Choice<T>[]) => {
      const wanted = next(question)
      const found = choices.find(({ value }) => value === wanted)
      if (found === undefined) throw new Error(`${question} has no ${wanted}`)
      return found.value
    },
    some: async <T>(question: string, choices: readonly Choice<T>[]) => {
      const wanted = String(next(question))
      return choices.filter(({ name }) => name.startsWith(wanted)).map(({ value }) => value)
    },
  }
}

describe('plimsoll init, asking nobody', () => {
  it('writes a dry run of all that is known on the chain, a secret .env, and a compose file that holds', async () => {
    const folder = fresh()
    const ended = await init(folder, '--protocols', 'aave-v3:mainnet,morpho-blue')
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.out).toContain('npx plimsoll doctor')
    const config = await read(folder)
    expect(config.protocols.map(({ label }) => label)).toEqual(['aave-v3:mainnet', 'morpho-blue:mainnet'])
    expect(config.chain).toMatchObject({ id: 1, rpc: node.url })
    expect(config.submission).toMatchObject({ dryRun: true, via: 'bundle' })
    expect(config.submission.relays.map(({ name }) => name)).toEqual(['flashbots', 'rpc.titanbuilder.xyz'])
    for (const name of ['plimsoll.yaml', '.env', 'compose.yaml'])
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
    expect(readFileSync(join(folder, 'plimsoll.yaml'), 'utf8')).not.toContain(node.url)
    const compose = readFileSync(join(folder, 'compose.yaml'), 'utf8')
    expect(faultsOf(compose)).toEqual([])
    const paths = pathsOf(compose, join(folder, 'compose.yaml'))
    expect(paths.length).toBeGreaterThan(6)
    for (const { path } of paths) expect(existsSync(path), path).toBe(true)
    expect(compose).toContain(`RPC_URL: ${node.url.replace('127.0.0.1', 'host.docker.internal')}`)
  })

  it.each(['', 'ipc:', 'IPC://'])('knows the socket %s… from any folder, and has a container see it', async (kind) => {
    const [folder, socket] = [fresh(), join(top, 'geth.ipc')]
    const { stop } = await startSocketNode(1, socket)
    const rpc = `${kind}${kind === 'IPC://' ? socket : relative(process.cwd(), socket)}`
    const ended = await command(['init', '--rpc', rpc, '--folder', folder, '--yes', '--protocols', 'aave-v3'])
    stop()
    expect(ended, ended.said).toMatchObject({ code: 0 })
    expect(loadEnv(folder, {})).toMatchObject({ RPC_URL: socket })
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toContain(`- ${socket}:${socket}`)
  })

  it('makes a key that opens, and shows it to nobody', async () => {
    const folder = fresh()
    const ended = await init(folder, '--key', 'new', '--json')
    const { operator } = JSON.parse(ended.out) as { operator: string }
    const warnings: string[] = []
    const { operators } = await openKeys((await read(folder)).keys, { env: {}, warn: (text) => warnings.push(text) })
    expect(operators.map(({ address }) => address)).toEqual([operator.toLowerCase()])
    for (const name of ['operator.json', 'operator.password'])
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
    const password = readFileSync(join(folder, 'operator.password'), 'utf8').trim()
    expect(ended.out + ended.said).not.toContain(password)
  })

  it('overwrites nothing: whichever file is there, none is written', async () => {
    for (const name of ['plimsoll.yaml', '.env', 'compose.yaml', 'operator.json']) {
      const folder = fresh()
      mkdirSync(folder)
      writeFileSync(join(folder, name), 'mine')
      const ended = await init(folder, '--key', 'new')
      expect(ended.code).toBe(2)
      expect(ended.said).toContain(`holds ${name} already: move that away, or give another --folder`)
      expect(readdirSync(folder)).toEqual([name])
      expect(readFileSync(join(folder, name), 'utf8')).toBe('mine')
    }
  })

  it('takes a chain that no preset knows from a file, and says so where none is given', async () => {
    const folder = fresh()
    const flags = ['init', '--rpc', strange.url, '--folder', folder, '--yes']
    expect(await command(flags)).toMatchObject({ code: 2, said: expect.stringContaining('name it with --from') })
    const file = join(top, 'other.yaml')
    const aave = { addressesProvider: '0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e' }
    const text = `chain:\n  id: 777\n  wrappedNative: 0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2 # kept as it is\n`
    writeFileSync(file, `${text}protocols:\n  aave-v3: [${JSON.stringify(aave)}]\nflash:\n  morpho: [mainnet]\n`)
    expect(await command([...flags, '--from', file, '--via', 'public'])).toMatchObject({ code: 0 })
    expect(await read(folder)).toMatchObject({ chain: { id: 777 }, submission: { dryRun: true, via: 'public' } })
    const other = ['init', '--rpc', node.url, '--folder', fresh(), '--yes', '--from', file]
    expect(await command(other)).toMatchObject({ code: 4, said: expect.stringContaining('is for chain 777') })
  })

  // Zeros in front are what a number would lose.
  const aave = '0x00002f39d218133afab8f2b819b1066c7e434ad9'
  const weth = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'
  const inFlow = `{ chain: { id: 777, wrappedNative: ${weth} }, flash: { morpho: [mainnet] },
  protocols: { aave-v3: [{ addressesProvider: ${aave} }] } }`
  const ofFile = (text: string, ...flags: string[]) => {
    const [file, folder] = [join(top, `from-${folders}.yaml`), fresh()]
    writeFileSync(file, text)
    const args = ['--yes', '--from', file, '--via', 'public', '--folder', folder]
    return command(['init', '--rpc', strange.url, ...args, ...flags]).then((ended) => ({ ...ended, folder, file }))
  }

  it.each([
    ['JSON', inFlow.replaceAll(/[\w-]+/g, '"$&"').replace('"777"', '777')],
    ['a flow', inFlow],
    ['a document that is ended', `---\n${inFlow}\n...\n# and no more\n`],
  ])('takes %s, and every address of it as it is', async (_, text) => {
    const { folder, code, said } = await ofFile(text, '--key', 'env:KEY', '--daily-gas', '12345678901234567890')
    expect(said).not.toContain('nothing is written')
    expect(code).toBe(0)
    expect(await read(folder)).toMatchObject({
      chain: { id: 777, rpc: strange.url, wrappedNative: weth.toLowerCase() },
      protocols: [{ config: { addressesProvider: aave.toLowerCase() } }],
      submission: { dryRun: true, via: 'public' },
      keys: { operators: [{ env: 'KEY' }] },
      guards: { dailyGasWei: 12_345_678_901_234_567_890n },
    })
  })

  it.each([
    [
      'refers to what is left out',
      `guards: { markets: &these [a] }\n${'protocols: { aave-v3: *these }'}\nchain: { id: 777 }\n`,
      'cannot be taken in part',
    ],
    ['would not be taken', inFlow.replace('aave-v3', 'aave-v33'), 'did you mean aave-v3?'],
    ['is two documents', `${inFlow}\n---\n${inFlow}\n`, 'is not a configuration'],
  ])('writes nothing out of a file that %s', async (_, text, words) => {
    const { folder, code, said } = await ofFile(text)
    expect(said).toContain(words)
    expect(code).toBe(2)
    expect(existsSync(folder)).toBe(false)
  })

  it('follows once what is named twice', async () => {
    const folder = fresh()
    expect(await init(folder, '--protocols', 'aave-v3,aave-v3:mainnet')).toMatchObject({ code: 0 })
    const labels = (await read(folder)).protocols.map(({ label }) => label)
    expect(new Set(labels).size).toBe(labels.length)
  })

  it.each([
    [['--rpc', 'ftp://node'], 2, '--rpc is of no kind a node has'],
    [['--rpc', 'http://127.0.0.1:1'], 3, '127.0.0.1:1'],
    [['--protocols', 'aave-v33'], 2, 'did you mean aave-v3?'],
    [['--key', `0x${'ab'.repeat(32)}`], 2, 'treat it as lost'],
    [['--key', './nowhere.json'], 2, './nowhere.json is not there'],
    [['--key', 'env:1KEY'], 2, 'names no environment variable'],
    [['--password-file', 'x'], 2, 'give --key too'],
    [['--via', 'pigeon'], 2, '--via is none of bundle, private, public'],
    [['--relays', 'relay.example'], 2, '--relays is not a URL'],
    [['--executor', '0x12'], 2, '--executor'],
    [['--executor', `0x${'11'.repeat(20)}`], 4, 'there is no executor at'],
    [['--minimum-net', '3 dollars'], 2, '--minimum-net is not an amount'],
    [['--daily-loss', '-1'], 2, '--daily-loss is negative'],
  ])('refuses %j with %i and says what to do, and nothing is written', async (flags, code, words) => {
    const folder = fresh()
    const ended = await init(folder, ...flags)
    expect(ended).toMatchObject({ code, said: expect.stringContaining(words) })
    expect(ended.said).not.toContain('abababab')
    expect(existsSync(folder)).toBe(false)
  })

  it('says that nobody is there, where there is no terminal and no --yes', async () => {
    const ended = await command(['init', '--rpc', node.url, '--folder', fresh()])
    expect(ended).toMatchObject({ code: 2, said: expect.stringContaining('give --yes') })
  })
})

describe('plimsoll init, asking', () => {
  it('asks again at once what was answered wrongly, and not at all what a flag said', async () => {
    const folder = fresh()
    const key = '11'.repeat(32)
    const someone = person(
      ...['nonsense', node.url, 'aave-v3', 'env', 'short', key, '0x1', '', 'bundle'],
      ...['nonsense', 'https://relay.example', 'much', '0.002 ether', '0.1 ether'],
    )
    const ended = await command(['init', '--folder', folder, '--daily-gas', '0.3 ether'], {}, someone)
    expect(ended, ended.said).toMatchObject({ code: 0 })
    expect(someone.refused).toHaveLength(5)
    expect(someone.refused[0]).toBe(
      'is not a URL: write ws://…, wss://…, http://…, https://…, or the path of an IPC socket',
    )
    expect(someone.asked.join()).not.toContain('Gas in a day')
    const config = await read(folder)
    expect(config.submission.minimumNetWei).toBe(2_000_000_000_000_000n)
    expect(config.guards).toMatchObject({ dailyLossWei: 10n ** 17n, dailyGasWei: 3n * 10n ** 17n })
    expect(config.keys.operators).toEqual([{ env: 'OPERATOR_KEY' }])
    expect(loadEnv(folder, {})).toMatchObject({ OPERATOR_KEY: key })
    expect(ended.out + ended.said).not.toContain(key)
    const names = config.protocols.map(({ name }) => name)
    expect(new Set(names)).toEqual(new Set(['aave-v3']))
  })
})
