import { Transaction, Wallet } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import type { TestAccount } from './test-account.ts'

export type Call = { readonly to: Address; readonly data: Hex; readonly value?: bigint; readonly gas?: bigint }
export type Signer = {
  /** Signed and put into the mempool. */
  readonly send: (call: Call) => Promise<Hex>
  /** Signed only, on the next nonce of the mempool. */
  readonly sign: (call: Call) => Promise<Hex>
}

/** Signs for a test account, one transaction after the other, so that nonces are never given twice. */
export function signerOf(rpc: Rpc, account: TestAccount, chainId: number): Signer {
  const wallet = new Wallet(account.privateKey)
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work)
    last = mine.catch(() => undefined)
    return mine
  }
  const sign = async (call: Call): Promise<Hex> => {
    const nonce = Number(await rpc.request('eth_getTransactionCount', [account.address, 'pending']))
    const transaction = Transaction.from({
      type: 2,
      chainId,
      nonce,
      to: call.to,
      data: call.data,
      value: call.value ?? 0n,
      gasLimit: call.gas ?? 3_000_000n,
      maxFeePerGas: 500_000_000_000n,
      maxPriorityFeePerGas: 1_000_000_000n,
    })
    transaction.signature = wallet.signingKey.sign(transaction.unsignedHash)
    return transaction.serialized as Hex
  }
  return {
    sign: (call) => inTurn(() => sign(call)),
    send: (call) => inTurn(async () => (await rpc.request('eth_sendRawTransaction', [await sign(call)])) as Hex),
  }
}
