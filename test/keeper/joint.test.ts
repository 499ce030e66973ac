import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crashScript } from '../../sandbox/crash.ts'
import { seeded } from '../../sandbox/uniswap-chain.ts'
import { overlay } from '../../src/book/overlay.ts'
import { decodeLog, type RawLog } from '../../src/chain/log.ts'
import type { Address, Hex } from '../../src/core/address.ts'
import type { MarketId } from '../../src/core/book.ts'
import { bps, wei } from '../../src/core/numbers.ts'
import { encodeOrder, encodeProgram } from '../../src/execution/encode-order.ts'
import { executedEvent } from '../../src/execution/executed.ts'
import { find } from '../../src/opportunity/find.ts'
import type { PoolEntry } from '../../src/quote/exchange.ts'
import { type Candidate, quote } from '../../src/quote/plan.ts'
import { nextBlock } from '../../src/scene/next-block.ts'
import { plainly, sceneAfter } from '../../src/scene/scene.ts'
import { exhaustive, type Sellable } from '../quote/exhaustive.ts'
import { type Live, type Rig, rig } from './rig.ts'

const seed = Number(process.env.SEED ?? 17)
/** Pools of a case: all that there are would leave the search no time. */
const poolsOfCase = 7

describe('several positions that share pools, on the real contracts', () => {
  let world: Rig
  let keeper: Live
  beforeAll(async () => {
    world = await rig({ borrowers: 'full', traffic: true })
    const { config } = await world.configure({ dryRun: true })
    keeper = await world.live(config)
    for (const { prices } of crashScript(1).slice(0, 3)) {
      await world.sandbox.movePools(prices)
      for (const [symbol, usd] of Object.entries(prices)) await world.sandbox.setPrice(symbol as 'WETH', usd)
      await world.sandbox.mine()
    }
    await keeper.block()
  })
  afterAll(() => world.end())

  for (const { positions, cases, sizes, orders } of [
    { positions: 2, cases: 6, sizes: 20, orders: 'all' },
    { positions: 3, cases: 2, sizes: 20, orders: 'one' },
    { positions: 4, cases: 2, sizes: 3, orders: 'all' },
  ] as const)
    it(`${positions} at once: what the chain pays is never below the best of an exhaustive search, nor negative`, async () => {
      process.stdout.write(`seed ${seed}\n`)
      for (let at = 0; at < cases; at += 1) {
        const random = seeded(seed * 1_000 + positions * 100 + at)
        const { candidates, pools, sellables } = draw(keeper, positions, random)
        const block = nextBlock(keeper.keeper.head()!, 12)
        const { plans } = quote({
          block,
          trigger: 'head',
          candidates,
          exchange: { pools, wrapped: keeper.config.chain.wrappedNative },
          lenders: lendersOf(keeper),
          executor: keeper.keeper.executor(),
          payload: encodeProgram,
          leave: (scene, patches) => sceneAfter(scene, patches, overlay),
          gas: { units: () => undefined, price: block.baseFee, limit: 16_777_216 },
          tipShareBps: bps(0n),
          minimumNet: wei(0n),
          driftPpm: 0,
          joinPpm: 0,
        })
        let realised = 0n
        for (const plan of plans) {
          const { gained, gasUsed } = await execute(world, keeper, plan.program, block)
          expect(gained - gasUsed * block.baseFee).toBeGreaterThan(0n)
          realised += gained - BigInt(plan.gasUnits) * block.baseFee
        }
        const wrapped = keeper.config.chain.wrappedNative
        const best = exhaustive({ sellables, pools, wrapped, gasPrice: block.baseFee, feeBps: 0n, sizes, orders })
        process.stdout.write(
          `${positions} positions, case ${at}: ${plans.length} plans realise ${realised} wei, the best of ${best.tried} is ${best.net}\n`,
        )
        expect(realised).toBeGreaterThanOrEqual(best.net)
      }
    }, 240_000)
})

const lendersOf = ({ keeper }: Live) =>
  keeper
    .mirror()
    .modules.flash.filter(({ name }) => name === 'morpho')
    .map(({ key, name, module }) => ({ source: name, module, book: keeper.mirror().books.shelf(key) }))

/** Positions drawn from those below the line, one pair of each, and pools that join their tokens. */
function draw(live: Live, count: number, random: () => number) {
  const mirror = live.keeper.mirror()
  const block = nextBlock(live.keeper.head()!, 12)
  const all = mirror.modules.strategies.flatMap(({ key, name, module }) => {
    const scene = mirror.sceneOf(key, plainly(block, 'head'))
    return find(module, scene).opportunities.map(
      (opportunity): Candidate => ({ strategy: name, module, scene, opportunity }),
    )
  })
  const drawn = new Map<string, Candidate>()
  while (drawn.size < count) {
    const one = all[Math.floor(random() * all.length)]!
    if (!isOrphan(live, one)) drawn.set(one.opportunity.positions.join(), one)
  }
  const candidates = [...drawn.values()]
  const sellables = candidates.map(
    ({ module, scene, opportunity }): Sellable => ({
      collateral: opportunity.gets[0] as Address,
      debt: opportunity.pays!.asset as Address,
      segments: opportunity.feasible!.segments,
      terms: (input) => {
        const { repay, seized } = module.terms(scene, opportunity, input)
        return { repay, seized: seized[0]!.amount }
      },
    }),
  )
  const tokens = new Set(sellables.flatMap(({ collateral, debt }) => [collateral, debt]))
  const entries = [...mirror.admittedPools()].map(
    ({ key, venue, id }): PoolEntry => ({
      venue: venue.name,
      module: venue.module,
      pool: mirror.books.shelf(key).market(id as MarketId)!,
    }),
  )
  const near = entries.filter(({ module, pool }) => module.tokens(pool).some((token) => tokens.has(token)))
  const pools = near
    .map((entry) => ({ entry, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, poolsOfCase)
  return { candidates, sellables, pools: pools.map(({ entry }) => entry) }
}

const isOrphan = ({ keeper }: Live, { opportunity }: Candidate): boolean => {
  const joined = new Set(
    [...keeper.mirror().admittedPools()].flatMap(({ key, venue, id }) => {
      const pool = keeper
        .mirror()
        .books.shelf(key)
        .market(id as MarketId)
      return pool === undefined ? [] : [...venue.module.tokens(pool)]
    }),
  )
  return !joined.has(opportunity.gets[0] as Address)
}

/** Runs a program as the next block would, on the chain's own state; nothing is kept of it. */
async function execute(
  { sandbox }: Rig,
  live: Live,
  program: Parameters<typeof encodeOrder>[0]['program'],
  block: ReturnType<typeof nextBlock>,
) {
  const executor = live.keeper.executor()
  const data = encodeOrder({
    firstBlock: block.number,
    lastBlock: block.number,
    minimumNet: wei(0n),
    tipShareBps: bps(0n),
    expects: [],
    program,
  })
  const hex = (n: number | bigint): Hex => `0x${n.toString(16)}`
  const from = sandbox.accounts.operators[0]!.address
  const call = {
    from,
    to: executor,
    data,
    gas: hex(16_777_216),
    maxFeePerGas: hex(block.baseFee),
    maxPriorityFeePerGas: '0x0',
  }
  const blockOverrides = { number: hex(block.number), time: hex(block.timestamp), baseFeePerGas: hex(block.baseFee) }
  const answer = (await sandbox.rpc.request('eth_simulateV1', [
    { blockStateCalls: [{ blockOverrides, calls: [call] }] },
    'latest',
  ])) as {
    calls: { status: string; gasUsed: string; logs: RawLog[]; error?: unknown }[]
  }[]
  const done = answer[0]!.calls[0]!
  expect(done.status, JSON.stringify(done.error)).toBe('0x1')
  const executed = done.logs.map((log) => executedEvent(decodeLog(log, block), executor)).find((one) => one !== null)!
  return { gained: executed.gained as bigint, gasUsed: BigInt(done.gasUsed) }
}
