import { computeAddress, id } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'

export type TestAccount = { readonly address: Address; readonly privateKey: Hex }

/** A key anybody can compute from its label: for private chains only. Never send anything of value to its address. */
export function testAccount(label: string): TestAccount {
  const privateKey = id(`plimsoll sandbox: ${label}`) as Hex
  return { address: address(computeAddress(privateKey).toLowerCase()), privateKey }
}
