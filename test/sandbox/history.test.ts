import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateHistory } from '../../sandbox/history/generate-history.ts'
import type { History, HistoryOptions } from '../../sandbox/history/history.ts'
import { morphoMarkets } from '../../sandbox/history/morpho-markets.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { type Configured, deployAndConfigure } from '../../src/cli/demo/deploy-and-configure.ts'

const SEED = 3
const options = { seed: SEED, days: 2, blocks: 40, borrowers: 40 }
const liquidations = new Interface([
  'event LiquidationCall(address indexed collateral, address indexed debt, address indexed user, uint256, uint256, address liquidator, bool)',
  'event Liquidate(bytes32 indexed id, address indexed caller, address indexed borrower, uint256, uint256, uint256, uint256, uint256)',
])
const topics = ['LiquidationCall', 'Liquidate'].map((name) => liquidations.getEvent(name)?.topicHash)

type Block = {
  readonly number: string
  readonly hash: string
  readonly timestamp: string
  readonly baseFeePerGas: string
  readonly gasUsed: string
  readonly gasLimit: string
  readonly transactions: readonly string[]
}
type Receipt = {
  readonly status: string
  readonly from: string
  readonly transactionIndex: string
  readonly blockNumber: string
  readonly effectiveGasPrice: string
  readonly logs: readonly { readonly topics: readonly string[] }[]
}

describe(`a history, seed ${SEED}`, () => {
  let history: History
  let configured: Configured
  const seen: number[] = []
  const onDeployed: HistoryOptions['onDeployed'] = async (sandbox, protocols) => {
    configured = await deployAndConfigure(sandbox, { journalPath: 'none', dryRun: true, protocols })
  }
  beforeAll(async () => {
    history = await generateHistory({ ...options, onDeployed, onBlock: (number) => void seen.push(number) })
  })
  afterAll(async () => history?.sandbox.stop())

  const ask = async <T>(method: string, ...params: readonly unknown[]) =>
    (await history.sandbox.rpc.request(method, params)) as T
  const blockAt = async (number: number) => ask<Block>('eth_getBlockByNumber', `0x${number.toString(16)}`, false)
  const receiptOf = async (hash: string) => ask<Receipt>('eth_getTransactionReceipt', hash)

  test('has the blocks it says, and tells of each', async () => {
    expect(history.to - history.from + 1).toBe(options.blocks)
    expect(seen).toEqual(Array.from({ length: options.blocks }, (_, at) => history.from + at))
    expect((await ask<Block>('eth_getBlockByNumber', 'latest', false)).hash).toBe(history.head)
  })

  test('every liquidation told of is on the chain, where it is said to be, and no other is', async () => {
    for (const { hash, rival, borrower, block, index, tip } of history.taken) {
      const receipt = await receiptOf(hash)
      expect([receipt.status, receipt.from]).toEqual(['0x1', testAccount(`rival ${rival}`).address])
      expect([Number(receipt.blockNumber), Number(receipt.transactionIndex)]).toEqual([block, index])
      const { baseFeePerGas } = await blockAt(block)
      expect(BigInt(receipt.effectiveGasPrice) - BigInt(baseFeePerGas)).toBe(tip)
      const about = receipt.logs.filter(({ topics: [first] }) => topics.includes(first))
      expect(about.map(({ topics: own }) => own[3]?.slice(-40))).toEqual([borrower.slice(2)])
    }
    const range = { fromBlock: `0x${history.from.toString(16)}`, toBlock: 'latest', topics: [topics] }
    expect(await ask<unknown[]>('eth_getLogs', range)).toHaveLength(history.taken.length)
  })

  test('within a block the higher tip comes first', () => {
    for (const one of history.taken)
      for (const other of history.taken)
        if (one.block === other.block && one.index < other.index) expect(one.tip).toBeGreaterThanOrEqual(other.tip)
  })

  test('holds a case of every reason for which a liquidation can be missed', () => {
    const { taken, lost } = history
    expect(taken.filter(({ tracked }) => !tracked).length, 'a market nobody follows').toBeGreaterThan(0)
    expect(taken.filter(({ young }) => young).length, 'opened in its own block').toBeGreaterThan(0)
    expect(taken.filter(({ after, young }) => after === 0 && !young).length, 'behind the oracle').toBeGreaterThan(0)
    expect(taken.filter(({ after }) => after === 1).length, 'the block after').toBeGreaterThan(0)
    expect(taken.filter(({ after }) => after > 1).length, 'later').toBeGreaterThan(0)
    expect(taken.filter(({ profit }) => profit < 0).length, 'at a loss').toBeGreaterThan(0)
    expect(lost.length, 'outbid').toBeGreaterThan(0)
    expect(new Set(taken.map(({ rival }) => rival)).size).toBe(3)
  })

  test('a keeper is configured for it that follows every market but one', async () => {
    const { executor, protocols } = configured.config
    expect((await ask<string>('eth_getCode', executor?.address, 'latest')).length).toBeGreaterThan(1_000)
    const blue = protocols.find(({ name }) => name === 'morpho-blue')?.config as { readonly markets: readonly string[] }
    expect(blue.markets).toHaveLength(morphoMarkets.length - 1)
  })

  test('base fees follow EIP-1559 wherever no time was left out, and spike', async () => {
    let last = await blockAt(history.from)
    for (let number = history.from + 1; number <= history.to; number += 1) {
      const block = await blockAt(number)
      const [fee, used, target] = [last.baseFeePerGas, last.gasUsed, `${BigInt(last.gasLimit) / 2n}`].map(BigInt) as [
        bigint,
        bigint,
        bigint,
      ]
      const change = (fee * (used > target ? used - target : target - used)) / target / 8n
      const next = used > target ? fee + (change > 1n ? change : 1n) : fee - change
      if (Number(block.timestamp) - Number(last.timestamp) === 12) expect(BigInt(block.baseFeePerGas)).toBe(next)
      last = block
    }
    expect(history.baseFees.most).toBeGreaterThan(10n * history.baseFees.least)
  })

  test('states of its first block can still be read', async () => {
    const { pool } = history.sandbox.addresses.aave['3.6']
    const code = await ask<string>('eth_getCode', pool, `0x${history.from.toString(16)}`)
    expect(code.length).toBeGreaterThan(100)
  })

  test('the same seed and options give the same head', async () => {
    const again = await generateHistory({ ...options, onDeployed })
    await again.sandbox.stop()
    expect(again.head).toBe(history.head)
    expect(again.taken).toEqual(history.taken)
  })
})
