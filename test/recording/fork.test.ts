import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aaveV3Pool } from '#abis/aave-v3.ts'
import type { Address } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { startAnvil } from '../../sandbox/anvil.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import type { Rpc } from '../../src/chain/rpc.ts'
import { recordRange } from '../../src/recording/record-range.ts'
import { recordedRpc } from '../../src/recording/recorded-rpc.ts'
import { openRecording, openTape } from '../../src/recording/recording.ts'
import { serveRpc } from '../../src/recording/serve-rpc.ts'
import { verify } from '../../src/recording/verify.ts'
import { fundLiquidator } from '../aave-v3/support/liquidator.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-fork-'))
const path = join(folder, 'fork.tape')
const pool = new Interface(aaveV3Pool)
let sandbox: Sandbox
let block = 0
let act: { readonly from: Address; readonly to: Address; readonly data: string }
let onChain: Done

type Done = {
  readonly gasUsed: string
  readonly logs: readonly { readonly data: string; readonly topics: readonly string[] }[]
}

/** The liquidation in a block of its own, and what its receipt says. */
async function liquidate(rpc: Rpc, timestamp: number): Promise<Done> {
  await rpc.request('anvil_impersonateAccount', [act.from])
  await rpc.request('evm_setNextBlockTimestamp', [timestamp])
  const fees = { maxFeePerGas: '0x174876e800', maxPriorityFeePerGas: '0x3b9aca00', gas: '0xb71b00' }
  const hash = await rpc.request('eth_sendTransaction', [{ ...act, ...fees }])
  await rpc.request('evm_mine', [])
  const receipt = (await rpc.request('eth_getTransactionReceipt', [hash])) as Done & { readonly status: string }
  if (receipt.status !== '0x1') throw new KeeperError('reverted', 'the liquidation reverted')
  return { gasUsed: receipt.gasUsed, logs: receipt.logs.map(({ data, topics }) => ({ data, topics })) }
}

async function onFork(url: string, timestamp: number): Promise<Done> {
  const chain = { chainId: 31_337, timestamp, gasLimit: 30_000_000n, baseFee: 1_000_000_000n }
  const fork = await startAnvil({ ...chain, fork: { url, block } })
  try {
    return await liquidate(fork.rpc, timestamp)
  } finally {
    await fork.stop()
  }
}

type Change = (ask: { readonly method: string; readonly params: string }, result: string) => string | null
const isLast = (params: string): boolean => params.includes(`"0x${block.toString(16)}"`)
const inHeader = (change: (result: string) => string | null): Change => {
  return ({ method, params }, result) => (method === 'eth_getBlockByNumber' && isLast(params) ? change(result) : result)
}
const inReceipts = (change: (result: string) => string | null): Change => {
  return ({ method, params }, result) => (method === 'eth_getBlockReceipts' && isLast(params) ? change(result) : result)
}
type RawLog = { readonly blockNumber: string }
const inLogs = (change: (log: RawLog) => RawLog | null, dropsReceipts = true): Change => {
  return ({ method, params }, result) => {
    if (method === 'eth_getBlockReceipts' && isLast(params) && dropsReceipts) return null
    if (method !== 'eth_getLogs') return result
    const logs = JSON.parse(result) as readonly RawLog[]
    return JSON.stringify(logs.flatMap((log) => (Number(log.blockNumber) === block ? (change(log) ?? []) : log)))
  }
}
/** Every block whose transactions are held whole. */
const inWhole = (change: (transactions: readonly object[]) => readonly object[]): Change => {
  return ({ method, params }, result) => {
    if (method !== 'eth_getBlockByNumber' || !isLast(params) || !params.includes('true')) return result
    const held = JSON.parse(result) as { readonly transactions: readonly object[] }
    return JSON.stringify({ ...held, transactions: change(held.transactions) })
  }
}
/** Each copy's own checksums hold: somebody recorded what is not so. */
const faults: readonly { readonly what: string; readonly field: string; readonly change: Change }[] = [
  {
    what: 'a second is another',
    field: 'hash',
    change: inHeader((text) => text.replace(/"timestamp":"0x(.)/, '"timestamp":"0x7')),
  },
  { what: 'a root is missing', field: 'stateRoot', change: inHeader((text) => text.replace('"stateRoot"', '"gone"')) },
  {
    what: 'a nonce is another',
    field: 'transactionsRoot',
    change: inWhole((all) => all.map((one) => ({ ...one, nonce: '0x7fff' }))),
  },
  {
    what: 'one stands twice',
    field: 'transactionsRoot',
    change: inWhole((all) => all.map((one) => ({ ...one, r: 'none' }))),
  },
  { what: 'it is missing', field: 'header', change: inHeader(() => null) },
  {
    what: 'a receipt used other gas',
    field: 'receiptsRoot',
    change: inReceipts((text) => text.replace('"cumulativeGasUsed":"0x', '"cumulativeGasUsed":"0x1')),
  },
  {
    what: 'a log is of another contract',
    field: 'logsBloom',
    change: inLogs((log) => ({ ...log, address: `0x${'7'.repeat(40)}` })),
  },
  {
    what: 'a log is of another block',
    field: 'blockHash',
    change: inLogs((log) => ({ ...log, blockHash: `0x${'7'.repeat(64)}` })),
  },
  { what: 'a log is left out', field: 'logs', change: inLogs(() => null, false) },
]

let timestamp = 0
beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few', aave: ['3.6'], seed: 1 })
  const { tokens, aave } = sandbox.addresses
  const from = await fundLiquidator(sandbox, [aave['3.6'].pool])
  await sandbox.setPrice('WETH', 150_000_000_000n)
  block = (await sandbox.mine()).number
  const [borrower] = sandbox.accounts.borrowers
  const [collateral, debt] = [tokens.WETH.address, tokens.USDC.address]
  const data = pool.encodeFunctionData('liquidationCall', [collateral, debt, borrower?.address, 500_000_000n, false])
  act = { from, to: aave['3.6'].pool, data }
  const head = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { readonly timestamp: string }
  timestamp = Number(head.timestamp) + 12
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a recorded block', () => {
  it('is forked without the chain, and a liquidation on it does what it does there', async () => {
    const tape = openTape(path, { chainId: 31_337, from: block - 3, to: block, chunkBlocks: 100 })
    let taped: Done | null = null
    const pass = async (rpc: Rpc): Promise<void> => {
      const server = await serveRpc(rpc, 0, () => undefined)
      taped = await onFork(server.url, timestamp).finally(server.stop)
      for (let at = block - 3; at <= block; at += 1) {
        await rpc.request('eth_getBlockReceipts', [`0x${at.toString(16)}`])
        await rpc.request('eth_getBlockByNumber', [`0x${at.toString(16)}`, true])
      }
      await rpc.request('eth_getLogs', [{ topics: [], fromBlock: '0x0', toBlock: 'latest' }])
    }
    await recordRange(sandbox.rpc, tape, pass, () => undefined)
    tape.close()
    onChain = await liquidate(sandbox.rpc, timestamp)
    await sandbox.stop()

    const unheld: string[] = []
    const server = await serveRpc(recordedRpc(openRecording(path)), 0, (what) => unheld.push(what))
    const replayed = await onFork(server.url, timestamp).finally(server.stop)
    expect(unheld).toEqual([])
    expect(replayed).toEqual(onChain)
    expect(taped).toEqual(onChain)
    expect(onChain.logs.length).toBeGreaterThan(5)
  })

  it('is what its headers say', async () => {
    const { headers, receipts, logs, logsBefore } = await verify(openRecording(path))
    expect({ headers, receipts }).toEqual({ headers: 4, receipts: 4 })
    expect(logs).toBeGreaterThan(3)
    expect(logsBefore).toBeGreaterThan(3)
  })

  it.each(faults)('is refused with $field named, where $what', async ({ field, change }) => {
    const copy = join(folder, `${field}.tape`)
    const tape = openTape(copy, openRecording(path).head)
    for (const entry of openRecording(path).entries()) {
      const { method } = entry.ask
      const text = JSON.stringify(entry.answer.result)
      const changed = change({ method, params: JSON.stringify(entry.ask.params) }, text ?? '')
      if (changed === null) continue
      tape.put(entry.ask, changed === text || text === undefined ? entry.answer : { result: JSON.parse(changed) })
    }
    tape.finish()
    tape.close()
    const error = await verify(openRecording(copy)).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'bad-record' })
    expect((error as Error).message).toMatch(new RegExp(`block ${block}, ${field}:`))
  })
})
