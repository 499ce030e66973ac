import { getCreateAddress, Interface, type InterfaceAbi } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../src/chain/rpc.ts'

export type Contract = { readonly address: Address; readonly abi: Interface }
export type Code = { readonly abi: InterfaceAbi; readonly bytecode: Hex }

/**
 * Transactions of any sender, gathered with explicit nonces and put on the chain many at a time. Nothing waits for an
 * answer, because the address of a contract is known before it exists. For setting a chain up: senders are
 * impersonated.
 */
export interface Batch {
  readonly deploy: (code: Code, args?: readonly unknown[]) => Contract
  readonly call: (from: Address, to: Contract, name: string, args: readonly unknown[], value?: bigint) => void
  readonly send: (from: Address, to: Address | null, data: Hex, label: string, value?: bigint) => void
  /** Sends and mines all that was gathered. Order holds per sender only. @throws `reverted`, naming the first failure. */
  readonly flush: () => Promise<void>
  readonly read: (to: Contract, name: string, args: readonly unknown[]) => Promise<readonly unknown[]>
}

type Waiting = { readonly label: string; readonly transaction: Readonly<Record<string, unknown>> }
/** Below EIP-7825's limit; blocks are large while a chain is being set up, so nothing is lost by asking for much. */
const GAS = '0xf42400'
const PART = 1_500

export function batchOn(rpc: Rpc, deployer: Address): Batch {
  const nonces = new Map<Address, number>()
  let waiting: Waiting[] = []
  const nonceOf = (from: Address): number => {
    const nonce = nonces.get(from) ?? 0
    nonces.set(from, nonce + 1)
    return nonce
  }
  const send: Batch['send'] = (from, to, data, label, value = 0n) => {
    const nonce = `0x${nonceOf(from).toString(16)}`
    const transaction = { from, data, nonce, gas: GAS, value: `0x${value.toString(16)}`, ...fees }
    waiting.push({ label, transaction: to === null ? transaction : { ...transaction, to } })
  }
  return {
    send,
    deploy: (code, args = []) => {
      const abi = new Interface(code.abi)
      const at = address(getCreateAddress({ from: deployer, nonce: nonces.get(deployer) ?? 0 }).toLowerCase())
      send(deployer, null, `${code.bytecode}${abi.encodeDeploy(args).slice(2)}`, 'deployment')
      return { address: at, abi }
    },
    call: (from, to, name, args, value = 0n) =>
      send(from, to.address, to.abi.encodeFunctionData(name, args) as Hex, name, value),
    read: async (to, name, args) => {
      const data = to.abi.encodeFunctionData(name, args)
      const answer = (await rpc.request('eth_call', [{ to: to.address, data }, 'latest'])) as Hex
      return to.abi.decodeFunctionResult(name, answer)
    },
    flush: async () => {
      const all = waiting
      waiting = []
      for (let from = 0; from < all.length; from += PART) await putOnChain(rpc, all.slice(from, from + PART))
    },
  }
}

const fees = { maxFeePerGas: '0x174876e800', maxPriorityFeePerGas: '0x0' }

async function putOnChain(rpc: Rpc, part: readonly Waiting[]): Promise<void> {
  const hashes = await rpc.batch(part.map((one) => ({ method: 'eth_sendTransaction', params: [one.transaction] })))
  const labels = new Map<unknown, string>()
  hashes.forEach((hash, index) => {
    if (hash instanceof KeeperError) throw hash
    labels.set(hash, part[index]?.label ?? '')
  })
  for (let blocks = 0; labels.size > 0; blocks += 1) {
    if (blocks > part.length) throw new KeeperError('bad-answer', 'transactions stay in the pool', {})
    await rpc.request('evm_mine', [])
    const receipts = (await rpc.request('eth_getBlockReceipts', ['latest'])) as readonly BlockReceipt[]
    for (const receipt of receipts) {
      const label = labels.get(receipt.transactionHash)
      labels.delete(receipt.transactionHash)
      if (receipt.status !== '0x1')
        throw new KeeperError('reverted', `${label} from ${receipt.from} to ${receipt.to}: ${await why(rpc, receipt)}`)
    }
  }
}
type BlockReceipt = {
  readonly transactionHash: string
  readonly status: string
  readonly from: string
  readonly to: string | null
  readonly gasUsed: string
}

async function why(rpc: Rpc, receipt: BlockReceipt): Promise<string> {
  const trace = (await rpc
    .request('debug_traceTransaction', [receipt.transactionHash, { tracer: 'callTracer' }])
    .catch(() => ({}))) as { error?: string; revertReason?: string; output?: string }
  return `${trace.revertReason ?? trace.error ?? ''} ${trace.output ?? ''} gas ${BigInt(receipt.gasUsed)}`
}
