import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { doing } from '../../strategies/morpho-blue/fixture/calls.ts'
import { fundEther } from '../fund-ether.ts'
import { symbols, tokenData } from '../market-data.ts'
import type { Sandbox } from '../sandbox.ts'
import { signerOf } from '../signer.ts'
import { BLOCK_GAS } from '../start.ts'
import { type Crowd, fundCrowd } from './crowd.ts'
import type { Lendings } from './lendings.ts'
import { unitsOf } from './loan.ts'
import { marketOf, morphoLender } from './morpho-lending.ts'
import { morphoMarkets } from './morpho-markets.ts'
import type { PricePath } from './price-path.ts'
import { approveCall, mintCall } from './purse.ts'
import { fundRival, type Rival } from './rivals.ts'

/** Money for all, and the loans that stand before the first block. */
export async function prepare(
  sandbox: Sandbox,
  lendings: Lendings,
  crowd: Crowd,
  rivals: readonly Rival[],
  path: PricePath,
): Promise<void> {
  await sizeBlocks(sandbox, LARGE)
  await fundCrowd(sandbox, crowd.loans)
  await fundEther(sandbox.rpc, [morphoLender.address, ...rivals.map(({ account }) => account.address)], 10n ** 25n)
  await lendOnMorpho(sandbox)
  for (const rival of rivals) await fundRival(sandbox, rival, lendings)
  await mineAll(sandbox)
  const prices = path.at(0)
  for (const loan of crowd.loans) {
    if (loan.opens === 0) await crowd.open(loan, prices)
    // What anvil does for one transaction takes longer the more wait.
    if (loan.index % TOGETHER === TOGETHER - 1) await mineAll(sandbox)
  }
  await mineAll(sandbox)
  await sizeBlocks(sandbox, BLOCK_GAS)
  await sandbox.mine()
}

const TOGETHER = 200
/** Room for a crowd that opens at once. */
const LARGE = 2_000_000_000n
const sizeBlocks = (sandbox: Sandbox, gas: bigint): Promise<unknown> =>
  sandbox.rpc.request('evm_setBlockGasLimit', [`0x${gas.toString(16)}`])

const dollars = (amount: number, symbol: (typeof symbols)[number]): bigint =>
  unitsOf(symbol, (amount * 1e8) / Number(tokenData[symbol].price))

async function lendOnMorpho(sandbox: Sandbox): Promise<void> {
  const { morpho } = sandbox.addresses
  const lender = signerOf(sandbox.rpc, morphoLender, sandbox.chainId)
  for (const symbol of symbols)
    await lender.send(
      mintCall(sandbox, symbol, morphoLender.address, dollars(60e6, symbol)),
      approveCall(sandbox, symbol, morpho, 2n ** 256n - 1n),
    )
  for (const [at, { pair }] of morphoMarkets.entries()) {
    const { address } = morphoLender
    const rest = [dollars(20e6, pair[1]), 0n, address, '0x']
    const { to, data } = doing(address, morpho, 'supply', marketOf(sandbox, at), rest)
    await lender.send({ to, data, gas: 500_000n })
  }
}

/** Blocks until nothing waits. @throws `reverted` where a transaction of the setting up failed. */
async function mineAll(sandbox: Sandbox): Promise<void> {
  for (;;) {
    const { pending, queued } = (await sandbox.rpc.request('txpool_status', [])) as Record<string, Hex>
    if (Number(pending) + Number(queued) === 0) return
    await sandbox.rpc.request('anvil_setNextBlockBaseFeePerGas', ['0x1'])
    await sandbox.rpc.request('evm_mine', [])
    const receipts = (await sandbox.rpc.request('eth_getBlockReceipts', ['latest'])) as readonly {
      readonly status: string
      readonly from: string
      readonly transactionHash: string
    }[]
    const failed = receipts.find(({ status }) => status !== '0x1')
    if (failed !== undefined)
      throw new KeeperError('reverted', `${failed.transactionHash} of ${failed.from}, before the history begins`)
  }
}
