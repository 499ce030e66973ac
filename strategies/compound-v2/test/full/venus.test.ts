import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Block } from '#core/block.ts'
import type { When } from '#core/feed.ts'
import type { View } from '#core/world.ts'
import type { Deployment } from '../../../../sandbox/fixture.ts'
import { randomOf } from '../../../../sandbox/random.ts'
import fixture from '../../fixture/index.ts'
import { after, callsOf, foundIn, goes, look, type Play, paidBy, playOn, sightAt } from './venus-play.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? 5)

describe.each(fixture.deployments)(`compound-v2 on $name, seed ${seed}`, (deployment) => {
  let play: Play
  beforeAll(async () => {
    // Run by `npm run test:full`, which fetches what is too heavy to be installed with the rest.
    expect(deployment.absent).toBeUndefined()
    play = await playOn(deployment as Deployment<unknown>, seed)
  }, 240_000)
  afterAll(() => play?.stop())

  it('finds the feed behind every price', async () => {
    const { view, shelf } = await look(play)
    for (const feed of play.strategy.feeds(shelf as never)) {
      const [source] = feed.sources
      const contract = source?.kind === 'price' ? source.contract : feed.read.to
      const [answer, told] = await view.call([{ to: contract, data: '0x50d25bcd' }, feed.read])
      const derived = feed.derive?.([{ value: BigInt(answer ?? 0), updatedAt: 0 }], view.block)
      expect(derived?.value, feed.id).toBe(feed.read.decode(told ?? '0x'))
    }
  })

  it('is right to the slot about when interest makes an account liquidatable, a third market accrued first or not', async () => {
    const { view, shelf } = await look(play)
    let [cases, accruing] = [0, 0]
    const now = await sightAt(play, shelf, view, next(view))
    for (const position of now.book.positions()) {
      const when = play.strategy.nextChange(now, position)
      if (when === null) continue
      const block = moved(next(view), when, 0)
      const scene = await sightAt(play, shelf, view, block)
      for (const opportunity of foundIn(play, scene, position.id)) {
        const calls = callsOf(play, scene, opportunity)
        expect(await goes(play, calls, block), `${opportunity.id} in ${JSON.stringify(when)}`).toBe(true)
        expect(await goes(play, calls, moved(block, when, -1)), `${opportunity.id} a slot earlier`).toBe(false)
        cases += 1
        if (opportunity.data.how !== 'liquidateBorrow' || opportunity.data.accrue.length === 0) continue
        expect(await goes(play, calls.slice(-1), block), `${opportunity.id} without accruing`).toBe(false)
        accruing += 1
      }
    }
    process.stdout.write(`${deployment.name}: ${cases} crossings, ${accruing} of them by a third market\n`)
    expect(cases).toBeGreaterThan(3)
    expect(accruing).toBeGreaterThan(0)
  }, 240_000)

  it('is right about a second liquidation of the same account in one block', async () => {
    for (const { feed, answer } of play.scenario.prices) {
      const share = answer > 10n ** 9n ? 88n : 103n
      await play.ground.send(await play.ground.price(feed, (answer * share) / 100n))
    }
    const { view, shelf } = await look(play)
    const scene = await sightAt(play, shelf, view, next(view))
    let cases = 0
    for (const first of foundIn(play, scene)) {
      const asset = first.pays?.asset
      if (first.feasible === null || asset === undefined || asset === 'native') continue
      const done = play.strategy.terms(scene, first, first.feasible.segments[0]?.to ?? null)
      const later = after(scene, done.after)
      const second = foundIn(play, later, first.positions[0]).find(({ id }) => id === first.id)
      if (second === undefined) continue
      const more = play.strategy.terms(later, second, second.feasible?.segments[0]?.to ?? null)
      const calls = [...callsOf(play, scene, first), ...callsOf(play, later, second)]
      expect(await paidBy(play, calls, asset, next(view)), first.id).toBe(done.repay + more.repay)
      cases += 1
      if (cases === 12) break
    }
    process.stdout.write(`${deployment.name}: ${cases} pairs of liquidations in one block\n`)
    expect(cases).toBeGreaterThan(0)
  }, 240_000)

  it('is right to the wei whatever governance has paused, forced or changed, and in an e-mode', async () => {
    const { cases, tags } = await changed(play)
    process.stdout.write(`${deployment.name}: ${cases} cases, ${JSON.stringify([...tags])}\n`)
    expect(cases).toBeGreaterThan(30)
    expect(tags.get('forced')).toBeGreaterThan(0)
  }, 240_000)
})

const next = ({ block }: View): Block => ({ ...block, number: block.number + 1, timestamp: block.timestamp + 1 })
const moved = (block: Block, when: Exclude<When, null>, by: number): Block =>
  'atBlock' in when ? { ...block, number: when.atBlock + by } : { ...block, timestamp: when.atSecond + by }

/** Parameters moved three at a time, then liquidations of whoever can be: each goes through, and seizes what was said. */
async function changed(play: Play): Promise<{ readonly cases: number; readonly tags: ReadonlyMap<string, number> }> {
  const random = randomOf(seed)
  const { ground, scenario, strategy } = play
  const tags = new Map<string, number>()
  let cases = 0
  for (let round = 0; round < 20; round += 1) {
    const { shelf } = await look(play)
    for (let at = 0; at < 3; at += 1)
      for (const deed of scenario.parameter(shelf, random) ?? []) await ground.send(deed)
    await ground.mine()
    const { view, shelf: fresh } = await look(play)
    const scene = await sightAt(play, fresh, view, next(view))
    for (const opportunity of random.some(foundIn(play, scene), 8)) {
      const terms = strategy.terms(scene, opportunity, opportunity.feasible?.segments[0]?.to ?? null)
      const calls = callsOf(play, scene, opportunity)
      expect(await goes(play, calls, next(view)), opportunity.id).toBe(true)
      const [seized] = terms.seized
      if (seized !== undefined && seized.asset !== 'native')
        expect(-(await paidBy(play, calls, seized.asset, next(view))), opportunity.id).toBe(seized.amount)
      const isInMode = opportunity.positions.some((id) => scene.book.position(id)?.data.pool === 1)
      for (const tag of [...terms.tags, ...(isInMode ? ['e-mode'] : [])]) tags.set(tag, (tags.get(tag) ?? 0) + 1)
      cases += 1
    }
  }
  return { cases, tags }
}
