import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import type { MarketId, PositionId } from '#core/book.ts'
import { usd } from '../../sandbox/market-data.ts'
import { randomOf } from '../../sandbox/random.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import type { Shelf } from '../../src/book/shelf.ts'
import { decodeLog, type RawLog } from '../../src/chain/log.ts'
import { filterOf } from '../../src/chain/view.ts'
import { liquidationCall } from '../../strategies/aave-v3/events.ts'
import { isReserve } from '../../strategies/aave-v3/records.ts'
import { type Aave, apply, bookOf, bootstrapped, headView, readFeeds, sceneOn, strategyFor } from './support/chain.ts'
import { type Owing, startStorm } from './support/storm.ts'

const seed = 8
const blocks = 60
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few' })
})
afterAll(async () => sandbox?.stop())

/** What the engine does with a head: fold its logs in order, then read at the same block what they made stale. */
async function follow(strategy: Aave, shelf: Shelf): Promise<{ logs: number; liquidations: number }> {
  const view = await headView(sandbox.rpc)
  const { hash } = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { hash: Hex }
  const answers = await sandbox.rpc.batch(
    strategy
      .watches(bookOf(shelf))
      .map((filter) => ({ method: 'eth_getLogs', params: [{ ...filterOf(filter), blockHash: hash }] })),
  )
  const raw = (answers as RawLog[][]).flat().sort((a, b) => Number(a.logIndex) - Number(b.logIndex))
  const markets = new Set<MarketId>()
  const positions = new Set<PositionId>()
  for (const one of raw) {
    const { patches, dirty } = strategy.fold(bookOf(shelf), decodeLog(one, view.block))
    apply(shelf, patches)
    for (const id of dirty.markets) markets.add(id)
    for (const id of dirty.positions) positions.add(id)
  }
  apply(shelf, await strategy.refresh(view, bookOf(shelf), { markets: [...markets], positions: [...positions] }))
  return { logs: raw.length, liquidations: raw.filter(({ topics }) => topics[0] === liquidationCall).length }
}

/** By id: what a seed draws must not depend on how a book is kept. */
function owingIn(shelf: Shelf): readonly Owing[] {
  const book = bookOf(shelf)
  const reserves = [...book.markets()].filter(isReserve)
  const assetOf = (slot: number | undefined): Address | undefined =>
    reserves.find(({ data }) => data.slot === slot)?.data.asset
  const positions = [...book.positions()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return positions.flatMap(({ owner, data }) => {
    const collateral = assetOf(data.balances.find(({ supply }) => supply > 0n)?.slot)
    const debt = assetOf(data.balances.find((one) => one.debt > 0n)?.slot)
    return owner === null || collateral === undefined || debt === undefined ? [] : [{ user: owner, collateral, debt }]
  })
}

const contents = (shelf: Shelf): unknown => ({
  markets: [...shelf.markets()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  positions: [...shelf.positions()].sort((a, b) => (a.id < b.id ? -1 : 1)),
})

describe(`a storm of ${blocks} blocks (seed ${seed})`, () => {
  it('followed by logs leaves the book a fresh start would read, judged as the pools judge', async () => {
    const random = randomOf(seed)
    const follower = async (version: '3.0' | '3.6'): Promise<{ strategy: Aave; shelf: Shelf }> => {
      const strategy = strategyFor(sandbox.addresses.aave[version].provider)
      return { strategy, shelf: await bootstrapped(strategy, await headView(sandbox.rpc)) }
    }
    const by = { '3.0': await follower('3.0'), '3.6': await follower('3.6') }
    const followed = Object.values(by)
    const storm = await startStorm(sandbox, random, 6, (version) => owingIn(by[version].shelf))
    for (const { strategy, shelf } of followed) await follow(strategy, shelf)
    const seen = { logs: 0, liquidations: 0 }
    for (let block = 0; block < blocks; block += 1) {
      await storm.blow(random.whole(0, 24))
      if (block % 6 === 5) await sandbox.setPrice('WETH', usd(random.whole(1_500, 3_600)))
      const { timestamp } = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { timestamp: Hex }
      await sandbox.mine({ timestamp: Number(timestamp) + random.one([1, 12, 12, 40_000]) })
      for (const { strategy, shelf } of followed) {
        const { logs, liquidations } = await follow(strategy, shelf)
        seen.logs += logs
        seen.liquidations += liquidations
      }
      if (block % 10 !== 9) continue
      const view = await headView(sandbox.rpc)
      for (const { strategy, shelf } of followed) {
        expect(contents(shelf)).toEqual(contents(await bootstrapped(strategy, view)))
        const book = bookOf(shelf)
        const scene = sceneOn(book, view.block, await readFeeds(strategy, book, view))
        for (const position of book.positions()) {
          expect(strategy.judge(scene, position)).toEqual(await strategy.probe(view, book, position))
        }
      }
    }
    expect(seen.logs).toBeGreaterThan(blocks * 9)
    expect(seen.liquidations).toBeGreaterThan(10)
  })
})
