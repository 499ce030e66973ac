import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeeperError } from '#core/error.ts'
import { httpRpc, type Rpc } from '../src/chain/rpc.ts'
import { freePort } from './free-port.ts'

export type Anvil = { readonly url: string; readonly rpc: Rpc; readonly stop: () => Promise<void> }
export type AnvilOptions = {
  readonly chainId: number
  /** Of the genesis block, in seconds. */
  readonly timestamp: number
  readonly gasLimit: bigint
  readonly baseFee: bigint
  /** Its past is another node's, up to and with this block. */
  readonly fork?: { readonly url: string; readonly block: number }
  /** Blocks whose states are kept, all in memory, each a copy of the whole; 0: the newest alone, and nothing is copied. */
  readonly states?: number
}

/**
 * A silent anvil of the npm package, on a free port of this machine, that mines only when told to. It ends with this
 * process. Code size limit and the transaction gas limit of EIP-7825 are on, as on mainnet.
 * @throws `not-found` where the package has no binary for this machine, `rpc-unreachable` when it does not come up.
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const port = await freePort()
  const { fork } = options
  // Where it puts old blocks' states; by itself it leaves them in the home folder for good.
  const kept = mkdtempSync(join(tmpdir(), 'plimsoll-anvil-'))
  const child = spawn(
    binary(),
    [
      ...['--silent', '--host', '127.0.0.1', '--port', `${port}`, '--chain-id', `${options.chainId}`],
      ...['--no-mining', '--order', 'fifo', '--enable-tx-gas-limit', '--accounts', '0'],
      ...['--timestamp', `${options.timestamp}`, '--gas-limit', `${options.gasLimit}`],
      ...['--base-fee', `${options.baseFee}`, '--no-request-size-limit', '--cache-path', kept],
      ...(fork === undefined
        ? []
        : ['--fork-url', fork.url, '--fork-block-number', `${fork.block}`, '--no-storage-caching']),
      ...(options.states === undefined
        ? []
        : ['--prune-history', ...(options.states > 0 ? [`${options.states}`] : [])]),
    ],
    // In a group of its own: a terminal's Ctrl-C is for this process, which then ends anvil when it has done with it.
    { stdio: 'ignore', detached: true },
  )
  const unguard = guard(child.pid, kept)
  const kill = (): void => {
    unguard()
    child.kill('SIGKILL')
    rmSync(kept, { recursive: true, force: true, maxRetries: 3 })
  }
  process.once('exit', kill)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let failed: Error | null = null
  child.once('error', (error) => {
    failed = error
  })
  const url = `http://127.0.0.1:${port}`
  const rpc = httpRpc(url, { timeoutMs: 120_000 })
  const deadline = Date.now() + 20_000
  while (!(await answers(rpc))) {
    if (failed !== null || child.exitCode !== null || Date.now() > deadline) {
      kill()
      throw new KeeperError('rpc-unreachable', 'anvil did not start; run `npx anvil` to see why', { cause: failed })
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return {
    url,
    rpc,
    stop: async () => {
      process.off('exit', kill)
      kill()
      await ended
      rmSync(kept, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

const platforms: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'win32' }
const machines: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** The binary itself: npm's wrapper script would be a second process, which outlives a kill. */
function binary(): string {
  const name = `@foundry-rs/anvil-${platforms[process.platform]}-${machines[process.arch]}`
  const file = process.platform === 'win32' ? 'anvil.exe' : 'anvil'
  try {
    const require = createRequire(import.meta.url)
    return require.resolve(`${name}/bin/${file}`)
  } catch (cause) {
    throw new KeeperError('not-found', `${name} is not installed: run npm ci on a platform anvil is built for`, {
      cause,
    })
  }
}

const answers = async (rpc: Rpc): Promise<boolean> =>
  rpc.request('eth_chainId', []).then(
    () => true,
    () => false,
  )

/**
 * Ends anvil when this process is killed without a chance to do it itself: the shell waits for the end of a pipe that
 * only this process holds. Not on Windows.
 */
function guard(pid: number | undefined, kept: string): () => void {
  if (process.platform === 'win32' || pid === undefined) return () => undefined
  const watcher = spawn('sh', ['-c', 'read _; kill -9 "$0" 2> /dev/null; rm -rf "$1"', `${pid}`, kept], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  watcher.once('error', () => undefined)
  watcher.unref()
  return () => void watcher.kill('SIGKILL')
}
