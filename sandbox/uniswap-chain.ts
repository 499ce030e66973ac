import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Interface } from 'ethers'
import { decodeLog, type RawLog } from '../src/chain/log.ts'
import { httpRpc, type Rpc } from '../src/chain/rpc.ts'
import { viewAt } from '../src/chain/view.ts'
import type { Address, Hex } from '../src/core/address.ts'
import type { Log } from '../src/core/block.ts'
import type { View } from '../src/core/world.ts'
import { freePort } from './free-port.ts'

const require = createRequire(import.meta.url)
type Artifact = { abi: unknown[]; bytecode: string }
const artifact = (path: string): Artifact => require(path) as Artifact
const v3 = (path: string): Artifact => artifact(`@uniswap/v3-periphery/artifacts/contracts/${path}`)

/** Uniswap V2 and V3, as npm ships them, on an anvil of their own; one rich account owns all. */
export type UniswapChain = {
  readonly url: string
  readonly rpc: Rpc
  readonly me: Address
  readonly weth: Address
  readonly v2: { readonly factory: Address; readonly router: Address }
  readonly v3: {
    readonly factory: Address
    readonly quoter: Address
    readonly router: Address
    readonly manager: Address
  }
  readonly token: () => Promise<Address>
  readonly send: (to: Address, abi: Interface, name: string, args: readonly unknown[]) => Promise<readonly Log[]>
  /** `null` where it reverted. */
  readonly tryToSend: (
    to: Address,
    abi: Interface,
    name: string,
    args: readonly unknown[],
  ) => Promise<readonly Log[] | null>
  readonly head: () => Promise<View>
  readonly stop: () => Promise<void>
}

export const abis = {
  token: new Interface(artifact('@uniswap/v2-core/build/ERC20.json').abi as never),
  v2Factory: new Interface(artifact('@uniswap/v2-core/build/UniswapV2Factory.json').abi as never),
  v2Router: new Interface(artifact('@uniswap/v2-periphery/build/UniswapV2Router02.json').abi as never),
  v3Factory: new Interface(
    artifact('@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json').abi as never,
  ),
  v3Manager: new Interface(v3('NonfungiblePositionManager.sol/NonfungiblePositionManager.json').abi as never),
  v3Router: new Interface(v3('SwapRouter.sol/SwapRouter.json').abi as never),
  v3Quoter: new Interface(v3('lens/QuoterV2.sol/QuoterV2.json').abi as never),
}

/** `ipc`: where it also listens on a socket. */
export async function startUniswapChain(ipc?: string): Promise<UniswapChain> {
  const port = await freePort()
  const anvil = spawn(
    'node_modules/.bin/anvil',
    [
      ...['--port', String(port), '--silent', '--gas-limit', '60000000', '--base-fee', '0'],
      ...(ipc === undefined ? [] : ['--ipc', ipc]),
    ],
    // The package's command starts the binary as a child of its own: a group ends with both.
    { stdio: 'ignore', detached: true },
  )
  const rpc = httpRpc(`http://127.0.0.1:${port}`)
  await untilUp(rpc)
  const me = ((await rpc.request('eth_accounts', [])) as Address[])[0] as Address
  const mined = async (transaction: object): Promise<Receipt> => {
    const hash = await rpc.request('eth_sendTransaction', [{ from: me, gas: '0x1c9c380', ...transaction }])
    for (;;) {
      const receipt = (await rpc.request('eth_getTransactionReceipt', [hash])) as Receipt | null
      if (receipt !== null) return receipt
    }
  }
  const deploy = async (what: Artifact, args: readonly unknown[] = []): Promise<Address> => {
    const code = what.bytecode.startsWith('0x') ? what.bytecode : `0x${what.bytecode}`
    const receipt = await mined({ data: code + new Interface(what.abi as never).encodeDeploy(args).slice(2) })
    return receipt.contractAddress as Address
  }
  const weth = await deploy(artifact('@uniswap/v2-periphery/build/WETH9.json'))
  const factory2 = await deploy(artifact('@uniswap/v2-core/build/UniswapV2Factory.json'), [me])
  const router2 = await deploy(artifact('@uniswap/v2-periphery/build/UniswapV2Router02.json'), [factory2, weth])
  const factory3 = await deploy(
    artifact('@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json'),
  )
  const manager = await deploy(v3('NonfungiblePositionManager.sol/NonfungiblePositionManager.json'), [
    factory3,
    weth,
    me,
  ])
  const router3 = await deploy(v3('SwapRouter.sol/SwapRouter.json'), [factory3, weth])
  const quoter = await deploy(v3('lens/QuoterV2.sol/QuoterV2.json'), [factory3, weth])
  const tryToSend: UniswapChain['tryToSend'] = async (to, abi, name, args) => {
    const { status, logs, blockHash } = await mined({ to, data: abi.encodeFunctionData(name, args) })
    if (status !== '0x1') return null
    const { block } = await viewAt(rpc, blockHash)
    return logs.map((one) => decodeLog(one, block))
  }
  const send: UniswapChain['send'] = async (to, abi, name, args) => {
    const logs = await tryToSend(to, abi, name, args)
    if (logs === null) throw new Error(`${name} reverted`)
    return logs
  }
  return {
    url: `http://127.0.0.1:${port}`,
    rpc,
    me,
    weth,
    v2: { factory: factory2, router: router2 },
    v3: { factory: factory3, quoter, router: router3, manager },
    token: async () => {
      const token = await deploy(artifact('@uniswap/v2-core/build/ERC20.json'), [10n ** 40n])
      for (const spender of [router2, router3, manager])
        await send(token, abis.token, 'approve', [spender, 2n ** 256n - 1n])
      return token
    },
    send,
    tryToSend,
    head: async () => {
      const block = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { hash: Hex }
      return viewAt(rpc, block.hash)
    },
    stop: () => stop(anvil),
  }
}

type Receipt = { contractAddress: string | null; status: string; blockHash: Hex; logs: RawLog[] }

async function stop(anvil: ChildProcess): Promise<void> {
  if (anvil.exitCode !== null) return
  const gone = once(anvil, 'exit')
  if (anvil.pid !== undefined) process.kill(-anvil.pid, 'SIGKILL')
  await gone
}

async function untilUp(rpc: Rpc): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await rpc.request('eth_chainId', [])
      return
    } catch (error) {
      if (attempt > 100) throw error
      await new Promise((done) => setTimeout(done, 100))
    }
  }
}

/** Mulberry32: small, seeded, the same everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
