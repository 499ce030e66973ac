import { Transaction } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import { least } from '#core/numbers.ts'

/** A signed transaction as the builder needs it. */
export type Parsed = {
  readonly raw: Hex
  readonly hash: Hex
  readonly from: Address
  readonly to: Address | null
  readonly nonce: number
  readonly gas: bigint
  readonly value: bigint
  readonly maxFee: bigint
  readonly maxTip: bigint
  readonly data: Hex
  readonly accessList: readonly { readonly address: string; readonly storageKeys: readonly string[] }[]
}

/** `null` where the bytes are no signed transaction of this chain. */
export function parseRaw(raw: unknown, chainId: number): Parsed | null {
  try {
    const one = Transaction.from(String(raw))
    if (one.from === null || one.hash === null || Number(one.chainId) !== chainId) return null
    return {
      raw: String(raw).toLowerCase() as Hex,
      hash: one.hash as Hex,
      from: address(one.from.toLowerCase()),
      to: one.to === null ? null : address(one.to.toLowerCase()),
      nonce: one.nonce,
      gas: one.gasLimit,
      value: one.value,
      maxFee: one.maxFeePerGas ?? one.gasPrice ?? 0n,
      maxTip: one.maxPriorityFeePerGas ?? one.gasPrice ?? 0n,
      data: one.data as Hex,
      accessList: one.accessList ?? [],
    }
  } catch {
    return null
  }
}

/** What a transaction pays a builder for each gas at a base fee, in wei; negative where it cannot be included. */
export const tipAt = (one: Parsed, baseFee: bigint): bigint => least(one.maxFee - baseFee, one.maxTip)
