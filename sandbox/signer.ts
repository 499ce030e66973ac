import { Transaction, Wallet } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import type { TestAccount } from './test-account.ts'

export type Call = {
  readonly to: Address
  readonly data: Hex
  readonly value?: bigint
  readonly gas?: bigint
  /** Wei for each gas. */
  readonly tip?: bigint
}
export type Signer = {
  /** Signed and put into the mempool, in order. */
  readonly send: (...calls: readonly Call[]) => Promise<readonly Hex[]>
  /** Signed only, on the next nonces of the mempool. */
  readonly sign: (...calls: readonly Call[]) => Promise<readonly Hex[]>
}

const TIP = 1_000_000_000n
const MOST_FEE = 500_000_000_000n

/** Signs for a test account, one request after the other, so that nonces are never given twice. */
export function signerOf(rpc: Rpc, account: TestAccount, chainId: number): Signer {
  const wallet = new Wallet(account.privateKey)
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
  const sign = async (calls: readonly Call[]): Promise<readonly Hex[]> => {
    const nonce = Number(await rpc.request('eth_getTransactionCount', [account.address, 'pending']))
    return calls.map((call, index) => {
      const transaction = Transaction.from({
        type: 2,
        chainId,
        nonce: nonce + index,
        to: call.to,
        data: call.data,
        value: call.value ?? 0n,
        gasLimit: call.gas ?? 3_000_000n,
        // A high tip comes on top of what a block may ask for.
        maxFeePerGas: MOST_FEE + ((call.tip ?? TIP) > TIP ? (call.tip ?? TIP) : 0n),
        maxPriorityFeePerGas: call.tip ?? TIP,
      })
      transaction.signature = wallet.signingKey.sign(transaction.unsignedHash)
      return transaction.serialized as Hex
    })
  }
  const send = async (calls: readonly Call[]): Promise<readonly Hex[]> => {
    const hashes: Hex[] = []
    for (const raw of await sign(calls)) hashes.push((await rpc.request('eth_sendRawTransaction', [raw])) as Hex)
    return hashes
  }
  return { sign: (...calls) => inTurn(() => sign(calls)), send: (...calls) => inTurn(() => send(calls)) }
}
