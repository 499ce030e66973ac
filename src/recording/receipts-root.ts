import { createMPT } from '@ethereumjs/mpt'
import { concat, encodeRlp, getBytes, hexlify } from 'ethers'
import { scalar } from './header-hash.ts'

/** A receipt as a node answers it. */
export type HeldReceipt = {
  readonly type?: string
  readonly status?: string
  /** Before Byzantium, in the status' place. */
  readonly root?: string
  readonly cumulativeGasUsed: string
  readonly logsBloom: string
  readonly logs: readonly HeldLog[]
  readonly transactionIndex: string
  /** Of a deposit on an OP-stack chain. */
  readonly depositNonce?: string
  readonly depositReceiptVersion?: string
}
export type HeldLog = {
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
  readonly blockNumber: string
  readonly blockHash?: string
  readonly logIndex: string
}

/** Root of the trie of a block's receipts, by their place. Source: yellow paper §4.4.1, EIP-2718. */
export const receiptsRoot = (receipts: readonly HeldReceipt[]): Promise<string> => listRoot(receipts.map(encoded))

/** Root of the trie that a block makes of a list: of its transactions, of its receipts. */
export async function listRoot(items: readonly string[]): Promise<string> {
  const trie = await createMPT()
  for (const [at, item] of items.entries())
    await trie.put(getBytes(encodeRlp(scalar(`0x${at.toString(16)}`))), getBytes(item))
  return hexlify(trie.root())
}

function encoded(receipt: HeldReceipt): string {
  const { type = '0x0', status, root, cumulativeGasUsed, logsBloom, logs } = receipt
  const deposit = type === '0x7e' ? [receipt.depositNonce, receipt.depositReceiptVersion] : []
  const body = encodeRlp([
    status === undefined ? (root ?? '0x') : scalar(status),
    scalar(cumulativeGasUsed),
    logsBloom,
    logs.map(({ address, topics, data }) => [address, [...topics], data]),
    ...deposit.flatMap((one) => (one === undefined ? [] : [scalar(one)])),
  ])
  return Number(type) === 0 ? body : concat([`0x${Number(type).toString(16).padStart(2, '0')}`, body])
}
