import type { Address, Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { MarketId, Patch, PositionId } from '#core/book.ts'
import type { FeedId, Reading } from '#core/feed.ts'
import { isBlocked, type Opportunity } from '#core/opportunity.ts'
import type { Strategy } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { startAnvil } from '../../../../sandbox/anvil.ts'
import { tokenAddresses } from '../../../../sandbox/assemble.ts'
import type { Ground, Scenario } from '../../../../sandbox/fixture.ts'
import { privateGround } from '../../../../sandbox/private-ground.ts'
import { accounts, deployWorld, type World } from '../../../../sandbox/world.ts'
import { overlay } from '../../../../src/book/overlay.ts'
import { createShelf, type Shelf, type ShelfPatch } from '../../../../src/book/shelf.ts'
import { decodeLog, type RawLog } from '../../../../src/chain/log.ts'
import { filterOf, type RawBlock, viewAt } from '../../../../src/chain/view.ts'
import { plainly, sceneAt } from '../../../../src/scene/scene.ts'
import type { BlueAddresses } from '../../fixture/addresses.ts'
import fixture from '../../fixture/index.ts'
import blue from '../../index.ts'
import type { Blue, BlueScene, Loan, Way } from '../../records.ts'

export type Play = {
  readonly world: World
  readonly ground: Ground
  readonly addresses: BlueAddresses
  readonly scenario: Scenario
  readonly strategy: Strategy<Blue, Loan, Way>
  readonly stop: () => Promise<void>
}

/** Official Morpho Blue on a chain of its own, nobody in it. */
export async function startPlay(): Promise<Play> {
  const anvil = await startAnvil({ chainId: 31_337, timestamp: 1_780_000_000, gasLimit: 2_000_000_000n, baseFee: 1n })
  const world = await deployWorld(anvil.rpc, [], {}, () => undefined)
  const [deployment] = fixture.deployments
  const addresses = fixture.addresses.parse(await deployment?.deploy(world))
  const tokens = tokenAddresses(world.tokens)
  const ground = await privateGround({ rpc: anvil.rpc, accounts, addresses: { tokens, weth: tokens.WETH.address } })
  const scenario = await fixture.attach(ground, addresses)
  const strategy = blue.create(blue.config.parse(fixture.config(addresses)))
  return { world, ground, addresses, scenario, strategy, stop: () => anvil.stop() }
}

export type BlueBook = BlueScene['book']
export const bookOf = (shelf: Shelf): BlueBook => shelf as unknown as BlueBook

export async function headView({ rpc }: Ground): Promise<View> {
  const { hash } = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
  return viewAt(rpc, hash as Hex)
}

export function apply(shelf: Shelf, patches: readonly Patch<Blue, Loan>[]): void {
  for (const patch of patches) shelf.apply(patch as ShelfPatch)
}

/** A shelf with everything a fresh start reads. */
export async function bootstrapped({ strategy }: Play, view: View): Promise<Shelf> {
  const shelf = createShelf()
  for await (const patches of strategy.bootstrap(view)) apply(shelf, patches)
  return shelf
}

/** What the engine does with a head: fold its logs in order, then read at the same block what they made stale. */
export async function follow({ strategy, ground: { rpc } }: Play, shelf: Shelf, view: View): Promise<number> {
  const { hash } = (await rpc.request('eth_getBlockByNumber', [
    `0x${view.block.number.toString(16)}`,
    false,
  ])) as RawBlock
  const answers = await rpc.batch(
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
  return raw.length
}

/** Every block since one, each as it comes. */
export async function followSince(play: Play, shelf: Shelf, number: number): Promise<View> {
  const { rpc } = play.ground
  const head = await headView(play.ground)
  for (let at = number + 1; at <= head.block.number; at += 1) {
    const { hash } = (await rpc.request('eth_getBlockByNumber', [`0x${at.toString(16)}`, false])) as RawBlock
    await follow(play, shelf, await viewAt(rpc, hash as Hex))
  }
  return head
}

export async function readFeeds({ strategy }: Play, book: BlueBook, view: View): Promise<ReadonlyMap<FeedId, Reading>> {
  const feeds = strategy.feeds(book)
  const answers = await view.call(feeds.map(({ read }) => ({ to: read.to, data: read.data })))
  return new Map(
    feeds.map((feed, at) => {
      const answer = answers[at] ?? null
      return [feed.id, answer === null ? null : { value: feed.read.decode(answer), updatedAt: view.block.timestamp }]
    }),
  )
}

export const sceneOn = (book: BlueBook, block: Block, feeds: ReadonlyMap<FeedId, Reading>): BlueScene =>
  sceneAt(
    plainly(block, 'head'),
    'morpho-blue',
    book as never,
    (id) => feeds.get(id) ?? null,
    overlay,
  ) as unknown as BlueScene

export const opportunitiesIn = ({ strategy }: Play, scene: BlueScene): readonly Opportunity<Way>[] =>
  [...scene.book.markets()].flatMap((market) =>
    strategy
      .assess(scene, market, [...scene.book.positionsOf(market.id)])
      .flatMap((found) => (isBlocked(found) ? [] : [found])),
  )

/** Everything a shelf holds, in one order. */
export const contents = (book: BlueBook): unknown => ({
  markets: [...book.markets()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  positions: [...book.positions()].sort((a, b) => (a.id < b.id ? -1 : 1)),
})

export async function balanceOf({ rpc }: Ground, token: Address, who: Address): Promise<bigint> {
  const data = `0x70a08231${who.slice(2).padStart(64, '0')}`
  return BigInt((await rpc.request('eth_call', [{ to: token, data }, 'latest'])) as Hex)
}
