import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address, Hex } from '#core/address.ts'
import { answerOf } from '../sandbox/oracle.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { startSandbox } from '../sandbox/start.ts'
import { multicall3 } from '../src/chain/multicall.ts'
import { deployAndConfigure } from '../src/cli/demo/deploy-and-configure.ts'
import { sandboxEnv } from '../src/cli/demo/sandbox-config.ts'
import { type OpenKeeper, openKeeper } from '../src/cli/open-keeper.ts'
import { openKeys } from '../src/keys/open-keys.ts'
import { createObserve } from '../src/observe/create-observe.ts'
import { fillBook } from './fill-book.ts'
import { type NodeUnderTest, nodeUnderTest } from './node-under-test.ts'
import type { PushedHead, ToNode } from './trigger-node.ts'

/** AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt) */
const answerUpdated = '0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f'
/** What brings one position of the sandbox below the line, and no other. */
const fallen = 0.915
const word = (value: bigint | number): Hex => `0x${BigInt(value).toString(16).padStart(64, '0')}`

type Push = Extract<ToNode, { kind: 'push' }>
export type Shots = {
  readonly sandbox: Sandbox
  readonly opened: OpenKeeper
  readonly node: NodeUnderTest
  /** The position that crosses, in lower case. */
  readonly crosses: Address
  /** A token whose transfers the keeper watches. */
  readonly token: Address
  /** A chain of heads made up from the sandbox's last on: each with the oracle's log, the price fallen or as it was. */
  readonly heads: () => (isFallen: boolean) => Push
  /** What the keeper warned of: a round beside the path that ended with a fault rehearses nothing. */
  readonly warned: readonly string[]
  /** Copies of a position far from the line, so many in all. */
  readonly fill: (count: number) => void
  readonly close: () => Promise<void>
}

/**
 * The real keeper behind the mock node, its book read from the real contracts; heads are made up from there on. Sends
 * publicly and without simulating: the bytes leave over the socket that the heads come by.
 */
export async function shots(): Promise<Shots> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  const sandbox = await startSandbox({ borrowers: 'few' })
  const { config } = await deployAndConfigure(sandbox, { journalPath: join(folder, 'journal.sqlite'), via: 'public' })
  const node = await nodeUnderTest(sandbox.nodeUrl)
  const keys = await openKeys(config.keys, { env: sandboxEnv(sandbox), warn: () => undefined })
  const warned: string[] = []
  const observe = createObserve({
    level: 'warn',
    isPretty: false,
    write: (line) => void (/"event":"(unserved|synced)"/.test(line) || warned.push(line)),
  })
  const opened = await openKeeper(
    {
      ...config,
      chain: { ...config.chain, rpc: node.url },
      submission: { ...config.submission, simulate: 'never' },
      drift: { ...config.drift, everyBlocks: 1_000_000 },
    },
    keys,
    observe,
  )
  await opened.keeper.start()
  const running = opened.keeper.run()
  const { WBTC } = sandbox.addresses.tokens
  const head = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as PushedHead
  const price = await answerOf(sandbox.rpc, WBTC.aggregator)
  const crosses = sandbox.accounts.borrowers.find(({ label }) => label === 'two decimals')?.address ?? multicall3
  return {
    sandbox,
    opened,
    node,
    crosses,
    token: tokenOf(opened),
    heads: () => headsAfter(head, WBTC.aggregator, price),
    warned,
    fill: (count) => fillBook(opened, count),
    close: async () => {
      opened.live.close()
      await running
      await opened.close()
      node.stop()
      await sandbox.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function headsAfter(head: PushedHead, aggregator: Address, price: bigint): (isFallen: boolean) => Push {
  let { number, hash, timestamp } = { number: Number(head.number), hash: head.hash, timestamp: Number(head.timestamp) }
  return (isFallen) => {
    const parentHash = hash
    number += 1
    timestamp += 12
    hash = word(0xf00d_0000 + number)
    const answer = isFallen ? BigInt(Math.round(Number(price) * fallen)) : price
    const log = {
      ...{ address: aggregator, topics: [answerUpdated, word(answer), word(number)], data: word(timestamp) },
      ...{ blockHash: hash, blockNumber: `0x${number.toString(16)}`, logIndex: '0x0', removed: false },
      ...{ transactionHash: word(number), transactionIndex: '0x0' },
    }
    const logsBloom = `0x${'ff'.repeat(256)}`
    const made = { number: `0x${number.toString(16)}`, timestamp: `0x${timestamp.toString(16)}` }
    return { kind: 'push', head: { ...head, ...made, hash, parentHash, logsBloom }, logs: [log] }
  }
}

function tokenOf({ keeper }: OpenKeeper): Address {
  const { books, modules } = keeper.mirror()
  const markets = modules.strategies.flatMap(({ key }) => [...books.shelf(key).markets()])
  return markets.flatMap(({ data }) => (data.aToken === undefined ? [] : [data.aToken as Address]))[0] ?? multicall3
}
