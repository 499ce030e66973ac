import { getCreateAddress, Interface, keccak256, type Wallet } from 'ethers'
import { type Address, address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { artifactNamed } from './compile.ts'
import { compileExecutor, type DataFees, dataFeeContracts } from './compile-executor.ts'
import { readExecutor } from './read-executor.ts'
import type { RegistryEntry } from './registry.ts'

export type ExecutorPlan = {
  readonly owner: Address
  readonly operators: readonly Address[]
  readonly sink: Address
  /** From a proposal of the owner's (a sink, an entry of the registry) to when it may be accepted: an hour to 90 days. */
  readonly delaySeconds: number
  readonly wrappedNative: Address
  readonly registry: readonly RegistryEntry[]
  /** What the chain takes beside gas; `none` where it is not said. */
  readonly dataFees?: DataFees
}
export type DeployOptions = ExecutorPlan & {
  readonly rpc: Rpc
  /** Pays for the deployment and has no rights afterwards. */
  readonly wallet: Wallet
  /** After each transaction was sent: a private chain that mines only when told to mines here. */
  readonly onSent?: (hash: Hex) => Promise<void>
  readonly timeoutMs?: number
}
export type Deployed = {
  readonly executor: Address
  readonly lenders: Address
  readonly pools: Address
  readonly block: number
}

/**
 * Puts the executor and its modules on the chain and reads them back: code hashes against this build, owner, sink,
 * operators and registry against the plan.
 * @throws `reverted` where a transaction failed, `executor-mismatch` where what stands there is not what was meant.
 */
export async function deployExecutor(options: DeployOptions): Promise<Deployed> {
  const artifacts = compileExecutor()
  const send = await sender(options)
  const lendersCode = artifactNamed(artifacts, 'Lenders')
  const poolsCode = artifactNamed(artifacts, 'Pools')
  const lenders = await send(lendersCode.bytecode)
  const pools = await send(poolsCode.bytecode)
  const { dataFees = 'none' } = options
  const feesCode = dataFees === 'none' ? null : artifactNamed(artifacts, dataFeeContracts[dataFees])
  const fees = feesCode === null ? null : await send(feesCode.bytecode)
  const core = artifactNamed(artifacts, 'Executor')
  const setup = {
    owner: options.owner,
    sink: options.sink,
    delay: options.delaySeconds,
    wrappedNative: options.wrappedNative,
    operators: options.operators,
    entries: options.registry.map(({ key, value }) => ({ key, value })),
    lenders: lenders.at,
    lendersCodeHash: keccak256(lendersCode.deployed),
    pools: pools.at,
    poolsCodeHash: keccak256(poolsCode.deployed),
    dataFees: fees?.at ?? ZERO_ADDRESS,
    dataFeesCodeHash: keccak256(feesCode?.deployed ?? '0x'),
  }
  const args = new Interface(core.abi as string[]).encodeDeploy([setup])
  const executor = await send(`${core.bytecode}${args.slice(2)}` as Hex)
  await verify(options, executor.at)
  return { executor: executor.at, lenders: lenders.at, pools: pools.at, block: executor.block }
}

async function verify(options: DeployOptions, at: Address): Promise<void> {
  const found = await readExecutor(options.rpc, at, { operators: options.operators, registry: options.registry })
  const wrong = [
    found.codeMatches ? '' : 'its code',
    found.owner === options.owner ? '' : 'its owner',
    found.sink === options.sink ? '' : 'its sink',
    found.wrappedNative === options.wrappedNative ? '' : 'its wrapped native token',
    found.delaySeconds === options.delaySeconds ? '' : 'its delay',
    found.operators.every((one) => one.isOperator) ? '' : 'its operators',
    found.missing.length === 0 ? '' : 'its registry',
    found.dataFees === (options.dataFees ?? 'none') ? '' : 'its data fees',
  ].filter((name) => name !== '')
  if (wrong.length > 0)
    throw new KeeperError(
      'executor-mismatch',
      `what was deployed at ${at} differs in ${wrong.join(', ')}: do not use it, and deploy again`,
    )
}

type Sent = { readonly at: Address; readonly block: number }

/** Sends creation code, one transaction after the other, and waits for each to be mined. */
async function sender({ rpc, wallet, onSent, timeoutMs = 120_000 }: DeployOptions) {
  const from = address(wallet.address.toLowerCase())
  const chainId = Number(await rpc.request('eth_chainId', []))
  let nonce = Number(await rpc.request('eth_getTransactionCount', [from, 'latest']))
  return async (code: Hex): Promise<Sent> => {
    const gas = BigInt((await rpc.request('eth_estimateGas', [{ from, data: code }])) as string)
    const block = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { baseFeePerGas?: string }
    const baseFee = BigInt(block.baseFeePerGas ?? '0x0')
    const tip = 1_000_000_000n
    const raw = await wallet.signTransaction({
      type: 2,
      chainId,
      nonce,
      data: code,
      gasLimit: (gas * 11n) / 10n,
      maxPriorityFeePerGas: tip,
      maxFeePerGas: baseFee * 2n + tip,
    })
    const hash = (await rpc.request('eth_sendRawTransaction', [raw])) as Hex
    const at = address(getCreateAddress({ from, nonce }).toLowerCase())
    nonce += 1
    await onSent?.(hash)
    return { at, block: await mined(rpc, hash, timeoutMs) }
  }
}

async function mined(rpc: Rpc, hash: Hex, timeoutMs: number): Promise<number> {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    const receipt = (await rpc.request('eth_getTransactionReceipt', [hash])) as {
      status: string
      blockNumber: string
    } | null
    if (receipt !== null) {
      if (receipt.status === '0x1') return Number(receipt.blockNumber)
      throw new KeeperError('reverted', `the deployment ${hash} reverted: check the owner, the sink and the delay`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new KeeperError('rpc-refused', `the deployment ${hash} was not mined in ${timeoutMs} ms: look for it later`)
}
