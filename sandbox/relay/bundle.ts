import { keccak256 } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import { type Parsed, parseRaw } from './parsed.ts'

export type Bundle = {
  readonly hash: Hex
  readonly transactions: readonly Parsed[]
  readonly block: number
  readonly minTimestamp: number
  readonly maxTimestamp: number
  readonly mayRevert: ReadonlySet<string>
  readonly uuid: string | null
  readonly signer: Address
}
export type PrivateTransaction = { readonly transaction: Parsed; readonly lastBlock: number; readonly signer: Address }

const MAX_TRANSACTIONS = 100
const MAX_BYTES = 300_000

/** What `eth_sendBundle` was given, or why it is refused. */
export function bundleOf(
  params: Record<string, unknown>,
  signer: Address,
  head: number,
  chainId: number,
): Bundle | string {
  const transactions = transactionsOf(params.txs, chainId)
  if (typeof transactions === 'string') return transactions
  const block = quantity(params.blockNumber)
  if (block === null) return 'blockNumber is missing'
  if (block <= head) return `block ${block} is in the past: the head is ${head}`
  const { revertingTxHashes = [], replacementUuid = null } = params
  return {
    hash: bundleHash(transactions),
    transactions,
    block,
    minTimestamp: quantity(params.minTimestamp) ?? 0,
    maxTimestamp: quantity(params.maxTimestamp) || Number.MAX_SAFE_INTEGER,
    mayRevert: new Set((revertingTxHashes as readonly string[]).map((hash) => hash.toLowerCase())),
    uuid: replacementUuid === null ? null : String(replacementUuid),
    signer,
  }
}

/** Parsed within the relay's limits, or why not. */
export function transactionsOf(txs: unknown, chainId: number): readonly Parsed[] | string {
  if (!Array.isArray(txs) || txs.length === 0) return 'a bundle needs at least one transaction'
  if (txs.length > MAX_TRANSACTIONS) return `a bundle holds at most ${MAX_TRANSACTIONS} transactions`
  const bytes = txs.reduce((sum: number, raw: unknown) => sum + (String(raw).length - 2) / 2, 0)
  if (bytes > MAX_BYTES) return `a bundle holds at most ${MAX_BYTES} bytes`
  const parsed = txs.map((raw: unknown) => parseRaw(raw, chainId))
  const whole = parsed.filter((one) => one !== null)
  return whole.length === parsed.length ? whole : 'a transaction cannot be decoded, or is of another chain'
}

/** Of the transactions' hashes, as the Flashbots library computes it too. */
export const bundleHash = (transactions: readonly Parsed[]): Hex =>
  keccak256(`0x${transactions.map((one) => one.hash.slice(2)).join('')}`) as Hex

/** A number, or hex; `null` where it is absent. */
export function quantity(value: unknown): number | null {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : null
}
