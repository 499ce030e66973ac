import { Interface, Wallet } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import { type Amount, amount } from '#core/numbers.ts'
import { call, type Instruction, type Order } from '#core/program.ts'
import { type Deployed, deployExecutor } from '../../contracts/deploy-executor.ts'
import { aavePoolEntries, factoryEntry, lenderEntry, type RegistryEntry } from '../../contracts/registry.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'

const aave = new Interface(['function liquidationCall(address,address,address,uint256,bool)'])

export type RealChain = Sandbox & {
  readonly executor: Address
  readonly deployed: Deployed
  readonly registry: readonly RegistryEntry[]
}

/** The sandbox with Aave 3.6 and our executor on it. */
export async function startRealChain(): Promise<RealChain> {
  const sandbox = await startSandbox({ aave: ['3.6'] })
  const { aave: pools, morpho, uniswapV3, uniswapV2, weth } = sandbox.addresses
  const registry = [
    ...aavePoolEntries(pools['3.6'].pool),
    lenderEntry('morpho', morpho),
    factoryEntry('uniswap-v3', uniswapV3.factory),
    factoryEntry('uniswap-v2', uniswapV2.factory),
  ]
  const { accounts, rpc, mine } = sandbox
  const deployed = await deployExecutor({
    rpc,
    wallet: new Wallet(accounts.deployer.privateKey),
    owner: accounts.owner.address,
    operators: [accounts.operators[0]!.address],
    sink: accounts.sink.address,
    delaySeconds: 86_400,
    wrappedNative: weth,
    registry,
    onSent: async () => void (await mine()),
  })
  return { ...sandbox, executor: deployed.executor, deployed, registry }
}

/** Repays `debtToCover` of a borrower's debt and takes collateral for it; the debt asset must be there. */
export function liquidation(
  pool: Address,
  collateral: Address,
  debt: Address,
  user: Address,
  debtToCover: bigint,
): Instruction {
  const data = aave.encodeFunctionData('liquidationCall', [collateral, debt, user, debtToCover, false]) as Hex
  return {
    op: 'act',
    call: call(pool, data),
    approve: { asset: debt, spender: pool, amount: amount(debtToCover) },
    callback: null,
  }
}

export type Receipt = {
  readonly status: string
  readonly gasUsed: string
  readonly effectiveGasPrice: string
  readonly logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[]
}

/** Sends an order from an account, mines it, and returns its receipt. */
export async function execute(chain: RealChain, privateKey: Hex, what: Order, gas = 4_000_000n): Promise<Receipt> {
  const wallet = new Wallet(privateKey)
  const nonce = Number(await chain.rpc.request('eth_getTransactionCount', [wallet.address, 'latest']))
  const raw = await wallet.signTransaction({
    type: 2,
    chainId: chain.chainId,
    nonce,
    to: chain.executor,
    data: encodeOrder(what),
    gasLimit: gas,
    maxFeePerGas: 20_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
  })
  const hash = await chain.rpc.request('eth_sendRawTransaction', [raw])
  await chain.mine()
  return (await chain.rpc.request('eth_getTransactionReceipt', [hash])) as Receipt
}

const erc20 = new Interface([
  'function balanceOf(address) view returns (uint256)',
  'function allowance(address,address) view returns (uint256)',
])
export async function balanceOf(chain: Sandbox, token: Address, who: Address): Promise<Amount> {
  const data = erc20.encodeFunctionData('balanceOf', [who])
  return amount(BigInt((await chain.rpc.request('eth_call', [{ to: token, data }, 'latest'])) as string))
}
export async function allowance(chain: Sandbox, token: Address, owner: Address, spender: Address): Promise<bigint> {
  const data = erc20.encodeFunctionData('allowance', [owner, spender])
  return BigInt((await chain.rpc.request('eth_call', [{ to: token, data }, 'latest'])) as string)
}
export const lower = (text: string): Address => address(text.toLowerCase())
