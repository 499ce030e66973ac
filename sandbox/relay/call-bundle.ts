import { address } from '#core/address.ts'
import type { Rpc } from '../../src/chain/rpc.ts'
import { accountsOf, admit } from './admissible.ts'
import { bundleHash, quantity, transactionsOf } from './bundle.ts'
import type { Parsed } from './parsed.ts'
import { readHead } from './read-head.ts'
import { type BlockShape, type Result, simulateInOrder } from './simulate.ts'
import type { Reply } from './start-relay.ts'

/** `eth_callBundle`: what the bundle would do and pay in that block, without a trace of it on the chain. */
export async function callBundle(rpc: Rpc, chainId: number, params: Record<string, unknown>): Promise<Reply> {
  const transactions = transactionsOf(params.txs, chainId)
  if (typeof transactions === 'string') return { error: transactions }
  const state = params.stateBlockNumber === undefined ? 'latest' : String(params.stateBlockNumber)
  const head = await readHead(rpc, state)
  const block: BlockShape = {
    number: quantity(params.blockNumber) ?? head.number + 1,
    timestamp: quantity(params.timestamp) || head.timestamp + 12,
    baseFee: head.nextBaseFee,
    coinbase: params.coinbase === undefined ? head.coinbase : address(String(params.coinbase)),
  }
  const accounts = await accountsOf(
    rpc,
    transactions.map((one) => one.from),
    state,
  )
  const admitted = admit(accounts, transactions, block.baseFee)
  if (typeof admitted === 'string') return { error: `err: ${admitted}` }
  const results = await simulateInOrder(rpc, block, transactions, state)
  const sum = (of: (one: Result) => bigint): bigint => results.reduce((total, one) => total + of(one), 0n)
  const [gas, sent, fees] = [sum((one) => one.gasUsed), sum((one) => one.sent), sum((one) => one.fees)]
  return {
    result: {
      bundleHash: bundleHash(transactions),
      bundleGasPrice: `${gas === 0n ? 0n : (sent + fees) / gas}`,
      coinbaseDiff: `${sent + fees}`,
      ethSentToCoinbase: `${sent}`,
      gasFees: `${fees}`,
      results: results.map((one, index) => line(one, transactions[index])),
      stateBlockNumber: head.number,
      totalGasUsed: Number(gas),
    },
  }
}

function line(one: Result, transaction: Parsed | undefined): object {
  return {
    txHash: one.hash,
    fromAddress: transaction?.from,
    toAddress: transaction?.to,
    gasUsed: Number(one.gasUsed),
    gasPrice: `${one.gasUsed === 0n ? 0n : (one.sent + one.fees) / one.gasUsed}`,
    gasFees: `${one.fees}`,
    coinbaseDiff: `${one.sent + one.fees}`,
    ethSentToCoinbase: `${one.sent}`,
    ...(one.ok ? { value: one.returnData } : { error: 'execution reverted', revert: one.returnData }),
  }
}
