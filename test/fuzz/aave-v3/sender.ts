import { getCreateAddress } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Ask, Rpc } from '../../../src/chain/rpc.ts'

/** Transactions of one impersonated sender, gathered and mined together. */
export type Sender = {
  readonly send: (to: Address, data: Hex, value?: bigint) => Promise<void>
  readonly deploy: (bytecode: Hex) => Promise<Address>
  /** One block, so many seconds after the last. @throws `reverted` when a transaction failed. */
  readonly mine: (aheadSeconds: number) => Promise<void>
}

const gas = '0xf42400'

export async function impersonated(rpc: Rpc, from: Address): Promise<Sender> {
  await rpc.request('anvil_autoImpersonateAccount', [true])
  await rpc.request('evm_setBlockGasLimit', ['0x174876e800'])
  await rpc.request('anvil_setBalance', [from, `0x${(10n ** 30n).toString(16)}`])
  let nonce = Number(await rpc.request('eth_getTransactionCount', [from, 'pending']))
  let waiting: Ask[] = []
  const gather = (to: Address | null, data: Hex, value: bigint): void => {
    const transaction = {
      from,
      ...(to === null ? {} : { to }),
      data,
      value: `0x${value.toString(16)}`,
      gas,
      nonce: `0x${nonce.toString(16)}`,
      maxFeePerGas: '0x174876e8000',
      maxPriorityFeePerGas: '0x0',
    }
    nonce += 1
    waiting.push({ method: 'eth_sendTransaction', params: [transaction] })
  }
  return {
    send: async (to, data, value = 0n) => gather(to, data, value),
    deploy: async (bytecode) => {
      const at = address(getCreateAddress({ from, nonce }).toLowerCase())
      gather(null, bytecode, 0n)
      return at
    },
    mine: async (aheadSeconds) => {
      const hashes = await rpc.batch(waiting)
      waiting = []
      for (const hash of hashes) if (hash instanceof KeeperError) throw hash
      const { timestamp } = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { timestamp: Hex }
      await rpc.request('anvil_setNextBlockBaseFeePerGas', ['0x1'])
      await rpc.request('evm_setNextBlockTimestamp', [Number(timestamp) + aheadSeconds])
      await rpc.request('evm_mine', [])
      const receipts = (await rpc.request('eth_getBlockReceipts', ['latest'])) as {
        status: Hex
        transactionHash: Hex
      }[]
      const failed = receipts.find(({ status }) => status !== '0x1')
      if (failed !== undefined || receipts.length < hashes.length) {
        throw new KeeperError('reverted', `setting up: ${failed?.transactionHash ?? 'transactions stay in the pool'}`)
      }
    },
  }
}
