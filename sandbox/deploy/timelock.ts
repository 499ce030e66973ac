import { Interface } from 'ethers'
import { type Address, address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { compiledCode, timelockContracts } from '../compiled.ts'
import type { Sandbox } from '../sandbox.ts'
import { type Call, signerOf } from '../signer.ts'
import type { AaveVersion } from './aave.ts'

const acl = new Interface(['function addRiskAdmin(address)'])

/** A timelock in front of Aave's configurator: the deployer proposes, anybody executes. */
export type Timelock = {
  readonly address: Address
  /** Into the mempool. */
  readonly schedule: (call: Operation) => Promise<Hex>
  /** Signed by the trader, and not sent. */
  readonly signExecution: (call: Operation) => Promise<Hex>
}
export type Operation = { readonly to: Address; readonly data: Hex }

/** Deploys a TimelockController and makes it a risk admin: a block is mined in between and at the end. */
export async function deployTimelock(sandbox: Sandbox, version: AaveVersion, delaySeconds: number): Promise<Timelock> {
  const { rpc, accounts, addresses, chainId } = sandbox
  const { abi, bytecode } = compiledCode(timelockContracts(), 'TimelockController')
  const controller = new Interface(abi)
  const { deployer, trader } = accounts
  const roles = controller.encodeDeploy([delaySeconds, [deployer.address], [ZERO_ADDRESS], ZERO_ADDRESS])
  await rpc.request('anvil_impersonateAccount', [deployer.address])
  const data = `${bytecode}${roles.slice(2)}`
  const hash = await rpc.request('eth_sendTransaction', [{ from: deployer.address, data, gas: '0x4c4b40' }])
  await sandbox.mine()
  await rpc.request('anvil_stopImpersonatingAccount', [deployer.address])
  const receipt = (await rpc.request('eth_getTransactionReceipt', [hash])) as { contractAddress: string }
  const at = address(receipt.contractAddress.toLowerCase())
  const admin = signerOf(rpc, deployer, chainId)
  await admin.send({ to: addresses.aave[version].acl, data: acl.encodeFunctionData('addRiskAdmin', [at]) as Hex })
  await sandbox.mine()
  const salt = `0x${'00'.repeat(32)}`
  const encoded = (name: string, { to, data: call }: Operation, ...more: readonly unknown[]): Call => ({
    to: at,
    data: controller.encodeFunctionData(name, [to, 0n, call, salt, salt, ...more]) as Hex,
  })
  return {
    address: at,
    schedule: async (call) => (await admin.send(encoded('schedule', call, delaySeconds)))[0] as Hex,
    signExecution: async (call) => (await signerOf(rpc, trader, chainId).sign(encoded('execute', call)))[0] as Hex,
  }
}
