import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aaveV3Pool } from '#abis/aave-v3.ts'
import type { Address } from '#core/address.ts'
import type { PositionId } from '#core/book.ts'
import { listen } from '../../sandbox/listen.ts'
import { usd } from '../../sandbox/market-data.ts'
import { bodyOf } from '../../sandbox/proxy.ts'
import { randomOf } from '../../sandbox/random.ts'
import { createBooks } from '../../src/book/books.ts'
import { loadSnapshot, type Snapshot, saveSnapshot } from '../../src/book/snapshot.ts'
import { quantity } from '../../src/chain/view.ts'
import { layoutsOf } from '../../src/cli/modules-of.ts'
import type { Config } from '../../src/config/config.ts'
import { borrow, liquidationCall, repay } from '../../strategies/aave-v3/events.ts'
import { type Account, isReserve } from '../../strategies/aave-v3/records.ts'
import { type Owing, startStorm } from '../aave-v3/support/storm.ts'
import { expectAsFresh } from './as-fresh.ts'
import { type Live, type Rig, rig } from './rig.ts'

const seed = Number(process.env.PLIMSOLL_RESUME_SEED ?? 11)
const accountRead = new Interface(aaveV3Pool).getFunction('getUserConfiguration')?.selector.slice(2) ?? ''

type Asked = {
  /** Accounts read, alone or many in one call. */
  readonly accounts: number
  /** First block of every range of logs of a lending pool. */
  readonly logsFrom: readonly number[]
}

/** Stands between a keeper and the node, and notes what a start reads. */
async function tapNode(world: Rig) {
  const { rpcUrl, addresses } = world.sandbox
  const pools = Object.values(addresses.aave).map(({ pool }) => pool)
  let bodies: string[] = []
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    bodies.push(body)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(rpcUrl, { method: 'POST', headers, body }).catch(() => null)
    if (answer === null) return void request.socket.destroy()
    response.writeHead(answer.status, headers).end(await answer.text())
  })
  const { url, stop } = await listen(server)
  const asked = (): Asked => ({
    accounts: bodies.reduce((sum, body) => sum + body.split(accountRead).length - 1, 0),
    logsFrom: bodies
      .flatMap((body) => JSON.parse(body) as { method: string; params: readonly Record<string, unknown>[] }[])
      .filter(({ method, params: [filter] }) => method === 'eth_getLogs' && filter?.fromBlock !== undefined)
      .filter(({ params }) => pools.some((pool) => JSON.stringify(params).includes(pool)))
      .map(({ params: [filter] }) => Number(filter?.fromBlock)),
  })
  const begin = (): void => {
    bodies = []
  }
  return { url, stop, asked, begin }
}

describe(`a book that was kept (seed ${seed})`, () => {
  let world: Rig
  let tap: Awaited<ReturnType<typeof tapNode>>
  let config: Config
  let path = ''
  let storm: Awaited<ReturnType<typeof startStorm>>
  const random = randomOf(seed)
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true })
    tap = await tapNode(world)
    path = join(world.folder, 'kept.book')
    const read = (await world.configure({ snapshotPath: path })).config
    // Every position is compared before a stored book is trusted.
    config = { ...read, chain: { ...read.chain, rpc: tap.url }, drift: { everyBlocks: 1_000, sample: 1_000 } }
    for (let blocks = 0; blocks < 4; blocks += 1) await world.sandbox.mine()
  })
  afterAll(async () => {
    await world?.end()
    await tap?.stop()
  })

  /** @returns what it read until it was ready to decide. */
  const start = async (with_: Config = config): Promise<{ readonly keeper: Live; readonly asked: Asked }> => {
    tap.begin()
    const keeper = await world.live(with_)
    return { keeper, asked: tap.asked() }
  }
  const stored = async (at = path): Promise<Snapshot> => {
    const found = await loadSnapshot(at, layoutsOf(config))
    if (found === null) throw new Error('no book is stored')
    return found
  }
  const positionsOf = (keeper: Live): readonly PositionId[] => {
    const { books, modules } = keeper.keeper.mirror()
    return modules.strategies.flatMap(({ key }) => [...books.shelf(key).positions()].map(({ id }) => id))
  }
  const owingIn = (keeper: Live, version: '3.0' | '3.6'): readonly Owing[] => {
    const { books, modules } = keeper.keeper.mirror()
    return modules.strategies.flatMap(({ key }) => {
      const reserves = [...books.shelf(key).markets()].filter((one) => isReserve(one as never))
      const assetOf = (slot: number | undefined): Address | undefined =>
        reserves.find(({ data }) => data.slot === slot)?.data.asset as Address | undefined
      return [...books.shelf(key).positions()].flatMap(({ owner, data, market }) => {
        const { balances } = data as unknown as Account
        const collateral = assetOf(balances.find(({ supply }) => supply > 0n)?.slot)
        const debt = assetOf(balances.find((one) => one.debt > 0n)?.slot)
        const isElsewhere = String(market) !== world.sandbox.addresses.aave[version].pool
        return isElsewhere || owner === null || !collateral || !debt ? [] : [{ user: owner, collateral, debt }]
      })
    })
  }
  /** Everything is read from the chain, told why, and right. */
  const expectRefused = async (why: RegExp): Promise<void> => {
    const { keeper, asked } = await start()
    expect(keeper.faults.map(({ message }) => message)).toEqual([expect.stringMatching(why)])
    expect(keeper.lines.join('\n')).toMatch(why)
    expect(asked.logsFrom).toContain(0)
    await expectAsFresh(world, keeper)
    await keeper.stop()
  }

  it('is brought to the newest head by what has changed since, and acted on', async () => {
    const { keeper: first, asked: whole } = await start()
    expect(first.faults).toEqual([])
    expect(whole.logsFrom).toContain(0)
    await first.block()
    const before = positionsOf(first)
    storm = await startStorm(world.sandbox, random, 6, (version) => owingIn(first, version))
    await first.block()
    await first.stop()
    const { number } = await stored()
    expect(number).toBe(first.keeper.head()?.block.number)

    for (let block = 0; block < 30; block += 1) {
      await storm.blow(random.whole(0, 20))
      if (block % 6 === 5) await world.sandbox.setPrice('WETH', usd(random.whole(1_500, 3_600)))
      await world.sandbox.mine()
    }
    for (const topic of [borrow, repay, liquidationCall]) {
      const range = { fromBlock: quantity(number + 1), topics: [topic] }
      expect(await world.sandbox.rpc.request('eth_getLogs', [range])).not.toEqual([])
    }
    const { keeper: second, asked } = await start()
    expect(second.faults).toEqual([])
    await expectAsFresh(world, second)
    expect(new Set(asked.logsFrom)).toEqual(new Set([number + 1]))
    const after = positionsOf(second)
    const since = after.filter((id) => !before.includes(id)).length
    expect(since, 'somebody borrowed first while nobody followed').toBeGreaterThan(0)
    process.stdout.write(
      `accounts read: ${whole.accounts} of ${before.length}, then ${asked.accounts} of ${after.length}, ${since} of them new\n`,
    )

    await world.price('WETH', 1_200)
    for (let blocks = 0; blocks < 3; blocks += 1) await second.block()
    expect(second.attempts().some(({ status }) => status === 'included')).toBe(true)
    await expectAsFresh(world, second)
    await second.stop()
  }, 120_000)

  it('reads no account where nobody did anything', async () => {
    const { keeper, asked } = await start()
    expect(keeper.faults).toEqual([])
    expect(asked.accounts).toBe(0)
    await expectAsFresh(world, keeper)
    await keeper.stop()
  })

  it('is kept every so many blocks too, so that a crash costs no more than these', async () => {
    const { keeper } = await start({ ...config, snapshot: { path, everyBlocks: 2 } })
    const kept: number[] = []
    for (let blocks = 0; blocks < 6; blocks += 1) {
      await world.price('WETH', 1_300 + blocks)
      await keeper.block()
      await expect.poll(() => !existsSync(`${path}.new`)).toBe(true)
      kept.push((await stored()).number)
    }
    expect(new Set(kept).size).toBe(3)
    copyFileSync(path, `${path}.crash`)
    await keeper.stop()
    copyFileSync(`${path}.crash`, path)
    const { keeper: again, asked } = await start()
    expect(new Set(asked.logsFrom)).toEqual(new Set([(kept.at(-1) ?? 0) + 1]))
    expect(again.faults).toEqual([])
    await expectAsFresh(world, again)
    await again.stop()
  })

  it('is not kept while something in it is known to be stale: what was kept before stands', async () => {
    const { keeper } = await start()
    const { number } = await stored()
    const { proxy } = world.sandbox
    proxy.faults.push({ method: 'eth_call', kind: 'too-many', times: 1_000_000 })
    for (let blocks = 0; blocks < 20 && !keeper.keeper.mirror().hasStale(); blocks += 1) {
      await storm.blow(20)
      await keeper.block()
    }
    expect(keeper.keeper.mirror().hasStale()).toBe(true)
    await keeper.stop()
    proxy.faults.length = 0
    expect((await stored()).number).toBe(number)
    const { keeper: again, asked } = await start()
    expect(again.faults).toEqual([])
    expect(new Set(asked.logsFrom)).toEqual(new Set([number + 1]))
    await expectAsFresh(world, again)
    await again.stop()
  })

  it('that is damaged is not used', async () => {
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    writeFileSync(path, bytes)
    await expectRefused(/damaged or cut short/)
  })

  it('of another executor is not used', async () => {
    const { keeper } = await start()
    await keeper.stop()
    await saveSnapshot(path, await stored(), { ...layoutsOf(config), executor: `0x${'1'.repeat(40)}` })
    await expectRefused(/executor is another by now/)
  })

  it('with one record that differs from the chain is not used', async () => {
    const snapshot = await stored()
    const books = createBooks(1, snapshot)
    const [key = ''] = snapshot.shelves.keys()
    const [one] = books.shelf(key).positions()
    if (one === undefined) throw new Error('nobody owes')
    const { balances } = one.data as unknown as Account
    const wrong = balances.map((balance) => ({ ...balance, debt: balance.debt + balance.debt / 1_000n }))
    books.apply(key, [{ op: 'put-position', position: { ...one, data: { ...one.data, balances: wrong } } }])
    await saveSnapshot(path, { ...snapshot, ...books.stored() }, layoutsOf(config))
    await expectRefused(new RegExp(`${one.id} differs from what aave-v3 itself says`))
  })

  it('of a block that was reorganised away is not used', async () => {
    const { keeper } = await start()
    await keeper.block()
    await keeper.block()
    await keeper.stop()
    const { number } = await stored()
    await world.sandbox.rpc.request('anvil_reorg', [2, []])
    await world.sandbox.mine()
    await expectRefused(new RegExp(`its block ${number} is not on the chain`))
  })

  it('that cannot be written is told of, and stops nothing', async () => {
    rmSync(path)
    const { keeper } = await start({ ...config, snapshot: { path: join(world.folder, 'no', 'such'), everyBlocks: 1 } })
    await keeper.block()
    await keeper.block()
    expect(keeper.faults.map((fault) => (fault as { code?: string }).code)).toContain('store-failed')
    await expectAsFresh(world, keeper)
    await keeper.stop()
    expect(existsSync(path)).toBe(false)
  })
})
