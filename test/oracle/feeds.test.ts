import { Interface, Transaction } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import { type Feed, feedId } from '#core/feed.ts'
import type { View } from '#core/world.ts'
import { CUTOFF_SECONDS } from '../../sandbox/deploy/oracles.ts'
import { symbols, type TokenSymbol } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { seeded } from '../../sandbox/seeded.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { createBooks } from '../../src/book/books.ts'
import { decodeLog, type RawLog } from '../../src/chain/log.ts'
import { matches } from '../../src/chain/match.ts'
import { viewAt } from '../../src/chain/view.ts'
import { FeedKeeper } from '../../src/engine/feeds.ts'
import { pendingUpdates } from '../../src/engine/pending.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const asked = new Interface(['function latestAnswer() view returns (int256)'])

describe(`feeds and what they are made of (seed ${seed})`, () => {
  let sandbox: Sandbox
  let feeds: readonly Feed[]
  beforeAll(async () => {
    const oracle = { WETH: 'ocr2', WBTC: 'dual', WSTETH: 'capo', LINK: 'dual' } as const
    sandbox = await startSandbox({ borrowers: 'none', aave: [], oracle })
    feeds = symbols.map((symbol) => feedAt(symbol, sandbox.addresses.tokens[symbol].feed))
  })
  afterAll(() => sandbox.stop())

  const feedAt = (symbol: TokenSymbol, contract: Address): Feed => ({
    id: feedId(symbol),
    sources: [{ kind: 'price', contract }],
    unit: 'usd-1e8 per token',
    derive: ([reading]) => reading ?? null,
    nextChange: null,
    read: { to: contract, data: asked.encodeFunctionData('latestAnswer', []) as Hex, decode: BigInt },
  })
  const headHash = async (): Promise<Hex> =>
    ((await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { hash: Hex }).hash
  const answers = async (view: View): Promise<readonly bigint[]> =>
    (await view.call(feeds.map(({ read }) => ({ to: read.to, data: read.data })))).map((one) => BigInt(one ?? 0))

  it('read as the chain does at every block, foreseen one block ahead, in 60 random steps', async () => {
    const random = seeded(seed)
    const books = createBooks(8)
    const keeper = new FeedKeeper(books)
    const source = pendingUpdates(keeper)
    let hash = await headHash()
    let view = await viewAt(sandbox.rpc, hash)
    books.begin(hash, view.block.parentHash)
    await keeper.load(view, feeds)
    let [byTime, byUpdate] = [0, 0]
    for (let step = 0; step < 60; step += 1) {
      // Often at the very second of a cut-off, or one before it.
      const due = keeper.changes(view.block).find(({ why }) => why === 'cut-off')?.atSecond ?? 0
      const edge = random() < 0.4 ? due - Math.floor(random() * 2) : 0
      const drawn = view.block.timestamp + 1 + Math.floor(random() * CUTOFF_SECONDS)
      const timestamp = edge > view.block.timestamp ? edge : drawn
      const next: Block = { ...view.block, number: view.block.number + 1, timestamp, parentHash: hash }
      const symbol = (['WETH', 'WBTC', 'LINK'] as const)[Math.floor(random() * 3)] ?? 'WETH'
      const isDual = symbol !== 'WETH'
      const options = { wrapped: random() < 0.5, secondary: isDual && random() < 0.4, again: isDual && random() < 0.3 }
      const usd = BigInt(Math.round(1e8 * (10 + 5_000 * random())))
      const raw = random() < 0.7 ? await sandbox.transmit(symbol, usd, options) : null
      const before = feeds.map(({ id }) => keeper.at(view.block)(id)?.value)
      const quiet = feeds.map(({ id }) => keeper.at(next)(id)?.value)
      const scenes = raw === null ? [] : source.onInput({ ...stamp, kind: 'pending', raw }, next)
      const laid = new Map(
        (scenes[0]?.patches ?? []).flatMap(({ patch }) =>
          patch.op === 'put-feed' ? [[patch.id, patch.reading?.value] as const] : [],
        ),
      )
      const foreseen = feeds.map(({ id }, at) => (laid.has(id) ? laid.get(id) : quiet[at]))
      for (const one of scenes) {
        expect([one.trigger, one.cause, one.before]).toEqual([
          'update-pending',
          Transaction.from(raw ?? '').hash,
          [raw],
        ])
      }
      await sandbox.mine({ timestamp })
      hash = await headHash()
      view = await viewAt(sandbox.rpc, hash)
      expect([step, ...foreseen]).toEqual([step, ...(await answers(view))])
      books.begin(hash, view.block.parentHash)
      const raws = (await sandbox.rpc.request('eth_getLogs', [{ blockHash: hash }])) as RawLog[]
      const logs = raws.map((one) => decodeLog(one, view.block))
      for (const log of logs) if (keeper.watches().some((filter) => matches(filter, log))) keeper.fold(log)
      await keeper.reread(view, () => true)
      expect([step, ...feeds.map(({ id }) => keeper.at(view.block)(id)?.value)]).toEqual([step, ...foreseen])
      // What has landed makes no scene any more.
      expect(source.onHead({ ...next, number: next.number + 1, timestamp: timestamp + 12 })).toEqual([])
      if (laid.size > 0) byUpdate += 1
      if (quiet.some((value, at) => value !== before[at] && feeds[at]?.id !== feedId('WSTETH'))) byTime += 1
    }
    process.stdout.write(`seed ${seed}: ${byUpdate} of 60 moved by an update foreseen, ${byTime} by a cut-off\n`)
    expect(byUpdate).toBeGreaterThan(10)
    expect(byTime).toBeGreaterThan(3)
  })

  it('say at which second a cut-off passes, and why they move', async () => {
    const books = createBooks(8)
    const keeper = new FeedKeeper(books)
    const settled = await viewAt(sandbox.rpc, await headHash())
    await sandbox.mine({ timestamp: settled.block.timestamp + 2 * CUTOFF_SECONDS })
    await sandbox.transmit('WBTC', 41_000_00000000n)
    const { timestamp } = await sandbox.mine()
    const hash = await headHash()
    const view = await viewAt(sandbox.rpc, hash)
    books.begin(hash, view.block.parentHash)
    await keeper.load(view, feeds)
    const change = keeper.changes(view.block).find(({ feed }) => feed === feedId('WBTC'))
    expect(change).toEqual({ feed: feedId('WBTC'), atSecond: timestamp + CUTOFF_SECONDS + 1, why: 'cut-off' })
    const later = { ...view.block, timestamp: timestamp + CUTOFF_SECONDS + 1 }
    expect(keeper.at({ ...later, timestamp: later.timestamp - 1 })(feedId('WBTC'))?.value).not.toBe(41_000_00000000n)
    expect(keeper.at(later)(feedId('WBTC'))?.value).toBe(41_000_00000000n)
    expect(keeper.movedByTime(view.block, later)).toBe('cut-off')
    expect(keeper.movedByTime(view.block, { ...later, timestamp: timestamp + 1 })).toBe('derived-rate')
  })
})

const stamp = { order: 0, atMs: 0, atNs: 0n }
