import type { Wallet } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../chain/rpc.ts'

export type Sent = { readonly transactionHash: Hex; readonly block: number; readonly gasUsed: bigint }

/**
 * One public transaction of an operator's own hand, and its receipt.
 * @throws `reverted` where it would or did revert; `rpc-refused` (retryable) when it is not mined in time.
 */
export async function sendCall(
  rpc: Rpc,
  wallet: Wallet,
  to: Address,
  data: Hex,
  { chainId, timeoutMs = 180_000 }: { readonly chainId: number; readonly timeoutMs?: number },
): Promise<Sent> {
  const from = wallet.address.toLowerCase()
  const gas = await estimate(rpc, { from, to, data })
  const block = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { readonly baseFeePerGas?: string }
  const tip = 1_000_000_000n
  const raw = await wallet.signTransaction({
    type: 2,
    chainId,
    nonce: Number(await rpc.request('eth_getTransactionCount', [from, 'latest'])),
    to,
    data,
    gasLimit: (gas * 12n) / 10n,
    maxPriorityFeePerGas: tip,
    maxFeePerGas: BigInt(block.baseFeePerGas ?? '0x0') * 2n + tip,
  })
  const hash = (await rpc.request('eth_sendRawTransaction', [raw])) as Hex
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; ) {
    const receipt = (await rpc.request('eth_getTransactionReceipt', [hash])) as {
      readonly status: string
      readonly blockNumber: string
      readonly gasUsed: string
    } | null
    if (receipt?.status === '0x0') throw new KeeperError('reverted', `${hash} reverted: nothing was moved`)
    if (receipt !== null)
      return { transactionHash: hash, block: Number(receipt.blockNumber), gasUsed: BigInt(receipt.gasUsed) }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const say = `${hash} was sent and is not mined after ${timeoutMs / 1_000} seconds: look for it before trying again`
  throw new KeeperError('rpc-refused', say, { retryable: true })
}

async function estimate(
  rpc: Rpc,
  call: { readonly from: string; readonly to: Address; readonly data: Hex },
): Promise<bigint> {
  const [answer] = await rpc.batch([{ method: 'eth_estimateGas', params: [call] }])
  if (!(answer instanceof KeeperError)) return BigInt(answer as string)
  if (answer.retryable) throw answer
  throw new KeeperError('reverted', `it would revert (${answer.message}): nothing was sent`, { cause: answer })
}
