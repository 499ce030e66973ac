import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomOf } from '../../sandbox/random.ts'
import { nextBlock } from '../../src/scene/next-block.ts'
import { plainly } from '../../src/scene/scene.ts'
import { type Live, type Rig, rig } from './rig.ts'

const seeds = [11, 23, Number(process.env.SEED ?? 37)]

describe.each(seeds)('a position that interest alone pushes over (seed %i)', (seed) => {
  let world: Rig
  let keeper: Live
  const random = randomOf(seed)
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', seed, aave: [random.one(['3.0', '3.6'] as const)], traffic: true })
    keeper = await world.live((await world.configure()).config)
  })
  afterAll(() => world?.end())

  it('is liquidated in the first block in which the contract allows it, exact to the wei, and named so', async () => {
    const { sandbox } = world
    const owner = sandbox.accounts.borrowers.find(({ label }) => label === 'plain')!.address
    const mirror = keeper.keeper.mirror()
    const { key, module } = mirror.modules.strategies[0]!
    const judged = (second: number) => {
      const scene = mirror.sceneOf(key, plainly({ ...nextBlock(keeper.keeper.head()!, 12), timestamp: second }, 'head'))
      const position = [...scene.book.positions()].find((one) => one.owner === owner)!
      return { position, figures: module.judge(scene, position), when: module.nextChange(scene, position) }
    }
    // A price at which it stands above the line by what interest takes some blocks for.
    const now = keeper.keeper.head()!.block.timestamp
    const health = judged(now).figures.healthFactor as bigint
    const margin = 10n ** 18n + random.big(3n * 10n ** 7n, 25n * 10n ** 7n)
    const usd = (3_000n * 10n ** 8n * margin) / health + 1n
    await sandbox.movePools({ WETH: usd })
    await sandbox.setPrice('WETH', usd)
    await keeper.block()
    const from = keeper.keeper.head()!.block.timestamp
    const { figures, when, position } = judged(from)
    expect(figures.liquidatable).toBe(false)
    const second = (when as { atSecond: number }).atSecond
    expect(second - from, `seed ${seed}`).toBeLessThan(600)
    const first = Math.ceil((second - from) / 12)
    process.stdout.write(`seed ${seed}: crosses ${second - from} s ahead, allowed in block ${first} from here\n`)
    expect(first).toBeGreaterThan(2)
    for (let block = 1; block < first; block += 1) {
      // An update that changes nothing lands just before: it would have crossed without it.
      if (block === first - 1) await sandbox.setPrice('USDC', 10n ** 8n)
      await keeper.block()
      expect(judged(keeper.keeper.head()!.block.timestamp).figures.liquidatable, `block ${block}`).toBe(false)
    }
    expect(keeper.intents().filter((one) => one.steps.some((step) => step.position === position.id))).toHaveLength(1)
    const number = await keeper.block()
    const receipts = keeper.journal.select({ streams: ['receipt'] }).map(({ record }) => record as never as Kept)
    expect(receipts).toHaveLength(1)
    expect(receipts[0]!.receipt).toMatchObject({ status: 'included', block: number })
    expect(receipts[0]!.exactness).toMatchObject({ isComparable: true, profit: 0n })
    expect(receipts[0]!.gained).toBeGreaterThan(0n)
    const intent = keeper.intents()[0]!
    expect(intent.steps.map((step) => step.position)).toEqual([position.id])
    expect(intent).toMatchObject({ trigger: 'interest', readsWhileDeciding: 0 })
    expect(keeper.faults).toEqual([])
  }, 240_000)
})

type Kept = { receipt: object; exactness: object; gained: bigint }
