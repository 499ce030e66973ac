import { AbiCoder, Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aaveV3Pool } from '#abis/aave-v3.ts'
import type { Hex } from '#core/address.ts'
import { WAD } from '#core/numbers.ts'
import { symbols } from '../../sandbox/market-data.ts'
import { randomOf } from '../../sandbox/random.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import type { AaveScene } from '../../strategies/aave-v3/account-data.ts'
import { type AavePosition, isReserve, type Pool } from '../../strategies/aave-v3/records.ts'
import {
  type Aave,
  type AaveBook,
  bookOf,
  bootstrapped,
  headView,
  readFeeds,
  sceneOn,
  strategyFor,
} from '../aave-v3/support/chain.ts'

const seed = Number(process.env.SEED ?? 31)
const random = randomOf(seed)
const poolInterface = new Interface(aaveV3Pool)

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'full', seed })
})
afterAll(async () => sandbox?.stop())

/** The feed of its first collateral that it does not owe too, and the token behind it. */
function priced(book: AaveBook, position: AavePosition): { feed: string; symbol: (typeof symbols)[number] } | null {
  const pool = book.market(position.market)?.data as Pool
  for (const { slot, supply, debt } of position.data.balances) {
    const reserve = book.market(pool.slots[slot]!)
    if (supply === 0n || debt > 0n || !isReserve(reserve)) continue
    const symbol = symbols.find((one) => sandbox.addresses.tokens[one].address === reserve.data.asset)!
    return { feed: reserve.data.feed, symbol }
  }
  return null
}

/** The lowest price, 8 decimals, at which the health factor is no lower than wanted; `null` where none is sane. */
function priceFor(strategy: Aave, scene: AaveScene, position: AavePosition, feed: string, health: bigint) {
  const healthAt = (value: bigint): bigint =>
    strategy.judge({ ...scene, feed: (id) => (id === feed ? { value, updatedAt: 0 } : scene.feed(id)) }, position)
      .healthFactor as bigint
  let [low, high] = [1n, 10n ** 14n]
  if (healthAt(low) >= health || healthAt(high) < health) return null
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (healthAt(middle) >= health) high = middle
    else low = middle
  }
  return high
}

async function healthOnChain(pool: string, user: string): Promise<bigint> {
  const data = poolInterface.encodeFunctionData('getUserAccountData', [user])
  const answer = (await sandbox.rpc.request('eth_call', [{ to: pool, data }, 'latest'])) as Hex
  return AbiCoder.defaultAbiCoder().decode(Array(6).fill('uint256'), answer)[5] as bigint
}

describe.each(['3.0', '3.6'] as const)(`interest alone on Aave %s (seed ${seed})`, (version) => {
  it('carries positions over the line at the second foretold, and not one earlier: the pool says so', async () => {
    const strategy = strategyFor(sandbox.addresses.aave[version].provider)
    const book = bookOf(await bootstrapped(strategy, await headView(sandbox.rpc)))
    const wrong: unknown[] = []
    let crossed = 0
    const looks: number[] = []
    for (const position of [...book.positions(), ...book.positions()]) {
      const found = priced(book, position)
      if (found === null) continue
      const view = await headView(sandbox.rpc)
      const scene = sceneOn(book, view.block, await readFeeds(strategy, book, view))
      // From a hair to some days above the line.
      const margin = BigInt(Math.floor(10 ** (8 + 6 * random.fraction())))
      const price = priceFor(strategy, scene, position, found.feed, WAD + margin)
      if (price === null) continue
      await sandbox.setPrice(found.symbol, price)
      await sandbox.mine()
      const now = await headView(sandbox.rpc)
      const read = await readFeeds(strategy, book, now)
      const near = sceneOn(book, now.block, read)
      let reads = 0
      const feed: AaveScene['feed'] = (id) => {
        reads += 1
        return near.feed(id)
      }
      const when = strategy.nextChange({ ...near, feed }, position)
      if (when === null || !('atSecond' in when) || when.atSecond <= now.block.timestamp + 1) continue
      const { pool } = book.market(position.market)!.data as Pool
      await sandbox.mine({ timestamp: when.atSecond - 1 })
      const before = await healthOnChain(pool, position.owner!)
      await sandbox.mine({ timestamp: when.atSecond })
      const after = await healthOnChain(pool, position.owner!)
      crossed += 1
      looks.push(reads / position.data.balances.length)
      // Where a block was enough to carry it over the line, the next is where all of a debt may be repaid.
      const line = (strategy.judge(near, position).healthFactor as bigint) >= WAD ? WAD : (WAD * 95n) / 100n + 1n
      if (before < line || after >= line)
        wrong.push({ id: position.id, ahead: when.atSecond - now.block.timestamp, before, after })
    }
    looks.sort((a, b) => a - b)
    const median = looks[Math.floor(looks.length / 2)] ?? 0
    process.stdout.write(`Aave ${version}, seed ${seed}: ${crossed} crossed; health computed ${median} times each
`)
    expect(wrong, `seed ${seed}`).toEqual([])
    expect(crossed, `seed ${seed}`).toBeGreaterThan(25)
  }, 300_000)
})
