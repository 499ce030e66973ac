import { Interface } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import type { TokenSymbol } from '../market-data.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Call } from '../signer.ts'

const token = new Interface([
  'function deposit()',
  'function mint(address, uint256)',
  'function approve(address, uint256)',
])

/** Tokens out of nothing, as a private chain has them: ether is wrapped, all others anybody may mint. */
export function mintCall(sandbox: Sandbox, symbol: TokenSymbol, to: Address, units: bigint): Call {
  const { address } = sandbox.addresses.tokens[symbol]
  return symbol === 'WETH'
    ? { to: address, data: token.encodeFunctionData('deposit') as Hex, value: units, gas: 100_000n }
    : { to: address, data: token.encodeFunctionData('mint', [to, units]) as Hex, gas: 150_000n }
}

export const approveCall = (sandbox: Sandbox, symbol: TokenSymbol, spender: Address, units: bigint): Call => ({
  to: sandbox.addresses.tokens[symbol].address,
  data: token.encodeFunctionData('approve', [spender, units]) as Hex,
  gas: 100_000n,
})
