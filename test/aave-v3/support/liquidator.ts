import { Interface } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import type { Call } from '#core/program.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'

const token = new Interface([
  'function mint(address to, uint256 units)',
  'function deposit() payable',
  'function approve(address spender, uint256 units)',
])
const liquidator = address('0x00000000000000000000000000000000000c0ffe')
const plenty = 10n ** 26n

/** Somebody with plenty of every token, who needs no key: the node impersonates it. */
export async function fundLiquidator(sandbox: Sandbox, pools: readonly Address[]): Promise<Address> {
  const { rpc, addresses } = sandbox
  await rpc.request('anvil_autoImpersonateAccount', [true])
  await rpc.request('anvil_setBalance', [liquidator, `0x${(10n ** 28n).toString(16)}`])
  for (const [symbol, { address: to }] of Object.entries(addresses.tokens)) {
    if (symbol === 'WETH') await send(sandbox, liquidator, to, token.encodeFunctionData('deposit') as Hex, plenty)
    else await send(sandbox, liquidator, to, token.encodeFunctionData('mint', [liquidator, plenty]) as Hex)
    for (const pool of pools) {
      await send(sandbox, liquidator, to, token.encodeFunctionData('approve', [pool, plenty]) as Hex)
    }
  }
  await sandbox.mine()
  return liquidator
}

export const act = (sandbox: Sandbox, from: Address, { to, data }: Call): Promise<Hex> => send(sandbox, from, to, data)

/** Into the mempool; it lands with the next block. */
export async function send(sandbox: Sandbox, from: Address, to: Address, data: Hex, value = 0n): Promise<Hex> {
  const transaction = {
    from,
    to,
    data,
    gas: '0xb71b00',
    value: `0x${value.toString(16)}`,
    maxFeePerGas: '0x174876e800',
    maxPriorityFeePerGas: '0x3b9aca00',
  }
  return (await sandbox.rpc.request('eth_sendTransaction', [transaction])) as Hex
}
