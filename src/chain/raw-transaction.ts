import { Transaction, toBeHex } from 'ethers'
import type { Hex } from '#core/address.ts'

type Told = Readonly<Record<string, unknown>>

/** A transaction's bytes from the fields a node tells, if they hash to what it calls it; else `null`. */
export function rawTransaction(told: Told): Hex | null {
  const signed = signedTransaction(told)
  return signed !== null && signed.hash === told.hash ? (signed.serialized as Hex) : null
}

/** As a block holds it (blobs lie beside); `null`: of a kind that cannot be written here, or no transaction. */
export function signedTransaction(told: Told): Transaction | null {
  const { type, nonce, gas, to, value, input, chainId, gasPrice, r, s, v, yParity } = told
  const { accessList, maxFeePerGas, maxPriorityFeePerGas, authorizationList } = told
  const { maxFeePerBlobGas, blobVersionedHashes } = told
  const kind = Number(type ?? 0)
  const fees = kind < 2 ? { gasPrice } : { maxFeePerGas, maxPriorityFeePerGas }
  const lists = { ...(kind > 0 ? { accessList } : {}), ...(kind === 4 ? { authorizationList } : {}) }
  const blobs = kind === 3 ? { maxFeePerBlobGas, blobVersionedHashes } : {}
  const fields = { type: kind, nonce: Number(nonce), gasLimit: gas, to: to ?? null, value, data: input, chainId }
  try {
    const parity = kind === 0 ? { v } : { yParity: Number(yParity ?? v) }
    const signature = { r: word(r), s: word(s), ...parity }
    return Transaction.from({ ...fields, ...fees, ...lists, ...blobs, signature } as never)
  } catch {
    return null
  }
}

/** Nodes leave out leading zeros. */
const word = (quantity: unknown): string => toBeHex(BigInt(String(quantity)), 32)
