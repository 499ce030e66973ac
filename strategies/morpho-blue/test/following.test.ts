import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Address, address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Reading } from '#core/feed.ts'
import { isBlocked } from '#core/opportunity.ts'
import { compiledCode } from '../../../sandbox/compiled.ts'
import { deployVault } from '../../../sandbox/deploy/oracles.ts'
import { randomOf } from '../../../sandbox/random.ts'
import { deployer } from '../../../sandbox/world.ts'
import { createBooks } from '../../../src/book/books.ts'
import { overlay } from '../../../src/book/overlay.ts'
import { decodeLog, type RawLog } from '../../../src/chain/log.ts'
import { FeedKeeper } from '../../../src/engine/feeds.ts'
import { sceneAfter } from '../../../src/scene/scene.ts'
import { allowing, authorising, doing, idOf, type Params } from '../fixture/calls.ts'
import { standIns } from '../fixture/contracts.ts'
import { loanId } from '../records.ts'
import {
  type BlueBook,
  bookOf,
  bootstrapped,
  contents,
  followSince,
  headView,
  opportunitiesIn,
  type Play,
  readFeeds,
  sceneOn,
  startPlay,
} from './support/play.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? 23)
const factory = new Interface([
  'function createPreLiquidation(bytes32, tuple(uint256, uint256, uint256, uint256, uint256, address)) returns (address)',
])
const percent = (of: bigint): bigint => of * 10n ** 16n

/** Feeds are told for markets in which something is owed: here all are taken for that. */
const allOwing = (book: BlueBook): BlueBook =>
  overlay(
    book as never,
    [...book.markets()].map((market) => ({
      op: 'put-market' as const,
      market: { ...market, data: { ...market.data, totalBorrowShares: 1n } },
    })) as never,
  ) as never

describe(`what comes to Morpho Blue later (seed ${seed})`, () => {
  const random = randomOf(seed)
  let play: Play
  beforeAll(async () => {
    play = await startPlay()
    await vaultMarkets()
    for (const who of play.ground.actors) await play.scenario.open(who, random)
  }, 120_000)
  afterAll(async () => play?.stop())

  let vault: Address
  /** Markets over a vault's shares, before anybody but the batch sends for the deployer. */
  async function vaultMarkets(): Promise<void> {
    const { batch, tokens } = play.world
    const share = deployVault(batch, deployer, 'Test vault of Ether', 'vWETH', tokens.WETH.contract)
    const none = ZERO_ADDRESS
    const feed = (symbol: 'WETH' | 'WBTC' | 'USDC' | 'LINK'): Address => tokens[symbol].oracle.feed
    const shapes = [
      [
        [share.address, none],
        [10n ** 18n, 1],
        [feed('WETH'), none],
        [feed('USDC'), none],
        [18, 6],
      ],
      [
        [none, share.address],
        [1, 10n ** 15n],
        [feed('WBTC'), feed('USDC')],
        [feed('WETH'), none],
        [8, 18],
      ],
      [
        [share.address, share.address],
        [10n ** 9n, 10n ** 6n],
        [feed('LINK'), none],
        [feed('WBTC'), feed('USDC')],
        [18, 8],
      ],
    ] as const
    const oracles = shapes.map((args) => batch.deploy(compiledCode(standIns(), 'StandInMorphoOracle'), args as never))
    for (const oracle of oracles)
      batch.send(
        deployer,
        play.addresses.oracleFactory,
        new Interface(['function note(address)']).encodeFunctionData('note', [oracle.address]) as Hex,
        'note',
      )
    const markets = oracles.map(({ address: oracle }): Params => ({ ...play.addresses.markets[0]!, oracle }))
    await batch.flush()
    vault = share.address
    await play.ground.settle(markets.map((market) => doing(deployer, play.addresses.morpho, 'createMarket', market)))
  }

  /** As a caller would be answered, without doing it. */
  async function madeBy(market: string, params: readonly unknown[]): Promise<{ data: Hex; at: Address }> {
    const data = factory.encodeFunctionData('createPreLiquidation', [market, params]) as Hex
    const to = play.addresses.preLiquidationFactory
    const answer = (await play.ground.rpc.request('eth_call', [{ to, data }, 'latest'])) as Hex
    return { data, at: address(`0x${answer.slice(-40)}`) }
  }

  it('a market, its pre-liquidation contract and a loan of one block are followed as a fresh start reads them', async () => {
    const { ground, addresses, world } = play
    const { morpho, irm } = addresses
    const [who] = ground.actors
    const [first] = addresses.markets
    const market: Params = { ...first!, lltv: percent(77n), irm }
    await ground.settle([
      ...ground.gift(market.loan, who!, 10n ** 12n),
      ...ground.gift(market.collateral, who!, 10n ** 19n),
      ...allowing(who!, market.loan, morpho),
      ...allowing(who!, market.collateral, morpho),
    ])
    const shelf = await bootstrapped(play, await headView(ground))
    const { block } = await headView(ground)
    // Authorised before the contract, and the loan, are there.
    const create = doing(deployer, morpho, 'createMarket', market)
    const snapshot = await ground.rpc.request('evm_snapshot', [])
    await ground.settle([create])
    const pre = [percent(60n), percent(20n), percent(50n), percent(101n), percent(105n), market.oracle]
    const { data, at } = await madeBy(idOf(market), pre)
    await ground.rpc.request('evm_revert', [snapshot])
    await ground.settle([
      authorising(who!, morpho, at, true),
      create,
      doing(who!, morpho, 'supply', market, [10n ** 11n, 0n, who, '0x']),
      doing(who!, morpho, 'supplyCollateral', market, [10n ** 19n, who, '0x']),
      { from: deployer, to: addresses.preLiquidationFactory, data },
      doing(who!, morpho, 'borrow', market, [10n ** 10n, 0n, who, who]),
    ])
    await followSince(play, shelf, block.number)
    const fresh = await bootstrapped(play, await headView(ground))
    expect(contents(bookOf(shelf))).toEqual(contents(bookOf(fresh)))
    const found = bookOf(shelf).position(loanId(idOf(market), who!))
    expect(found?.data.allows).toEqual([at])
    expect(bookOf(shelf).market(idOf(market))?.data.preLiquidations).toHaveLength(1)
    expect(bookOf(shelf).market(idOf(market))?.data.oracle.parts).not.toBeNull()
    expect(world.morpho.address).toBe(morpho)
  })

  it('a pre-liquidation repeated in one block does the second time what its terms say after the first', async () => {
    const { ground, addresses, scenario, strategy } = play
    const last = ground.rival
    const [market] = addresses.markets
    const [pre] = market!.preLiquidations
    const collateral = 10n ** 19n
    await ground.settle([
      ...ground.gift(market!.loan, last, 10n ** 12n),
      ...ground.gift(market!.collateral, last, collateral),
      ...[market!.loan, market!.collateral].flatMap((token) => allowing(last, token, addresses.morpho)),
      doing(last, addresses.morpho, 'supply', market!, [10n ** 11n, 0n, last, '0x']),
      doing(last, addresses.morpho, 'supplyCollateral', market!, [collateral, last, '0x']),
      doing(last, addresses.morpho, 'borrow', market!, [23_000_000_000n, 0n, last, last]),
      authorising(last, addresses.morpho, pre!.contract, true),
      ...scenario.arm(ground.liquidator),
    ])
    const weth = play.world.tokens.WETH.oracle.feed
    await ground.settle([await ground.price(weth, 270_000_000_000n)])
    let cases = 0
    const view = await headView(ground)
    const block = { ...view.block, number: view.block.number + 1, timestamp: view.block.timestamp + 7 }
    const book = bookOf(await bootstrapped(play, view))
    let scene = sceneOn(book, block, await readFeeds(play, book, view))
    const expected: { repay: bigint; seize: bigint }[] = []
    const [target] = opportunitiesIn(play, scene).filter(
      ({ positions, kind }) => kind === 'pre-liquidate' && positions[0] === loanId(idOf(market!), last),
    )
    for (let call = 0; call < 3; call += 1) {
      const again = opportunitiesIn(play, scene).find(({ id }) => id === target!.id)
      if (again === undefined) break
      const input = again.feasible!.segments[0]!.to
      const terms = strategy.terms(scene, again, input)
      await ground.send({
        from: ground.liquidator,
        ...strategy.encode(scene.book, { opportunity: again, input, terms }, ground.liquidator).act('0x'),
      })
      expected.push({ repay: terms.repay, seize: terms.seized[0]!.amount })
      scene = sceneAfter(scene as never, terms.after as never, overlay) as never
      cases += 1
    }
    const mined = await ground.mine(block.timestamp)
    const shelf = await bootstrapped(play, view)
    await followSince(play, shelf, view.block.number)
    expect(contents(bookOf(shelf))).toEqual(contents(scene.book))
    expect(mined.block.number).toBe(block.number)
    expect(cases).toBeGreaterThan(1)
    expect(expected[1]!.repay).toBeLessThan(expected[0]!.repay)
  })

  it('a standard oracle is computed from feeds and vaults as it answers, and closes with them', async () => {
    const { world, ground, strategy } = play
    const { tokens } = world
    let compared = 0
    for (let round = 0; round < 70; round += 1) {
      const moved = []
      for (const { feed: at, answer } of play.scenario.prices)
        moved.push(await ground.price(at, random.chance(0.02) ? 0n : (answer * random.big(200n, 1_900n)) / 1_000n))
      if (random.chance(0.5)) moved.push(...ground.gift(tokens.WETH.address, vault, random.big(1n, 10n ** 20n)))
      for (const deed of moved) await ground.send(deed)
      const view = await ground.mine()
      const owing = allOwing(bookOf(await bootstrapped(play, view)))
      for (const one of strategy.feeds(owing).filter(({ derive }) => derive !== null)) {
        const answers = await view.call(
          one.sources.map((source) =>
            source.kind === 'rate'
              ? { to: source.contract, data: source.call }
              : { to: source.kind === 'price' ? source.contract : ZERO_ADDRESS, data: '0x50d25bcd' as Hex },
          ),
        )
        const readings = answers.map((answer): Reading => ({ value: BigInt(answer ?? 0), updatedAt: 1 }))
        const [told] = await view.call([{ to: one.read.to, data: one.read.data }])
        expect(one.derive!(readings, view.block)?.value ?? null).toBe(told === null ? null : one.read.decode(told!))
        compared += 1
      }
    }
    process.stdout.write(`oracles: ${compared} prices computed as answered\n`)
    expect(compared).toBeGreaterThan(400)
  }, 120_000)

  it('a price over a vault is kept by its feeds’ logs, and by one read of the vault a block', async () => {
    const { world, ground, strategy, scenario } = play
    const settled = []
    for (const { feed, answer } of scenario.prices) settled.push(await ground.price(feed, answer))
    const view = await ground.settle(settled)
    const books = createBooks(8)
    const keeper = new FeedKeeper(books)
    const feeds = strategy
      .feeds(allOwing(bookOf(await bootstrapped(play, view))))
      .filter(({ sources }) => sources.some(({ kind }) => kind === 'rate'))
    await keeper.load(view, feeds)
    let [byLog, byRead] = [0, 0]
    for (let round = 0; round < 60; round += 1) {
      const { feed, answer } = random.one(scenario.prices)
      await ground.send(await ground.price(feed, (answer * random.big(500n, 1_500n)) / 1_000n))
      const grows = random.chance(0.3)
      for (const deed of grows ? ground.gift(world.tokens.WETH.address, vault, random.big(1n, 10n ** 20n)) : [])
        await ground.send(deed)
      const now = await ground.mine()
      const range = { fromBlock: `0x${now.block.number.toString(16)}`, toBlock: `0x${now.block.number.toString(16)}` }
      for (const log of (await ground.rpc.request('eth_getLogs', [range])) as RawLog[])
        byLog += keeper.fold(decodeLog(log, now.block)).length
      if (grows) byRead += (await keeper.reread(now, () => true)).length
      const told = await now.call(feeds.map(({ read }) => ({ to: read.to, data: read.data })))
      for (const [at, one] of feeds.entries())
        expect(keeper.at(now.block)(one.id)?.value).toBe(one.read.decode(told[at]!))
    }
    process.stdout.write(`vault prices: ${byLog} moved by logs, ${byRead} by reads\n`)
    expect(feeds.length).toBe(3)
    expect(Math.min(byLog, byRead)).toBeGreaterThan(10)
  }, 120_000)

  it('tells who cannot be judged while an oracle reverts, and offers all for nothing at a price of 0', async () => {
    const { ground, strategy, scenario } = play
    const moved = []
    for (const { feed, answer } of scenario.prices) moved.push(await ground.price(feed, answer))
    await ground.settle(moved)
    const view = await headView(ground)
    const book = bookOf(await bootstrapped(play, view))
    const feeds = await readFeeds(play, book, view)
    const told = (value: bigint | null) =>
      sceneOn(
        book,
        view.block,
        new Map([...feeds.keys()].map((id) => [id, value === null ? null : { value, updatedAt: 0 }])),
      )
    const found = (value: bigint | null) =>
      [...book.markets()].flatMap((market) => strategy.assess(told(value), market, [...book.positionsOf(market.id)]))
    const owing = [...book.positions()].filter(({ data }) => data.borrowShares > 0n)
    expect(owing.length).toBeGreaterThan(4)
    const blocked = found(null)
    expect(blocked.map((one) => isBlocked(one) && one.reason)).toEqual(owing.map(() => 'feed-reverts'))
    const free = found(0n).flatMap((one) => (isBlocked(one) ? [] : [one]))
    expect(free.map(({ data }) => data.by)).toEqual(owing.map(() => 'seizedAssets'))
    for (const one of free) expect(strategy.terms(told(0n), one, one.feasible!.segments[0]!.to).repay).toBe(0n)
  })
})
